from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Event(models.Model):
    """Something that happened, after its commit. The same as the signal of that name; pruned after some days."""

    name = models.CharField(_("event"), max_length=64)  # tds.zoho.sync.started …
    at = models.DateTimeField(_("at"), auto_now_add=True)
    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.CASCADE,
        null=True,
        related_name="+",
        verbose_name=_("organisation"),
    )
    run = models.ForeignKey(
        "zoho_sync.SyncRun",
        on_delete=models.SET_NULL,
        null=True,
        related_name="events",
        verbose_name=_("run"),
    )
    entity = models.CharField(_("entity"), max_length=32, default="", blank=True)
    data = models.JSONField(_("facts"), default=dict)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["name", "-at"], name="event_by_name"),
            models.Index(fields=["at"], name="event_prune"),
        ]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.name}"


class WorkerBeat(models.Model):
    """The queue's sign of life: the canary job writes it, and so does every working slice."""

    name = models.CharField(_("cluster"), max_length=100, primary_key=True)
    host = models.CharField(_("host"), max_length=255, default="")
    beat_at = models.DateTimeField(_("last sign of life"), null=True)
    canary_sent_at = models.DateTimeField(null=True)  # a canary job is on its way since then
    supervisor_at = models.DateTimeField(_("supervisor's last sign of life"), null=True)
    restarts_count = models.IntegerField(_("restarts"), default=0)
    restarted_at = models.DateTimeField(_("last restart"), null=True)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")

    def __str__(self) -> str:
        return f"{self.name}: {self.beat_at}"
