from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zoho_sync.encryption import EncryptedTextField
from zoho_sync.sentences import SentenceField

from .rules import SEVERITIES


class Channels(models.Manager):
    """Leaves the secrets in the database: one that cannot be read any more must not keep the others from being told."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().defer("secrets")


class AlertChannel(models.Model):
    """One way to tell people: a kind (channels/) with its settings. Secrets are encrypted and never shown again."""

    class Language(models.TextChoices):
        ENGLISH = "en", "English"
        ARABIC = "ar", "العربية"

    name = models.CharField(_("name"), max_length=100, unique=True)
    kind = models.CharField(_("kind"), max_length=32)
    is_on = models.BooleanField(_("on"), default=True)
    language = models.CharField(_("language"), max_length=2, choices=Language, default=Language.ENGLISH)
    severities = models.JSONField(
        _("severities"), default=list, blank=True, help_text=_("Which alerts it takes; none: all of them.")
    )
    takes_digest = models.BooleanField(_("daily digest"), default=False)
    config = models.JSONField(_("settings"), default=dict, blank=True)  # what is no secret
    secrets = EncryptedTextField(default="", editable=False)  # a JSON object
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    # What became of it last, kept by whoever sends.
    last_sent_at = models.DateTimeField(_("last sent"), null=True, editable=False)
    last_failed_at = models.DateTimeField(_("last failed"), null=True, editable=False)
    last_error = SentenceField(_("last error"), default="", blank=True, editable=False)
    last_seconds = models.FloatField(_("last duration"), null=True, editable=False)
    failing_since = models.DateTimeField(_("failing since"), null=True, editable=False)

    objects = Channels()

    class Meta:
        verbose_name = _("alert channel")
        verbose_name_plural = _("alert channels")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name

    def takes(self, severity: str) -> bool:
        return not self.severities or severity in self.severities


class AlertDelivery(models.Model):
    """One message on its way through one channel."""

    class Occasion(models.TextChoices):
        ALERT = "alert", _("an alert")  # `event` says what happened to it
        DIGEST = "digest", _("the daily digest")
        TEST = "test", _("a test")

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENDING = "sending", _("being sent")  # until lease_until; then its sender is gone
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        DROPPED = "dropped", _("not needed any more")

    OPEN = (State.WAITING, State.SENDING)

    channel = models.ForeignKey(
        AlertChannel, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("channel")
    )
    event = models.ForeignKey(
        "monitoring.AlertEvent",
        on_delete=models.CASCADE,
        null=True,
        related_name="deliveries",
        verbose_name=_("alert event"),
    )
    occasion = models.CharField(_("occasion"), max_length=8, choices=Occasion, default=Occasion.ALERT)
    severity = models.CharField(_("severity"), max_length=8, choices=SEVERITIES, default="info")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    subject = models.CharField(_("subject"), max_length=255, default="", blank=True)  # as it was sent
    text = models.TextField(_("text"), default="", blank=True)
    created_at = models.DateTimeField(_("made at"))
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    lease_until = models.DateTimeField(null=True)
    attempts_count = models.IntegerField(_("attempts"), default=0)
    sent_at = models.DateTimeField(_("sent at"), null=True)
    seconds = models.FloatField(_("seconds"), null=True)  # of the last attempt
    last_error = SentenceField(_("last error"), default="", blank=True)

    class Meta:
        verbose_name = _("alert delivery")
        verbose_name_plural = _("alert deliveries")
        default_permissions = ("view",)
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "event"], condition=Q(event__isnull=False), name="alert_delivery_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["next_attempt_at"],
                condition=Q(state__in=["waiting", "sending"]),
                name="alert_delivery_due",
            ),
            models.Index(fields=["channel", "-id"], name="alert_delivery_of_channel"),
        ]

    def __str__(self) -> str:
        return self.subject or f"{self.occasion} {self.pk}"
