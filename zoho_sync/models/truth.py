from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..sentences import SentenceField


class TruthCheck(models.Model):
    """One record, drawn at random, as it was compared with Zoho, field by field. Nothing is changed by it."""

    class Verdict(models.TextChoices):
        EQUAL = "equal", _("equal")
        LAG = "lag", _("changed in Zoho since it was last read")  # the next sync reads it
        DRIFT = "drift", _("different")  # and Zoho says that it has not changed since we read it
        UNREADABLE = "unreadable", _("could not be compared")

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    entity = models.CharField(_("entity"), max_length=32)
    external_id = models.CharField(_("external id"), max_length=64)
    label = models.CharField(_("record"), max_length=255, default="", blank=True)
    checked_at = models.DateTimeField(_("compared at"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=Verdict)
    reason = SentenceField(_("reason"), default="", blank=True)
    # [{table, record, label, field, here, there}], the first hundred; decimals as text
    differences = models.JSONField(_("differences"), default=list)
    # of a drift: when a later check or sync has made it equal
    mended_at = models.DateTimeField(_("equal again at"), null=True)
    refresh_run = models.ForeignKey(
        "zoho_sync.SyncRun",
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("refreshed by"),
    )

    class Meta:
        verbose_name = _("truth check")
        verbose_name_plural = _("truth checks")
        default_permissions = ("view",)
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["organization", "entity", "-checked_at"], name="truth_of_entity"),
            models.Index(fields=["checked_at"], name="truth_prune"),
            models.Index(  # drifts that nothing has mended: looked through every minute
                fields=["organization", "entity", "external_id"],
                condition=models.Q(verdict="drift", mended_at__isnull=True),
                name="truth_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.external_id}: {self.verdict}"
