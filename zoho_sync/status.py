"""What is true now, in plain values: the window through which pages, commands and monitoring look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile

from django.conf import settings
from django.db.models import Count, Max, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Organization

from .attention import label_of, silent_subjects, waiting_failures, waiting_runs
from .models import (
    OAuthToken,
    RateBucket,
    RecordError,
    SyncCheckpoint,
    SyncRun,
    WebhookDelivery,
    WorkerBeat,
)
from .options import Priority, SyncMode
from .processors import registry
from .zoho.budget import budget_left, today, used

__all__ = [
    "Budget",
    "Connection",
    "EntityFreshness",
    "Inbox",
    "Progress",
    "Traffic",
    "active_runs",
    "budget",
    "connection",
    "freshness",
    "inbox",
    "label_of",
    "last_sign_of_life",
    "last_synced_at",
    "organizations",
    "run_progress",
    "silent_subjects",
    "traffic",
    "waiting_failures",
    "waiting_runs",
    "worker_alive",
]

ALIVE_SECONDS = 60  # a canary comes four times in this time
STALE_AFTER = timedelta(hours=26)  # every entity is scheduled once a day at least


@dataclass(frozen=True)
class Progress:
    """done of about `total` records; rates over the time really worked. None where nothing can be said."""

    done: int
    total: int | None
    percent: int | None
    rows_per_second: float | None
    seconds_left: int | None
    seconds: int | None


def run_progress(run: SyncRun) -> Progress:
    """How far a run is, as of the row given."""
    now = timezone.now()
    seconds = (run.finished_at or now) - run.started_at if run.started_at else None
    elapsed = seconds.total_seconds() if seconds is not None else 0.0
    total = max(run.progress_total, run.progress_done) if run.progress_total else None
    percent = min(100, run.progress_done * 100 // total) if total else None
    if run.status == SyncRun.Status.SUCCEEDED:
        percent = 100
    rate = run.progress_done / elapsed if elapsed > 0.5 and run.progress_done else None
    left = None
    if rate and total and run.status == SyncRun.Status.RUNNING:
        left = round((total - run.progress_done) / rate)
    return Progress(
        run.progress_done, total, percent, rate, left, round(elapsed) if seconds is not None else None
    )


def worker_alive() -> bool:
    """Has any cluster of any host shown life within the last minute?"""
    return WorkerBeat.objects.filter(beat_at__gte=timezone.now() - timedelta(seconds=ALIVE_SECONDS)).exists()


def last_sign_of_life() -> datetime | None:
    """Of any worker there is or was; None when none is remembered, or each has taken its leave."""
    return WorkerBeat.objects.aggregate(last=Max("beat_at"))["last"]


MOST_ORGANIZATIONS = 50


def organizations() -> list[Organization]:
    """Those that are mirrored, the first known first, and not without end."""
    return list(Organization.objects.order_by("pk")[:MOST_ORGANIZATIONS])


@dataclass(frozen=True)
class Budget:
    """The day's calls. left: what a normal run may still make; reserve: kept for real-time work.

    blocked_until: until then Zoho has asked for silence, `reason` says why; None when calls may be made.
    """

    limit: int
    used: int
    left: int
    reserve: int
    blocked_until: datetime | None
    reason: str


def budget(organization) -> Budget:
    """What may be spent today; the day is the organisation's own."""
    bucket = RateBucket.objects.filter(organization=organization).first()
    blocked = bucket if bucket and bucket.blocked_until and bucket.blocked_until > timezone.now() else None
    limit = settings.ZOHO["CALLS_PER_DAY"]
    return Budget(
        limit=limit,
        used=used(organization, today(organization)),
        left=max(0, budget_left(organization, Priority.NORMAL)),
        reserve=limit * settings.ZOHO["REALTIME_RESERVE_PERCENT"] // 100,
        blocked_until=blocked.blocked_until if blocked else None,
        reason=blocked.blocked_reason if blocked else "",
    )


@dataclass(frozen=True)
class Connection:
    """state: a value of OAuthToken.State, or "" when nothing is connected. message: why, in words."""

    state: str
    message: str
    refreshed_at: datetime | None
    expires_at: datetime | None

    @property
    def works(self) -> bool:
        return self.state in (OAuthToken.State.WORKING, OAuthToken.State.UNUSED)


def connection(organization) -> Connection:
    """What is known of the token; nothing is asked of Zoho."""
    row = OAuthToken.objects.filter(organization=organization).only(
        "state", "state_message", "refreshed_at", "access_expires_at"
    )
    token = row.first()
    if token is None:
        return Connection("", "", None, None)
    return Connection(token.state, token.state_message, token.refreshed_at, token.access_expires_at)


def last_synced_at(entity: str, organizations: Collection = ()) -> datetime | None:
    """When a full or incremental run of the entity last ended with rows in, be it a part of them; of all, or of these
    organisations. None: never."""
    runs = SyncRun.objects.filter(
        entity=entity, status__in=[SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL], is_dry=False
    ).exclude(mode=SyncMode.REALTIME)
    if organizations:
        runs = runs.filter(organization__in=organizations)
    return runs.aggregate(last=Max("finished_at"))["last"]


