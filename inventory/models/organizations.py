from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Organization(models.Model):
    """A company whose data is mirrored. Every mirrored row and every run belongs to one."""

    external_id = models.CharField(_("external id"), max_length=64, unique=True)
    name = models.CharField(_("name"), max_length=255, default="", blank=True)
    currency_code = models.CharField(_("base currency"), max_length=8, default="", blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="", blank=True)
    created_at = models.DateTimeField(_("known since"), auto_now_add=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name", "external_id"]

    def __str__(self) -> str:
        return self.name or self.external_id
