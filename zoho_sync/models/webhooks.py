"""Webhooks: the inbox of signed hints, the secrets that sign them, and what silence means."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..encryption import EncryptedTextField
from ..sentences import SentenceField


class WebhookSecret(models.Model):
    """A secret that signs deliveries of one organisation. Several are valid at once, so that one can be rotated."""

    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("organisation"),
    )
    name = models.CharField(_("name"), max_length=100)
    secret = EncryptedTextField(editable=False)
    created_at = models.DateTimeField(_("made at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("made by"),
    )
    expires_at = models.DateTimeField(
        _("accepted until"),
        null=True,
        blank=True,
        help_text=_("Empty: until somebody ends it."),
    )
    last_used_at = models.DateTimeField(_("last used"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook secret")
        verbose_name_plural = _("webhook secrets")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "name"], name="webhook_secret_one_per_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_accepted(self) -> bool:
        return self.expires_at is None or self.expires_at > timezone.now()


class WebhookDelivery(models.Model):
    """One signed delivery, kept as it came. It is a hint: what is stored is what Zoho answers when it is asked."""

    class Status(models.TextChoices):
        RECEIVED = "received", _("waiting")  # nobody has asked Zoho yet
        PROCESSING = "processing", _("being applied")  # `run` asks
        APPLIED = "applied", _("applied")  # the mirror is as new as this hint, or newer
        IGNORED = "ignored", _("ignored")  # nothing of ours changes by it; `reason` says why
        FAILED = "failed", _("failed, will be tried again")  # at next_attempt_at
        DEAD = "dead", _("dead letter")  # tried MAX_ATTEMPTS times; a person's button tries again

    class Proof(models.TextChoices):
        ZOHO_SIGNATURE = "zoho", _("Zoho's signature")  # X-Zoho-Webhook-Signature
        BODY_SIGNATURE = "body", _("signature of the body")  # X-Zoho-Signature
        SHARED_KEY = "key", _("shared key")  # X-Webhook-Key

    class Result(models.TextChoices):
        CHANGED = "changed", _("the record was written")
        UNCHANGED = "unchanged", _("the record was as stored")
        REMOVED = "removed", _("the record is gone")
        UNKNOWN = "unknown", _("Zoho has no such record, and neither have we")
        LEFT_OUT = "left_out", _("not a record that is mirrored")

    WAITING = (Status.RECEIVED, Status.FAILED)
    OPEN = (Status.RECEIVED, Status.PROCESSING, Status.FAILED)
    SETTLED = (Status.APPLIED, Status.IGNORED)
    MAX_ATTEMPTS = 5

    event_id = models.UUIDField(_("event id"), default=uuid.uuid4, unique=True)  # ours, as answered
    organization = models.ForeignKey(
        "inventory.Organization",
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("organisation"),
    )
    received_at = models.DateTimeField(_("received at"), default=timezone.now)
    door = models.CharField(_("address"), max_length=32, default="", blank=True)  # the path's last word
    subject = models.CharField(_("subject"), max_length=32, default="", blank=True)  # subjects.py: "invoice"
    entity = models.CharField(_("entity"), max_length=32, default="", blank=True)  # what is read for it
    record_id = models.CharField(_("record"), max_length=64, default="", blank=True)
    item_ids = models.JSONField(_("items in its lines"), default=list)
    event_type = models.CharField(_("event"), max_length=64, default="", blank=True)
    source_event_id = models.CharField(_("sender's event id"), max_length=128, default="", blank=True)
    proof = models.CharField(_("proof"), max_length=8, choices=Proof)
    secret_name = models.CharField(_("secret"), max_length=100, default="", blank=True)
    is_test = models.BooleanField(_("test"), default=False)
    is_duplicate = models.BooleanField(
        _("repeated"), default=False, help_text=_("The same content came within the ten minutes before.")
    )
    content_hash = models.CharField(max_length=64)  # sha256 of address, query and body; the idempotency key
    content_type = models.CharField(_("content type"), max_length=100, default="", blank=True)
    query = models.TextField(_("query"), default="", blank=True)  # secrets masked
    headers = models.JSONField(_("headers"), default=dict)  # secrets masked
    body = models.BinaryField(_("body"))  # byte for byte

    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.RECEIVED)
    reason = SentenceField(_("reason"), default="", blank=True)
    result = models.CharField(_("result"), max_length=16, choices=Result, default="", blank=True)
    attempts_count = models.IntegerField(_("attempts"), default=0)
    next_attempt_at = models.DateTimeField(_("next attempt"), null=True)
    run = models.ForeignKey(
        "zoho_sync.SyncRun",
        on_delete=models.SET_NULL,
        null=True,
        related_name="deliveries",
        verbose_name=_("run"),
    )  # that reads for it, or last did
    settled_at = models.DateTimeField(_("settled at"), null=True)
    seconds = models.FloatField(
        _("seconds to apply"), null=True
    )  # from received_at to settled_at, if applied
    replayed_at = models.DateTimeField(_("replayed at"), null=True)
    replayed_by = models.CharField(_("replayed by"), max_length=150, default="", blank=True)
    repairs_count = models.IntegerField(
        _("tries after its death"), default=0
    )  # by itself, a day after each other

    class Meta:
        verbose_name = _("webhook delivery")
        verbose_name_plural = _("webhook deliveries")
        ordering = ["-pk"]
        indexes = [
            models.Index(  # the drain
                fields=["organization", "next_attempt_at", "id"],
                condition=models.Q(status__in=["received", "failed"]),
                name="delivery_waiting",
            ),
            models.Index(fields=["content_hash", "received_at"], name="delivery_repeated"),
            models.Index(fields=["organization", "subject", "record_id", "-id"], name="delivery_of_record"),
            models.Index(fields=["status", "-id"], name="delivery_state"),
            models.Index(fields=["received_at"], name="delivery_prune"),
            models.Index(  # the coverage page and the watch for silence: all they ask, without the rows' bodies
                fields=["organization", "subject", "received_at", "status", "is_test", "seconds"],
                name="delivery_coverage",
            ),
        ]
        permissions = [("replay_webhookdelivery", _("Can replay deliveries and send tests"))]

    def __str__(self) -> str:
        return f"{self.subject or self.door} {self.record_id}".strip()


class WebhookInbox(models.Model):
    """One organisation's doorbell. rung_at: a job that will drain the inbox is on its way since then."""

    organization = models.OneToOneField(
        "inventory.Organization", on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    rung_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("webhook inbox")
        verbose_name_plural = _("webhook inboxes")

    def __str__(self) -> str:
        return f"{self.organization_id}: {self.rung_at}"


class WebhookExpectation(models.Model):
    """How long one subject may be silent before somebody has to know.

    Only the working time counts: the hours between from_hour and to_hour, in the organisation's zone, of the weekdays.
    """

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    subject = models.CharField(_("subject"), max_length=32)
    is_expected = models.BooleanField(
        _("expected"), default=True, help_text=_("A webhook for it is set up in Zoho.")
    )
    silence_hours = models.PositiveSmallIntegerField(_("hours of silence"), default=6)
    weekdays = models.JSONField(_("working days"), default=list)  # 0 is Monday … 6 is Sunday; [] is every day
    from_hour = models.PositiveSmallIntegerField(_("from"), default=0)
    to_hour = models.PositiveSmallIntegerField(_("to"), default=24)  # exclusive
    changed_at = models.DateTimeField(_("expected since"), default=timezone.now, editable=False)
    silent_since = models.DateTimeField(_("silent since"), null=True, editable=False)
    backfilled_at = models.DateTimeField(_("gap filled up to"), null=True, editable=False)

    class Meta:
        verbose_name = _("webhook expectation")
        verbose_name_plural = _("webhook expectations")
        ordering = ["subject"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "subject"], name="webhook_expectation_one_per_subject"
            )
        ]

    def __str__(self) -> str:
        return self.subject


