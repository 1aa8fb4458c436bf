"""Documents whose lines are still to be read: one call each, with what the day leaves to work that nobody waits for.

A first load of many documents takes days. Each hour a run goes on where the last one stopped, newest documents first,
and lists what is new on its way; so the newest are whole after minutes, and nothing else has to wait.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from django.db.models import Count, OuterRef, Subquery

from inventory.models import Organization

from .allowances import FEWEST_DETAILS
from .errors import SyncError
from .options import Priority, SyncMode, SyncOptions, Trigger
from .processors import registry
from .processors.base import Details
from .starts import start_run
from .zoho.budget import budget_left, ceiling

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class DocumentsLeft:
    """counts: by entity, how many documents wait for their detail. calls: as many. calls_a_day: that a whole day leaves
    to them at most; days: that it takes at least."""

    counts: dict[str, int]
    calls_a_day: int

    @property
    def calls(self) -> int:
        return sum(self.counts.values())

    @property
    def days(self) -> int:
        return ceil(self.calls / self.calls_a_day) if self.calls_a_day else 0


def documents_left(organizations: Iterable[Organization]) -> dict[int, DocumentsLeft]:
    """By the organisation's key; one query, answered by indexes."""
    names = read_in_detail()
    columns = {name: _due(registry.get(name).model) for name in names}
    keys = [each.pk for each in organizations]
    asked = (
        Organization.objects.filter(pk__in=keys)
        .order_by()
        .annotate(**{f"left_{n}": c for n, c in columns.items()})
    )
    found = asked.values_list("pk", *(f"left_{name}" for name in names))
    return {
        key: DocumentsLeft(
            {name: count for name, count in zip(names, counts, strict=True) if count},
            ceiling(Priority.BACKGROUND),
        )
        for key, *counts in found
    }


def read_on() -> list[str]:
    """Start a run of each kind of document that still waits for details, where calls are left for that. Says which."""
    begun: list[str] = []
    organizations = list(Organization.objects.all())
    left = documents_left(organizations)
    for organization in organizations:
        for entity in left[organization.pk].counts:
            if budget_left(organization, Priority.BACKGROUND) < FEWEST_DETAILS:
                break
            try:
                start_run(
                    SyncOptions(entity=entity, mode=SyncMode.INCREMENTAL),
                    trigger=Trigger.FOLLOW_UP,
                    organization=organization,
                )
            except SyncError as error:  # busy, not connected: it goes on with the next hour
                log.info("details of %s: %s", entity, error)
            else:
                begun.append(entity)
    return begun


def read_in_detail() -> list[str]:
    """The entities whose records' lines, or whatever a listing leaves out, cost a call each."""
    found = (registry.get(name) for name in registry.documents())
    return [each.entity for each in found if each.lane == "documents" and each.details is not Details.NONE]


def _due(model) -> Subquery:
    rows = model.objects.filter(organization=OuterRef("pk"), removed_at=None, detail_is_due=True).order_by()
    return Subquery(rows.values("organization").annotate(count=Count("pk")).values("count"))
