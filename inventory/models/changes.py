from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RowChange(models.Model):
    """A row was written, or something that is told along with it. The database's own triggers add these (triggers.py),
    so that no writer can forget; rows are only ever added, so that no writer waits for another.

    kind: what has to be read again, as inventory.triggers names it, and row_id its key. version: never falls in the
    order of commits, as inventory.changes explains. Superseded entries are deleted in time.
    """

    kind = models.CharField(_("kind"), max_length=16)
    row_id = models.BigIntegerField(_("row"))
    version = models.BigIntegerField(_("version"))
    noted_at = models.DateTimeField(_("noted"))

    class Meta:
        verbose_name = _("change of a row")
        verbose_name_plural = _("changes of rows")
        default_permissions = ()  # nobody looks at it but by the lists that it serves
        indexes = [models.Index(fields=["kind", "version", "id"], name="row_change_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}: {self.version}"