class WebhookGap(models.Model):
    """A stretch of time of which webhooks may have told nothing, and the run that reads by time what changed in it.

    It waits without a run until one can start, and is closed when its run has ended well, or a person cancelled that.
    """

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    entity = models.CharField(_("entity"), max_length=32)
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))
    reason = SentenceField(_("reason"), default="", blank=True)
    noticed_at = models.DateTimeField(_("noticed at"), default=timezone.now)
    next_attempt_at = models.DateTimeField(_("next attempt"), default=timezone.now)
    run = models.ForeignKey(
        "zoho_sync.SyncRun", on_delete=models.SET_NULL, null=True, related_name="+", verbose_name=_("run")
    )
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("gap of webhooks")
        verbose_name_plural = _("gaps of webhooks")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(  # what comes while one waits makes it longer
                fields=["organization", "entity"],
                condition=models.Q(run__isnull=True, closed_at__isnull=True),
                name="webhook_gap_one_waiting",
            )
        ]
        indexes = [
            models.Index(
                fields=["organization", "id"],
                condition=models.Q(closed_at__isnull=True),
                name="webhook_gap_open",
            )
        ]

    def __str__(self) -> str:
        return f"{self.entity}: {self.since} – {self.until}"


class DoorBeat(models.Model):
    """A web server's sign of life: the time without any is the time in which no delivery can have been taken."""

    host = models.CharField(_("host"), max_length=100, primary_key=True)
    beat_at = models.DateTimeField(_("last sign of life"))

    class Meta:
        verbose_name = _("web server")
        verbose_name_plural = _("web servers")

    def __str__(self) -> str:
        return f"{self.host}: {self.beat_at}"
