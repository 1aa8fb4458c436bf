"""How many records Zoho has of an entity, where somebody asked before the first sync."""

from __future__ import annotations

from django.db import models

from ..sentences import SentenceField


class SourceCount(models.Model):
    """The last answer, and the last question.

    count: as of `counted_at`, None until Zoho has answered once. asked_at: of the last question; while it is later than
    `ended_at`, a worker has it or will have it. message: why the last question had no answer, "" when it had.
    """

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(max_length=32)
    count = models.PositiveIntegerField(null=True)
    counted_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    message = SentenceField(default="", blank=True)

    class Meta:
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["organization", "entity"], name="source_count_one_per_entity")
        ]

    def __str__(self) -> str:
        return f"{self.entity}: {self.count}"
