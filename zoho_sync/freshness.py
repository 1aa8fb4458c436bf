"""How fresh each entity is, what works on it, and what waits: in a few queries, however many entities there are."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils import timezone

from inventory.models import Organization

from .attention import label_of
from .counting import counts_of
from .models import RecordError, SyncCheckpoint, SyncRun
from .processors import registry
from .processors.base import APART

STALE_AFTER = timedelta(hours=26)  # every entity is scheduled once a day at least
_OPEN = (RecordError.Status.WAITING, RecordError.Status.RETRYING)


@dataclass(frozen=True)
class EntityFreshness:
    """When an entity was last known to be right, what works on it, and what waits for a person.

    live_count: None where it was not asked for.
    """

    entity: str
    label: str
    watermark: datetime | None
    full_at: datetime | None
    incremental_at: datetime | None
    live_count: int | None
    waiting_errors: int
    last_run: SyncRun | None
    active_run: SyncRun | None

    @property
    def good_at(self) -> datetime | None:
        """When the last good run that left nothing out began; None: there was none yet."""
        return max((each for each in (self.full_at, self.incremental_at) if each is not None), default=None)

    @property
    def is_unread(self) -> bool:
        """Was it never read, although it does not merely follow another entity?"""
        return self.good_at is None and registry.get(self.entity).lane not in APART

    @property
    def is_stale(self) -> bool:
        """Has too long gone by since then? What follows another entity by itself has nothing to read on most days, and
        documents are nobody's loss before they are mirrored at all."""
        processor = registry.get(self.entity)
        if self.good_at is None:
            return not processor.is_background
        return processor.lane not in APART and timezone.now() - self.good_at > STALE_AFTER


def freshness(organization: Organization) -> list[EntityFreshness]:
    """One row per entity, in the order of the registry, with its rows counted; five queries."""
    return freshness_of([organization], with_counts=True)[organization.pk]


def freshness_of(
    organizations: Iterable[Organization], *, with_counts: bool = False
) -> dict[int, list[EntityFreshness]]:
    """By the organisation's key, the rows of each in the order of the registry; four queries, or five with counts."""
    keys, names = [each.pk for each in organizations], registry.names()
    checkpoints = {
        (each.organization_id, each.entity): each
        for each in SyncCheckpoint.objects.filter(organization__in=keys)
    }
    errors = {
        (organization, entity): count
        for organization, entity, count in RecordError.objects.filter(organization__in=keys, status__in=_OPEN)
        .order_by()
        .values_list("organization", "entity")
        .annotate(Count("pk"))
    }
    runs, counts = _latest_runs(keys, names), counts_of(keys, names) if with_counts else {}

    def row(key: int, name: str) -> EntityFreshness:
        checkpoint = checkpoints.get((key, name))
        return EntityFreshness(
            entity=name,
            label=label_of(name),
            watermark=checkpoint.watermark if checkpoint else None,
            full_at=checkpoint.full_at if checkpoint else None,
            incremental_at=checkpoint.incremental_at if checkpoint else None,
            live_count=counts.get((key, name), 0) if with_counts else None,
            waiting_errors=errors.get((key, name), 0),
            last_run=runs.get((key, name, "last")),
            active_run=runs.get((key, name, "active")),
        )

    return {key: [row(key, name) for name in names] for key in keys}


def _ended(entity: str) -> QuerySet[SyncRun]:
    states = (*SyncRun.ENDED, SyncRun.Status.QUARANTINED)
    return SyncRun.objects.filter(organization=OuterRef("pk"), entity=entity, status__in=states)


def _at_work(entity: str) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(
        organization__unsought=OuterRef("pk"), entity__unsought=entity, status__in=SyncRun.ACTIVE
    )


def _latest_runs(keys: list[int], names: list[str]) -> dict[tuple[int, str, str], SyncRun]:
    """The newest that has ended, found by the index of an entity's runs, and the newest at work, by that of states."""
    wanted = {"last": _ended, "active": _at_work}
    places = {f"{kind}_{place}": (name, kind) for place, name in enumerate(names) for kind in wanted}
    newest = {
        column: Subquery(wanted[kind](name).order_by("-pk").values("pk")[:1])
        for column, (name, kind) in places.items()
    }
    columns = list(places)
    asked = Organization.objects.filter(pk__in=keys).order_by().annotate(**newest)
    found = {
        (key, *places[column]): run
        for key, *runs in asked.values_list("pk", *columns)
        for column, run in zip(columns, runs, strict=True)
        if run is not None
    }
    rows = SyncRun.objects.defer("cursor").in_bulk(found.values())
    return {place: rows[pk] for place, pk in found.items() if pk in rows}
