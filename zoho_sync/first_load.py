"""What the first load of documents will take, told before it starts: Zoho's records are counted, not listed."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from inventory.models import Organization

from .documents_left import read_in_detail
from .errors import Paused, SyncError
from .models import SourceCount, SyncCheckpoint
from .options import Priority
from .processors import registry
from .queue import enqueue
from .sentences import said
from .zoho.budget import ceiling
from .zoho.client import ZohoClient
from .zoho.sizes import PER_PAGE, count_records, most_calls

JOB = "zoho_sync.tasks.count_at_source"
WAIT_SECONDS = 240.0  # in all, for a minute whose calls are spent; the queue kills a job after 600
PATIENCE = timedelta(minutes=10)  # a question that is older was lost with its worker
_USUAL = 50_000  # records; to tell what a count costs at most before anything is known


@dataclass(frozen=True)
class FirstLoad:
    """Of the entities that were never read to their end.

    counts: by entity, as far as they are known. unknown: those that nobody has counted. is_asked: Zoho is being asked.
    counted_at: the oldest of the counts. problems: why the last question had no answer, by entity.
    lists, details: calls. calls_a_day: that a day leaves to them.
    """

    counts: dict[str, int]
    unknown: Sequence[str]
    is_asked: bool
    counted_at: datetime | None
    problems: dict[str, object]
    lists: int
    details: int
    calls_a_day: int

    @property
    def records(self) -> int:
        return sum(self.counts.values())

    @property
    def calls(self) -> int:
        return self.lists + self.details

    @property
    def days(self) -> int:
        return max(1, ceil(self.calls / self.calls_a_day)) if self.calls_a_day else 0


def countable(names: Iterable[str]) -> list[str]:
    """Those of the entities whose listing is one of pages."""
    return [name for name in names if registry.get(name).paged and registry.get(name).lane == "documents"]


def cost_of_count(first: FirstLoad) -> int:
    """Calls, at most; for lists of which nothing is known, of usual length."""
    return sum(map(most_calls, first.counts.values())) + len(first.unknown) * most_calls(_USUAL)


def first_load(organization: Organization, names: Iterable[str]) -> FirstLoad | None:
    """What is known of it; None where each of these entities was read to its end already."""
    read = set(
        SyncCheckpoint.objects.filter(organization=organization, full_at__isnull=False).values_list(
            "entity", flat=True
        )
    )
    wanted = [name for name in countable(names) if name not in read]
    if not wanted:
        return None
    rows = {
        row.entity: row for row in SourceCount.objects.filter(organization=organization, entity__in=wanted)
    }
    known = {name: row for name in wanted if (row := rows.get(name)) is not None and row.count is not None}
    counts = {name: row.count or 0 for name, row in known.items()}
    in_detail = set(read_in_detail())
    return FirstLoad(
        counts=counts,
        unknown=[name for name in wanted if name not in known],
        is_asked=any(_is_open(row) for row in rows.values()),
        counted_at=min((row.counted_at for row in known.values() if row.counted_at), default=None),
        problems={
            name: row.message
            for name in wanted
            if (row := rows.get(name)) is not None and row.message and not _is_open(row)
        },
        lists=sum(max(1, ceil(count / PER_PAGE)) for count in counts.values()),
        details=sum(count for name, count in counts.items() if name in in_detail),
        calls_a_day=ceiling(Priority.BACKGROUND),
    )


def ask_to_count(organization: Organization, names: Iterable[str]) -> list[str]:
    """A worker counts these soon; those that it is at already are left out. Returns the others."""
    with transaction.atomic():
        now = timezone.now()
        wanted = []
        for name in countable(names):
            row, is_new = SourceCount.objects.get_or_create(
                organization=organization, entity=name, defaults={"asked_at": now}
            )
            # In one statement, for two people may press the button at once.
            idle = Q(ended_at__gte=F("asked_at")) | Q(asked_at__lt=now - PATIENCE)
            if is_new or SourceCount.objects.filter(idle, pk=row.pk).update(asked_at=now, message=""):
                wanted.append(name)
        if wanted:
            enqueue(JOB, organization.pk, wanted)
    return wanted


def count_at_source(organization: Organization, names: Iterable[str]) -> dict[str, SourceCount]:
    """Ask Zoho now, and keep what it said. What cannot be counted says why, and does not keep the others from it."""
    done, deadline = {}, time.monotonic() + WAIT_SECONDS
    with ZohoClient(organization) as client:
        for name in countable(names):
            asked_at = timezone.now()
            facts: dict[str, object]
            try:
                count = _count_patiently(client, name, deadline)
                facts = {"count": count, "counted_at": asked_at, "message": ""}
            except SyncError as error:
                facts = {"message": said(error)}
            done[name], _made = SourceCount.objects.update_or_create(
                organization=organization,
                entity=name,
                defaults={**facts, "ended_at": timezone.now()},
                create_defaults={**facts, "asked_at": asked_at, "ended_at": timezone.now()},
            )
    return done


def _count_patiently(client: ZohoClient, name: str, deadline: float) -> int:
    """Once the minute has calls again, if that is soon; several lists ask for more than one minute has to give."""
    processor = registry.get(name)
    while True:
        try:
            return count_records(client, processor.path, processor.list_key, params=processor.params)
        except Paused as error:
            rest = (error.retry_at - timezone.now()).total_seconds()
            if time.monotonic() + rest > deadline:
                raise
            time.sleep(max(0.1, rest))


def _is_open(row: SourceCount) -> bool:
    is_answered = row.ended_at is not None and row.ended_at >= row.asked_at
    return not is_answered and row.asked_at > timezone.now() - PATIENCE
