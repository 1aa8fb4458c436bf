"""How many findings there are, by check; counted by an index alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Min, Q
from django.utils import timezone

from ..models import CheckState, Finding, Organization, Severity
from . import registry

State = Finding.State


@dataclass
class Totals:
    """Of one check of one organisation. new: open since midnight. oldest: since when the oldest open one is open.
    owners: how many of those that are open or accepted each person looks after, by user name."""

    open: int = 0
    new: int = 0
    accepted: int = 0
    ignored: int = 0
    oldest: datetime | None = None
    owners: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class IntegrityTotals:
    """Over all checks that are on.

    open, new: findings. by_severity: open ones; by_check: of the checks that have some. failing: titles of checks whose
    last run failed. checked_at: the oldest of the checks' last good runs; None while one of them has not run yet.
    """

    open: int
    new: int
    by_severity: Mapping[str, int]
    by_check: Mapping[str, Totals]
    failing: tuple[str, ...]
    checked_at: datetime | None


def totals(organizations: Collection[Organization] = ()) -> dict[tuple[int, str], Totals]:
    """By the organisation's key and the check's name; what has no findings is not there. In two queries."""
    rows = Finding.objects.exclude(state=State.CLOSED)
    if organizations:
        rows = rows.filter(organization__in=organizations)
    new = Count("pk", filter=Q(opened_at__gte=_midnight()))
    found: dict[tuple[int, str], Totals] = {}
    counted = rows.order_by().values_list("organization", "check_key", "state")
    for company, key, state, count, since, fresh in counted.annotate(
        Count("pk"), Min("opened_at"), fresh=new
    ):
        place = found.setdefault((company, key), Totals())
        setattr(place, state, count)
        if state == State.OPEN:
            place.oldest, place.new = since, fresh
    owned = rows.exclude(owner=None).exclude(state=State.IGNORED).order_by()
    for company, key, name, count in owned.values_list(
        "organization", "check_key", "owner__username"
    ).annotate(Count("pk")):
        found[company, key].owners[name] = count
    return found


def integrity_totals(organizations: Collection[Organization] = ()) -> IntegrityTotals:
    """In two queries, whatever is stored."""
    rows = Finding.objects.filter(state=State.OPEN)
    states = CheckState.objects.filter(is_on=True)
    if organizations:
        rows = rows.filter(organization__in=organizations)
        states = states.filter(organization__in=organizations)
    new = Count("pk", filter=Q(opened_at__gte=_midnight()))
    counted = rows.order_by().values_list("check_key").annotate(Count("pk"), Min("opened_at"), fresh=new)
    by_check = {
        key: Totals(open=count, new=fresh, oldest=since)
        for key, count, since, fresh in counted
        if registry.find(key)
    }
    by_severity: dict[str, int] = dict.fromkeys((str(each) for each in Severity), 0)
    for key, told in by_check.items():
        by_severity[str(registry.get(key).severity)] += told.open
    known = [each for each in states.only("check_key", "error", "good_at") if registry.find(each.check_key)]
    failing = sorted({str(registry.get(each.check_key).title) for each in known if each.error})
    times = [each.good_at for each in known]
    return IntegrityTotals(
        open=sum(each.open for each in by_check.values()),
        new=sum(each.new for each in by_check.values()),
        by_severity=by_severity,
        by_check=by_check,
        failing=tuple(failing),
        checked_at=min((each for each in times if each), default=None) if all(times) else None,
    )


def _midnight() -> datetime:
    """Where the reader is."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
