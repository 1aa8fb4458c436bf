"""What the questions are answered from, read once for each look: none of them asks the database again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from inventory.status import warehouses_known, warehouses_sell
from zoho_sync import status

from ..models import AlertChannel, Watch


@dataclass(frozen=True, kw_only=True)
class Facts:
    """connections, budgets and freshness are by the organisation's key."""

    at: datetime
    organizations: Sequence
    connections: Mapping[int, status.Connection]
    tokens: Sequence[status.TokenState]
    budgets: Mapping[int, status.Budget]
    freshness: Mapping[int, Sequence[status.EntityFreshness]]
    workers: Sequence[status.Worker]
    queue_trouble: str
    standstill: status.Standstill | None
    waiting_runs: Sequence[status.WaitingRuns]
    waiting_failures: Sequence[status.WaitingFailures]
    silent_subjects: Sequence[status.SilentSubject]
    inbox: status.Inbox
    nothing_sells: bool
    failing_channels: Sequence[AlertChannel]
    watch: Watch | None

    @property
    def worker_alive(self) -> bool:
        return any(each.is_alive for each in self.workers)

    @property
    def last_sign_of_life(self) -> datetime | None:
        return max((each.beat_at for each in self.workers if each.beat_at), default=None)


def gather() -> Facts:
    """A number of queries that does not grow with what is stored. Raises DatabaseError or InterfaceError."""
    organizations = status.organizations()
    return Facts(
        at=timezone.now(),
        organizations=organizations,
        connections=status.connections(organizations),
        tokens=status.tokens(),
        budgets=status.budgets(organizations),
        freshness=status.freshness_of(organizations),
        workers=status.workers(),
        queue_trouble=status.queue_trouble(),
        standstill=status.standstill(),
        waiting_runs=status.waiting_runs(),
        waiting_failures=status.waiting_failures(),
        silent_subjects=status.silent_subjects(),
        inbox=status.inbox(),
        nothing_sells=warehouses_known() and not warehouses_sell(),
        failing_channels=list(
            AlertChannel.objects.filter(is_on=True, failing_since__isnull=False).defer("secrets")
        ),
        watch=Watch.objects.first(),
    )
