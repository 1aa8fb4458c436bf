"""Runs: what was asked, how far it is, what it counted, and what it could not take."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from ..options import SyncMode, SyncOptions, Trigger
from ..sentences import SentenceField


class SyncRun(models.Model):
    """One run of one entity. fetched = created + updated + unchanged + skipped + stale + failed."""

    class Status(models.TextChoices):
        QUEUED = "queued", _("queued")  # a job will take it
        RUNNING = "running", _("running")  # a worker holds its lease, or held it and died
        PAUSED = "paused", _("paused")  # until paused_until, or until somebody resumes it
        CANCELLING = "cancelling", _("cancelling")  # the worker will see it between two pages
        CANCELLED = "cancelled", _("cancelled")
        SUCCEEDED = "succeeded", _("succeeded")  # every row is in
        PARTIAL = "partial", _("partial")  # some records wait in the list of failures
        FAILED = "failed", _("failed")
        QUARANTINED = "quarantined", _("quarantined")  # too many rows would vanish: a person decides

    ACTIVE = (Status.QUEUED, Status.RUNNING, Status.PAUSED, Status.CANCELLING)
    ENDED = (Status.CANCELLED, Status.SUCCEEDED, Status.PARTIAL, Status.FAILED)

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.PROTECT, related_name="+", verbose_name=_("organisation")
    )
    entity = models.CharField(_("entity"), max_length=32)
    mode = models.CharField(_("mode"), max_length=16, choices=SyncMode)
    trigger = models.CharField(_("started by"), max_length=16, choices=Trigger)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name=_("person"),
    )
    group = models.UUIDField(
        _("group"), null=True, db_index=True, help_text=_("Runs started together, in their order.")
    )
    options = models.JSONField(_("options"), default=dict)
    is_dry = models.BooleanField(_("dry run"), default=False)
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.QUEUED)
    message = SentenceField(_("message"), default="", blank=True, help_text=_("Why it ended or waits so."))

    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    started_at = models.DateTimeField(_("started at"), null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    decided_by = models.CharField(_("quarantine decided by"), max_length=150, default="", blank=True)

    # The lease: who works on it, until when unless renewed, and the number that stops a late predecessor's writes.
    lease_owner = models.CharField(max_length=100, default="", blank=True)
    lease_until = models.DateTimeField(null=True)
    fence = models.BigIntegerField(default=0)
    idle_attempts = models.IntegerField(default=0)  # slices begun since the last page committed
    slices_count = models.IntegerField(_("slices"), default=0)
    beat_at = models.DateTimeField(_("last sign of life"), null=True)

    phase = models.CharField(_("phase"), max_length=32, default="", blank=True)
    cursor = models.JSONField(default=dict)  # where the next slice goes on; commits with its page
    progress_done = models.IntegerField(_("done"), default=0)
    progress_total = models.IntegerField(_("of about"), null=True)
    calls_count = models.IntegerField(_("calls"), default=0)

    fetched_count = models.IntegerField(_("fetched"), default=0)
    created_count = models.IntegerField(_("created"), default=0)
    updated_count = models.IntegerField(_("updated"), default=0)
    unchanged_count = models.IntegerField(_("unchanged"), default=0)
    skipped_count = models.IntegerField(_("skipped"), default=0)
    stale_count = models.IntegerField(_("stale"), default=0, help_text=_("Older than what is stored."))
    failed_count = models.IntegerField(_("failed"), default=0)
    removed_count = models.IntegerField(
        _("removed"), default=0, help_text=_("Gone at the source: tombstones.")
    )
    skip_reasons = models.JSONField(_("why skipped"), default=dict)  # {reason: count}
    # What it changed, or would change: see loader/summaries.py. Commits with its page, as the cursor does.
    summary = models.JSONField(default=dict)
    # [{"name", "began_at", "first_at", "last_at", "pages", "records"}] in the order in which the phases began; times in
    # ISO: when the first page was asked for, and when the first and the last one were in.
    phases = models.JSONField(_("phases"), default=list)
    plan = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        null=True,
        related_name="applications",
        verbose_name=_("applies the plan of"),
    )

    class Meta:
        verbose_name = _("run")
        verbose_name_plural = _("runs")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization", "entity"],
                condition=models.Q(status__in=["queued", "running", "paused", "cancelling"])
                & ~models.Q(mode="realtime"),
                name="run_one_active_per_entity",
            ),
            models.UniqueConstraint(
                fields=["plan"],
                condition=models.Q(status__in=["queued", "running", "paused", "cancelling"]),
                name="run_one_application_at_a_time",
            ),
        ]
        indexes = [
            # What is under way, and what waits for a person; of all, as SQLite takes no index with a condition for
            # values that come as parameters.
            models.Index(fields=["status", "-id"], name="run_state"),
            models.Index(fields=["organization", "entity", "-id"], name="run_last_of_entity"),
        ]
        permissions = [
            ("start_syncrun", _("Can start, cancel, resume and retry runs")),
            ("approve_syncrun", _("Can approve or reject quarantined runs")),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.entity} {self.mode}"

    @property
    def is_ended(self) -> bool:
        return self.status in self.ENDED

    @property
    def sync_options(self) -> SyncOptions:
        return SyncOptions.from_json(self.options)

    @property
    def cause(self) -> str:
        """What mirrored and history rows name as their origin."""
        return f"run {self.pk}"


class RunPage(models.Model):
    """One page that a run has committed: which records it showed. Tombstones are what no page of a full run shows."""

    run = models.ForeignKey(SyncRun, on_delete=models.CASCADE, related_name="pages")
    phase = models.CharField(max_length=32)
    number = models.IntegerField()
    record_ids = models.JSONField(default=list)
    committed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        constraints = [models.UniqueConstraint(fields=["run", "phase", "number"], name="run_page_once")]

    def __str__(self) -> str:
        return f"run {self.run_id} {self.phase} {self.number}"


class SyncCheckpoint(models.Model):
    """How far an entity is known to be mirrored. Moves only when a run has succeeded.

    watermark: the newest modification time seen, by Zoho's clock; the next incremental run overlaps it by minutes.
    """

    organization = models.ForeignKey("inventory.Organization", on_delete=models.CASCADE, related_name="+")
    entity = models.CharField(_("entity"), max_length=32)
    watermark = models.DateTimeField(_("watermark"), null=True)
    full_at = models.DateTimeField(_("last good full run began"), null=True)
    incremental_at = models.DateTimeField(_("last good incremental run began"), null=True)
    records_count = models.IntegerField(_("records in the last full run"), null=True)
    swept_at = models.DateTimeField(_("open documents last listed"), null=True)

    class Meta:
        verbose_name = _("checkpoint")
        verbose_name_plural = _("checkpoints")
        constraints = [
            models.UniqueConstraint(fields=["organization", "entity"], name="checkpoint_one_per_entity")
        ]

    def __str__(self) -> str:
        return f"{self.entity}: {self.watermark}"


class RecordError(models.Model):
    """One record that could not be taken. It waits here with its reason and payload until a retry takes it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RETRYING = "retrying", _("being retried")
        RESOLVED = "resolved", _("resolved")  # a later run took the record
        IGNORED = "ignored", _("ignored")  # staff decided so

    organization = models.ForeignKey(
        "inventory.Organization", on_delete=models.CASCADE, related_name="+", verbose_name=_("organisation")
    )
    entity = models.CharField(_("entity"), max_length=32)
    record_key = models.CharField(
        _("record"),
        max_length=140,
        help_text=_("The external id, or a hash of the record where it has none."),
    )
    external_id = models.CharField(_("external id"), max_length=64, default="", blank=True)
    reason = SentenceField(_("reason"))
    payload = models.TextField(_("raw record"), default="", blank=True)  # cut at 64 KiB
    status = models.CharField(_("state"), max_length=16, choices=Status, default=Status.WAITING)
    run = models.ForeignKey(
        SyncRun, on_delete=models.SET_NULL, null=True, related_name="record_errors", verbose_name=_("run")
    )
    seen_count = models.IntegerField(_("seen"), default=1)
    first_seen_at = models.DateTimeField(_("first seen"))
    last_seen_at = models.DateTimeField(_("last seen"))
    resolved_at = models.DateTimeField(_("resolved at"), null=True)

    class Meta:
        verbose_name = _("failure")
        verbose_name_plural = _("failures")
        ordering = ["-last_seen_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "entity", "record_key"], name="record_error_once")
        ]
        permissions = [("retry_recorderror", _("Can retry failed records"))]

    def __str__(self) -> str:
        return f"{self.entity} {self.record_key}: {self.reason}"
