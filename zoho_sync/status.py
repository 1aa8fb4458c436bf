"""What is true now, in plain values: the window through which pages, commands and monitoring look."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min, Q, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Organization

from .attention import (
    SilentSubject,
    WaitingFailures,
    WaitingRuns,
    entities,
    label_of,
    silent_subjects,
    subject_label,
    waiting_failures,
    waiting_runs,
)
from .backlog import oldest_verified_at, queue, queue_trouble
from .counting import live_counts
from .forecast import Forecast, ScheduleCost, forecast
from .freshness import STALE_AFTER, EntityFreshness, freshness, freshness_of
from .histories import last_runs
from .models import ApiUsage, Event, OAuthToken, RateBucket, SyncRun, WebhookDelivery, WorkerBeat
from .options import Priority, SyncMode
from .spending import Spending
from .spending import by_day as calls_by_day
from .traffic import Traffic, traffic
from .truth.estimate import Truth, truth
from .vitals import Clock, TokenState, clocks, secrets_readable, tokens, webhooks_known
from .workers import ALIVE_SECONDS, Standstill, Worker, standstill, workers
from .zoho.budget import TOKENS_API, ceiling, today

__all__ = [
    "STALE_AFTER",
    "Budget",
    "Clock",
    "Connection",
    "EntityFreshness",
    "Forecast",
    "Inbox",
    "Progress",
    "ScheduleCost",
    "SilentSubject",
    "Spending",
    "Standstill",
    "TokenState",
    "Traffic",
    "Truth",
    "WaitingFailures",
    "WaitingRuns",
    "Worker",
    "active_runs",
    "budget",
    "budgets",
    "calls_by_day",
    "clocks",
    "connection",
    "connections",
    "entities",
    "forecast",
    "freshness",
    "freshness_of",
    "inbox",
    "label_of",
    "last_runs",
    "last_sign_of_life",
    "last_synced_at",
    "live_counts",
    "oldest_verified_at",
    "organizations",
    "queue",
    "queue_trouble",
    "run_progress",
    "secrets_readable",
    "silent_subjects",
    "standstill",
    "subject_label",
    "today",
    "tokens",
    "traffic",
    "truth",
    "waiting_failures",
    "waiting_runs",
    "webhooks_known",
    "worker_alive",
    "workers",
]


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


def budget(organization: Organization) -> Budget:
    """What may be spent today; the day is the organisation's own."""
    return budgets([organization])[organization.pk]


def budgets(organizations: Collection[Organization]) -> dict[int, Budget]:
    """The same of several, by their key; two queries."""
    now, limit = timezone.now(), settings.ZOHO["CALLS_PER_DAY"]
    days = {each.pk: today(each, now) for each in organizations}  # one clock for all
    silent = RateBucket.objects.filter(organization__in=days, blocked_until__gt=now)
    blocked = {each.organization_id: each for each in silent}
    spent = ApiUsage.objects.filter(organization__in=days, day__in=set(days.values())).exclude(api=TOKENS_API)
    sums = spent.order_by().values_list("organization", "day").annotate(Sum("calls_count"))
    used = {(organization, day): count for organization, day, count in sums}

    def of(key: int) -> Budget:
        bucket, count = blocked.get(key), used.get((key, days[key]), 0)
        return Budget(
            limit=limit,
            used=count,
            left=max(0, ceiling(Priority.NORMAL) - count),
            reserve=limit * settings.ZOHO["REALTIME_RESERVE_PERCENT"] // 100,
            blocked_until=bucket.blocked_until if bucket else None,
            reason=bucket.blocked_reason if bucket else "",
        )

    return {key: of(key) for key in days}


@dataclass(frozen=True)
class Connection:
    """state: of OAuthToken.State, or "" when nothing is connected. message: why, in words.

    since: when Zoho began to refuse it; None while it works, or where that is not known.
    """

    state: str
    message: str
    refreshed_at: datetime | None
    expires_at: datetime | None
    since: datetime | None = None

    @property
    def works(self) -> bool:
        return self.state in (OAuthToken.State.WORKING, OAuthToken.State.UNUSED)


def connection(organization: Organization) -> Connection:
    """What is known of the token; nothing is asked of Zoho."""
    return connections([organization])[organization.pk]


def connections(organizations: Collection[Organization]) -> dict[int, Connection]:
    """The same of several, by their key; one query, and one more while a token is refused."""
    keys = [each.pk for each in organizations]
    tokens = OAuthToken.objects.filter(organization__in=keys).only(
        "state", "state_message", "refreshed_at", "access_expires_at"
    )
    rows = {token.organization_id: token for token in tokens}
    refused = [key for key, token in rows.items() if token.state == OAuthToken.State.REFUSED]
    since = _refused_since(refused) if refused else {}

    def of(key: int) -> Connection:
        token = rows.get(key)
        if token is None:
            return Connection("", "", None, None)
        return Connection(
            token.state, token.state_message, token.refreshed_at, token.access_expires_at, since.get(key)
        )

    return {key: of(key) for key in keys}


def _refused_since(keys: Collection[int]) -> dict[int, datetime]:
    """When the last refusal was told, which stopped the calls; afterwards none is made."""
    names = ("tds.zoho.token.refresh_failed", "tds.zoho.token.revoked")
    told = Event.objects.filter(name__in=names, organization__in=keys).order_by()
    return dict(told.values_list("organization").annotate(Max("at")))


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
        rows = rows.filter(organization__unsought=organization)
    states, limit = WebhookDelivery.Status, timezone.now() - LATE
    came_at = Coalesce("replayed_at", "received_at")
    unsettled = rows.filter(status__in=[*WebhookDelivery.OPEN, states.DEAD])
    known = {
        state: (count, oldest)
        for state, count, oldest in unsettled.values_list("status").annotate(Count("pk"), oldest=Min(came_at))
    }
    counts = {state: count for state, (count, _oldest) in known.items()}
    unheard = Q(status__in=[states.RECEIVED, states.PROCESSING], came_at__lt=limit)
    late = rows.annotate(came_at=came_at).filter(
        unheard | Q(status=states.FAILED, next_attempt_at__lt=limit), status__in=WebhookDelivery.OPEN
    )
    late_facts = late.aggregate(count=Count("pk"), since=Min("came_at"))
    return Inbox(
        waiting=counts.get(states.RECEIVED, 0),
        processing=counts.get(states.PROCESSING, 0),
        failed=counts.get(states.FAILED, 0),
        dead=counts.get(states.DEAD, 0),
        waiting_since=min(
            (known[state][1] for state in WebhookDelivery.OPEN if state in known), default=None
        ),
        late=late_facts["count"],
        late_since=late_facts["since"],
        reason=_reason_of(late) if late_facts["count"] else "",
    )


def _reason_of(late) -> str:
    # Any of them: to find the first one, a database would walk through all that were ever settled.
    return next(iter(late.exclude(reason="").order_by().values_list("reason", flat=True)[:1]), "")


def active_runs(limit: int) -> list[SyncRun]:
    """Runs that have not ended, newest first."""
    return list(SyncRun.objects.filter(status__in=SyncRun.ACTIVE).defer("cursor").order_by("-pk")[:limit])