@dataclass(frozen=True)
class EntityFreshness:
    """When an entity was last known to be right, what works on it, and what waits for a person."""

    entity: str
    label: str
    watermark: datetime | None
    full_at: datetime | None
    incremental_at: datetime | None
    live_count: int
    waiting_errors: int
    last_run: SyncRun | None
    active_run: SyncRun | None

    @property
    def good_at(self) -> datetime | None:
        """When the last good run that left nothing out began; None: there was none yet."""
        return max((each for each in (self.full_at, self.incremental_at) if each is not None), default=None)

    @property
    def is_stale(self) -> bool:
        """Has too long gone by since then? What follows another entity by itself has nothing to read on most days."""
        is_background = registry.get(self.entity).is_background
        return not is_background and (self.good_at is None or timezone.now() - self.good_at > STALE_AFTER)


def freshness(organization) -> list[EntityFreshness]:
    """One row per entity, in the order of the registry."""
    checkpoints = {each.entity: each for each in SyncCheckpoint.objects.filter(organization=organization)}
    open_errors = RecordError.objects.filter(
        organization=organization, status__in=[RecordError.Status.WAITING, RecordError.Status.RETRYING]
    )
    errors = dict(open_errors.order_by().values_list("entity").annotate(Count("pk")))
    found = []
    for name in registry.names():
        processor = registry.get(name)
        checkpoint = checkpoints.get(name)
        runs = SyncRun.objects.filter(organization=organization, entity=name)
        found.append(
            EntityFreshness(
                entity=name,
                label=str(processor.label),
                watermark=checkpoint.watermark if checkpoint else None,
                full_at=checkpoint.full_at if checkpoint else None,
                incremental_at=checkpoint.incremental_at if checkpoint else None,
                live_count=processor.model.objects.filter(organization=organization, removed_at=None).count(),
                waiting_errors=errors.get(name, 0),
                last_run=runs.filter(status__in=[*SyncRun.ENDED, SyncRun.Status.QUARANTINED])
                .order_by("-pk")
                .first(),
                active_run=runs.filter(status__in=SyncRun.ACTIVE).order_by("-pk").first(),
            )
        )
    return found


@dataclass(frozen=True)
class Inbox:
    """Webhook deliveries that are not settled. waiting_since: of the oldest that nobody has applied yet.

    late, late_since: of those that should have been applied long ago; reason: why one of them still waits, if known.
    """

    waiting: int
    processing: int
    failed: int
    dead: int
    waiting_since: datetime | None
    late: int
    late_since: datetime | None
    reason: str


LATE = timedelta(minutes=10)  # a delivery that is free to be applied takes seconds


def inbox(organization=None) -> Inbox:
    """The inbox's backlog, of one organisation or of all. One that failed is late when its next attempt is."""
    rows = WebhookDelivery.objects.order_by()
    if organization is not None:
        rows = rows.filter(organization=organization)
    states, limit = WebhookDelivery.Status, timezone.now() - LATE
    counts = dict(
        rows.filter(status__in=[*WebhookDelivery.OPEN, states.DEAD])
        .values_list("status")
        .annotate(Count("pk"))
    )
    came_at = Coalesce("replayed_at", "received_at")
    unheard = Q(status__in=[states.RECEIVED, states.PROCESSING], came_at__lt=limit)
    late = rows.annotate(came_at=came_at).filter(
        unheard | Q(status=states.FAILED, next_attempt_at__lt=limit), status__in=WebhookDelivery.OPEN
    )
    oldest = rows.filter(status__in=WebhookDelivery.OPEN).aggregate(oldest=Min(came_at))["oldest"]
    late_facts = late.aggregate(count=Count("pk"), since=Min("came_at"))
    return Inbox(
        waiting=counts.get(states.RECEIVED, 0),
        processing=counts.get(states.PROCESSING, 0),
        failed=counts.get(states.FAILED, 0),
        dead=counts.get(states.DEAD, 0),
        waiting_since=oldest,
        late=late_facts["count"],
        late_since=late_facts["since"],
        reason=late.exclude(reason="").values_list("reason", flat=True).order_by("pk").first() or "",
    )


@dataclass(frozen=True)
class Traffic:
    """What was begun since some time: runs and deliveries, by their state now."""

    runs: dict[str, int]
    deliveries: dict[str, int]


def traffic(since: datetime) -> Traffic:
    """Runs are looked through from the newest on, as they have no index by time; those of a day are not many."""
    newest_first = SyncRun.objects.order_by("-pk").values_list("created_at", "status")
    recent = takewhile(lambda row: row[0] >= since, newest_first.iterator(chunk_size=1000))
    deliveries = WebhookDelivery.objects.filter(received_at__gte=since, is_test=False).order_by()
    return Traffic(
        runs=dict(Counter(state for _created_at, state in recent)),
        deliveries=dict(deliveries.values_list("status").annotate(Count("pk"))),
    )


def active_runs(limit: int) -> list[SyncRun]:
    """Runs that have not ended, newest first."""
    return list(SyncRun.objects.filter(status__in=SyncRun.ACTIVE).defer("cursor").order_by("-pk")[:limit])
