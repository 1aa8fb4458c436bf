from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class IdempotencyKey(models.Model):
    """A question of the API that has been answered, so that asking it again starts nothing again.

    Commits together with what it started; kept for a day. answer: JSON text, byte for byte as it was sent.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # sha256 of method, address and body
    status = models.PositiveSmallIntegerField(default=0)
    location = models.TextField(default="", blank=True)
    answer = models.TextField(default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("answered question")
        verbose_name_plural = _("answered questions")
        default_permissions = ()  # nobody looks at it
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotency_key_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotency_key_prune")]

    def __str__(self) -> str:
        return self.key
