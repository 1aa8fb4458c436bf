from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ..sentences import SentenceField


class Repair(models.Model):
    """What was put right without anybody's asking, or was tried: a line of the audit, in words."""

    class Kind(models.TextChoices):
        RUNS = "runs", _("stuck runs")
        LEASES = "leases", _("expired leases")
        DEAD_LETTERS = "dead_letters", _("dead letters")
        TOKEN = "token", _("token")
        WEBHOOKS = "webhooks", _("silent webhooks")

    kind = models.CharField(_("kind"), max_length=16, choices=Kind)
    at = models.DateTimeField(_("at"))
    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    worked = models.BooleanField(_("worked"))
    what = SentenceField(_("what was done"))
    count = models.IntegerField(_("concerned"), default=1)
    run = models.ForeignKey(
        "zoho_sync.SyncRun", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("run")
    )

    class Meta:
        verbose_name = _("repair")
        verbose_name_plural = _("repairs")
        default_permissions = ("view",)
        ordering = ["-pk"]
        indexes = [models.Index(fields=["at"], name="repair_prune")]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.what}"
