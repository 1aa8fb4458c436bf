"""The queue's workers, and whether the queue moves: judged from their signs of life and from the runs that wait."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from .models import SyncRun, WorkerBeat

ALIVE_SECONDS = 60  # a canary comes four times in this time
_SUPERVISED = timedelta(seconds=60)  # a supervisor looks every few seconds
_WAITED_LONG = timedelta(minutes=2)
Status = SyncRun.Status


@dataclass(frozen=True)
class Worker:
    """beat_at: the last sign of life of its processes; supervisor_at: of who watches over them.

    restarts_count: how often its processes had to be replaced, since it is known.
    """

    name: str
    beat_at: datetime | None
    supervisor_at: datetime | None
    restarts_count: int
    restarted_at: datetime | None

    @property
    def is_alive(self) -> bool:
        limit = timezone.now() - timedelta(seconds=ALIVE_SECONDS)
        return self.beat_at is not None and self.beat_at >= limit

    @property
    def is_wedged(self) -> bool:
        """Somebody watches over it, and it gives no sign of life itself. One that has only just begun is none."""
        limit = timezone.now() - _SUPERVISED
        is_supervised = self.supervisor_at is not None and self.supervisor_at >= limit
        return is_supervised and self.beat_at is not None and not self.is_alive


def workers() -> list[Worker]:
    """Those that are remembered, by name; one query."""
    rows = WorkerBeat.objects.order_by("name")[:200]
    return [
        Worker(row.name, row.beat_at, row.supervisor_at, row.restarts_count, row.restarted_at) for row in rows
    ]


@dataclass(frozen=True)
class Standstill:
    """Runs wait for a worker, and none is worked on. since: of the one that has waited longest."""

    count: int
    since: datetime


def standstill() -> Standstill | None:
    """None as long as runs move, or none has waited long; one query over runs that have not ended."""
    limit = timezone.now() - _WAITED_LONG
    waits = Q(status=Status.QUEUED)
    waited_since = Coalesce("beat_at", "created_at")
    facts = (
        SyncRun.objects.filter(status__in=SyncRun.ACTIVE)
        .annotate(waited_since=waited_since)
        .aggregate(
            waiting=Count("pk", filter=waits),
            since=Min("waited_since", filter=waits),
            moving=Count("pk", filter=Q(status__in=(Status.RUNNING, Status.CANCELLING), beat_at__gte=limit)),
        )
    )
    if not facts["waiting"] or facts["moving"] or facts["since"] > limit:
        return None
    return Standstill(facts["waiting"], facts["since"])
