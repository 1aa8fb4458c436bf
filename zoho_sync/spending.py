"""Who has spent the day's calls: the ledger, read together with the runs whose calls it holds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, IntegerField, OuterRef, Subquery, Sum, Value, When

from .costs import priority_of
from .models import ApiUsage, SyncRun
from .options import Priority, Trigger
from .processors import registry
from .zoho.budget import TOKENS_API

NO_RUN = ""  # the trigger of calls that belong to no run: comparisons, checks of the connection


@dataclass(frozen=True)
class Spending:
    """Calls of one day that have the same origin. trigger: a value of Trigger, NO_RUN, or None when the run is gone.

    entity, mode, person: "" where there is none. priority: whose part of the budget it was, None where unknown.
    """

    trigger: str | None
    entity: str
    mode: str
    person: str
    calls: int
    failed: int
    priority: Priority | None


def spent_on(organization, day: date) -> list[Spending]:
    """The most first; token calls are left out, as they have limits of their own. One query."""
    run = SyncRun.objects.filter(pk=OuterRef("run_number"))
    columns = {
        "trigger": "trigger",
        "entity": "entity",
        "mode": "mode",
        "person": "requested_by__username",
    }
    rows = (
        ApiUsage.objects.filter(organization=organization, day=day)
        .exclude(api=TOKENS_API)
        .order_by()
        .annotate(**{f"run_{name}": Subquery(run.values(path)[:1]) for name, path in columns.items()})
        .values_list("run_number", *(f"run_{name}" for name in columns))
        .annotate(calls=Sum("calls_count"), failed=Sum("failed_count"))
    )
    sums: dict[tuple[str | None, str, str, str], list[int]] = {}
    for number, trigger, entity, mode, person, calls, failed in rows:
        key = (trigger if number else NO_RUN, entity or "", mode or "", person or "")
        known = sums.setdefault(key, [0, 0])
        known[0] += calls
        known[1] += failed
    found = [
        Spending(trigger, entity, mode, person, calls, failed, _priority(entity, mode))
        for (trigger, entity, mode, person), (calls, failed) in sums.items()
    ]
    return sorted(found, key=lambda each: -each.calls)


def without_plan(organization, since: date, until: date) -> dict[date, int]:
    """Calls of webhooks, and of no run, on each day from `since` on, before `until`, that had any calls. One query."""
    run = SyncRun.objects.filter(pk=OuterRef("run_number"))
    rows = (
        ApiUsage.objects.filter(organization=organization, day__gte=since, day__lt=until)
        .exclude(api=TOKENS_API)
        .order_by()
        .annotate(
            run_trigger=Subquery(run.values("trigger")[:1]),
            has_run=Case(When(run_number=0, then=Value(0)), default=Value(1), output_field=IntegerField()),
        )
        .values_list("day", "run_trigger", "has_run")
        .annotate(calls=Sum("calls_count"))
    )
    sums: dict[date, int] = {}
    for day, trigger, has_run, calls in rows:
        is_counted = not has_run or trigger == Trigger.WEBHOOK
        sums[day] = sums.get(day, 0) + (calls if is_counted else 0)
    return sums


def by_day(organization, since: date) -> dict[date, int]:
    """Calls of each day from `since` on; days without any are left out."""
    rows = ApiUsage.objects.filter(organization=organization, day__gte=since).exclude(api=TOKENS_API)
    return dict(rows.order_by("day").values_list("day").annotate(Sum("calls_count")))


def by_priority(spendings: Iterable[Spending]) -> dict[Priority | None, int]:
    """Their sums, by whose part of the budget they were; None: of no run, or not known any more."""
    sums: dict[Priority | None, int] = {}
    for each in spendings:
        sums[each.priority] = sums.get(each.priority, 0) + each.calls
    return sums


def _priority(entity: str, mode: str) -> Priority | None:
    return priority_of(entity, mode) if entity in registry.names() else None
