"""Which backups were made: so that somebody can be told when none was for long."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class MadeBackup(models.Model):
    """One file that was written, and read again from end to end. It may be elsewhere by now; that nobody here knows."""

    made_at = models.DateTimeField(_("made"), default=timezone.now, db_index=True)
    file = models.CharField(_("file"), max_length=500)
    byte_count = models.BigIntegerField(_("bytes"))
    is_sealed = models.BooleanField(_("encrypted"))

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        default_permissions = ()  # no page shows them
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file
