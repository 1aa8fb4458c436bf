from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zoho_sync.sentences import SentenceField

from .rules import SEVERITIES


class Alert(models.Model):
    """One cause that somebody should know of. There is one open alert per cause, however often it is seen."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        RESOLVED = "resolved", _("resolved")

    rule = models.ForeignKey(
        "monitoring.AlertRule",
        on_delete=models.SET_NULL,
        null=True,
        related_name="alerts",
        verbose_name=_("rule"),
    )
    fingerprint = models.CharField(_("cause"), max_length=200)  # stable while the cause lasts
    severity = models.CharField(_("severity"), max_length=8, choices=SEVERITIES)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.OPEN)
    title = SentenceField(_("title"))
    message = SentenceField(_("what is wrong"), default="", blank=True)
    what_to_do = SentenceField(_("what to do"), default="", blank=True)
    organization = models.CharField(
        _("organisation"), max_length=64, default="", blank=True
    )  # the source's id
    entity = models.CharField(_("entity"), max_length=32, default="", blank=True)
    url = models.CharField(_("address"), max_length=500, default="", blank=True)  # a path of the API
    page = models.CharField(_("page"), max_length=500, default="", blank=True)  # a path of the admin
    value = models.FloatField(_("value"), null=True)  # of the figure that was judged, if one was
    records_count = models.IntegerField(_("concerned"), default=1)  # of what the message speaks of
    count = models.BigIntegerField(_("seen"), default=1)  # times it was judged to be so
    since = models.DateTimeField(_("since"), null=True)  # when the cause began, where that is known
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    good_since = models.DateTimeField(
        _("good since"), null=True
    )  # not seen since then; resolved if it stays so
    acknowledged_at = models.DateTimeField(_("acknowledged at"), null=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("acknowledged by"),
    )
    note = models.TextField(_("note"), default="", blank=True)
    snoozed_until = models.DateTimeField(_("snoozed until"), null=True)
    escalated_at = models.DateTimeField(_("escalated at"), null=True)
    told_at = models.DateTimeField(
        _("told at"), null=True
    )  # None: opened in quiet hours, or nobody to tell yet
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("resolved by"),
    )
    reopened_count = models.IntegerField(_("reopened"), default=0)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ("view",)
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(state="open"), name="alert_one_open_per_cause"
            )
        ]
        indexes = [
            models.Index(fields=["state", "-last_seen_at"], name="alert_list"),
            models.Index(fields=["fingerprint", "-id"], name="alert_of_cause"),
        ]
        permissions = [("handle_alert", _("Can acknowledge, snooze, resolve and reopen alerts"))]

    def __str__(self) -> str:
        return self.title


class AlertEvent(models.Model):
    """One thing that happened to an alert: its history, never changed."""

    class What(models.TextChoices):
        OPENED = "opened", _("opened")
        WORSENED = "worsened", _("worse than before")
        ESCALATED = "escalated", _("nobody has acknowledged it")
        ACKNOWLEDGED = "acknowledged", _("acknowledged")
        SNOOZED = "snoozed", _("snoozed")
        WOKEN = "woken", _("the time of silence is over")
        RESOLVED = "resolved", _("resolved")
        REOPENED = "reopened", _("reopened")

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="events", verbose_name=_("alert"))
    what = models.CharField(_("what"), max_length=16, choices=What)
    at = models.DateTimeField(_("at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )  # None: by itself
    severity = models.CharField(
        _("severity"), max_length=8, choices=SEVERITIES, default="info"
    )  # with which it is told: an escalated one is one higher than its alert
    until = models.DateTimeField(_("until"), null=True)  # of a snooze
    note = SentenceField(_("note"), default="", blank=True)

    class Meta:
        verbose_name = _("alert event")
        verbose_name_plural = _("alert events")
        default_permissions = ("view",)
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.what}"
