from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Watch(models.Model):
    """The one watcher of the mirror: whichever process holds the lease judges the rules and sends the alerts."""

    name = models.CharField(max_length=16, primary_key=True)
    owner = models.CharField(_("process"), max_length=100, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(_("last looked"), null=True)  # a whole round of judgements has ended
    seconds = models.FloatField(_("seconds of a round"), null=True)

    class Meta:
        verbose_name = _("watch")
        verbose_name_plural = _("watches")
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"{self.name}: {self.looked_at}"
