"""Will the day's calls last? What is spent, what still fires today, what waits, and what comes by itself.

Everything is counted from what happened: what the last runs of a kind cost (costs.py), and how much webhooks and other
work without a plan have used in the last days. It foretells no run that a person may start.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from inventory.models import Organization

from .costs import calls_of, priority_of, usual_of_all
from .estimates import Counted, estimate_calls
from .firings import firings
from .models import SyncCheckpoint, SyncRun
from .options import Priority, SyncMode
from .processors import registry
from .schedules import START, arguments, rows
from .spending import Spending, by_priority, spent_on, without_plan
from .starts import scheduled_mode
from .zoho.budget import ceiling, next_day, today

_LOOKED_BACK = timedelta(days=7)  # for what comes without a plan
_STEPS = 24  # into which the rest of the day is cut, to find the hour at which the calls run out
_NEXT = 20


@dataclass(frozen=True)
class ScheduleCost:
    """One schedule of a sync, for the rest of the organisation's day.

    mode: "" where the schedule chooses it. next_at: None when it is switched off. times: how often it still fires
    today. calls: of its next run. calls_left: of all that still fire today. calls_a_day: in 24 hours from now.
    """

    id: int
    name: str
    entity: str
    label: str
    mode: str
    next_at: datetime | None
    times: int
    calls: int
    calls_left: int
    calls_a_day: int


@dataclass(frozen=True)
class Forecast:
    """Calls of the organisation's day, without those for tokens.

    used: so far. by_priority, spendings: whose they were. waiting: what runs under way still need today.
    scheduled: what the schedules still cost today. unplanned: what webhooks and the like will use, going by the last
    days. expected_at_day_end: the sum of all these; it may be more than there are. ceiling: how many may be used by
    normal work, as `reserve` is kept for real-time work; background work stops at `background_ceiling`.
    runs_out_at: when normal work has to stop; now or earlier today if it has already; None if not before the day ends.
    """

    limit: int
    used: int
    reserve: int
    ceiling: int
    background_ceiling: int
    waiting: int
    scheduled: int
    unplanned: int
    expected_at_day_end: int
    runs_out_at: datetime | None
    day_ends_at: datetime
    schedules: Sequence[ScheduleCost]
    next_runs: Sequence[tuple[str, datetime, int]]  # (entity in words, when, calls), the first ones
    spendings: Sequence[Spending]
    by_priority: dict[Priority | None, int]


@dataclass(frozen=True)
class _Need:
    at: datetime
    calls: int
    priority: Priority
    name: str = ""


def forecast(organization, now: datetime | None = None) -> Forecast:
    """As of now; nothing is asked of Zoho."""
    now = now or timezone.now()
    day, ends_at = today(organization, now), next_day(organization, now)
    spendings = spent_on(organization, day)
    spent = sum(each.calls for each in spendings)
    active = list(
        SyncRun.objects.filter(organization__unsought=organization, status__in=SyncRun.ACTIVE).defer("cursor")
    )
    waiting = list(_waiting(organization, active, now, ends_at))
    costs, firing = _schedules(organization, active, now, ends_at)
    unplanned = _unplanned(organization, day, now, ends_at)
    needs = sorted([*waiting, *firing, *unplanned], key=lambda need: need.at)
    expected, runs_out_at = _spend(needs, spent, now)
    limit, normal = settings.ZOHO["CALLS_PER_DAY"], ceiling(Priority.NORMAL)
    return Forecast(
        limit=limit,
        used=spent,
        reserve=limit - normal,
        ceiling=normal,
        background_ceiling=ceiling(Priority.BACKGROUND),
        waiting=sum(need.calls for need in waiting),
        scheduled=sum(need.calls for need in firing),
        unplanned=sum(need.calls for need in unplanned),
        expected_at_day_end=expected,
        runs_out_at=runs_out_at,
        day_ends_at=ends_at,
        schedules=costs,
        next_runs=[(need.name, need.at, need.calls) for need in firing[:_NEXT]],
        spendings=spendings,
        by_priority=by_priority(spendings),
    )


def _spend(needs: Iterable[_Need], spent: int, now: datetime) -> tuple[int, datetime | None]:
    """(what will have been asked for, when normal work has to stop). Background work takes what is there for it."""
    runs_out_at = now if spent >= ceiling(Priority.NORMAL) else None
    for need in needs:
        calls = need.calls
        if need.priority == Priority.BACKGROUND:
            calls = min(calls, max(0, ceiling(Priority.BACKGROUND) - spent))
        spent += calls
        if runs_out_at is None and calls and spent >= ceiling(Priority.NORMAL):
            runs_out_at = need.at
    return spent, runs_out_at


def _waiting(organization, active: Iterable[SyncRun], now: datetime, ends_at: datetime) -> Iterable[_Need]:
    """What the runs that have not ended still need, but for those that rest until tomorrow or until somebody acts."""
    for run in active:
        if run.status == SyncRun.Status.CANCELLING:
            continue
        is_paused = run.status == SyncRun.Status.PAUSED
        if is_paused and (run.paused_until is None or run.paused_until >= ends_at):
            continue
        if run.entity not in registry.names():
            continue
        left = max(1, calls_of(organization, run.sync_options) - run.calls_count)
        yield _Need(
            max(now, run.paused_until) if is_paused and run.paused_until else now,
            left,
            priority_of(run.entity, run.mode),
        )


def _resting(active: Iterable[SyncRun], ends_at: datetime) -> set[str]:
    """Entities of which a run is paused until tomorrow, or until somebody acts: no schedule starts another one."""
    return {
        run.entity
        for run in active
        if run.status == SyncRun.Status.PAUSED
        and run.mode != SyncMode.REALTIME
        and (run.paused_until is None or run.paused_until >= ends_at)
    }


def _schedules(
    organization, active: Collection[SyncRun], now: datetime, ends_at: datetime
) -> tuple[list[ScheduleCost], list[_Need]]:
    """What each schedule of this organisation will cost, and every firing of theirs today, in their order."""
    is_only, resting = Organization.objects.count() == 1, _resting(active, ends_at)
    in_work = {run.entity for run in active}
    checkpoints = {each.entity: each for each in SyncCheckpoint.objects.filter(organization=organization)}
    known, counted = usual_of_all(organization), Counted(organization)

    def cost(entity: str, mode: str) -> int:
        if (entity, mode) not in known:
            known[entity, mode] = estimate_calls(organization, entity, mode, counted=counted)
        return known[entity, mode]

    def costs_of(entity: str, modes: Sequence[str]) -> list[int]:
        """A list that is read off is read once: by the run that is at it, else by the first that starts."""
        if not registry.get(entity).reads_what_is_due:
            return [cost(entity, mode) for mode in modes]
        first = (
            0
            if entity in in_work
            else estimate_calls(organization, entity, SyncMode.INCREMENTAL, counted=counted)
        )
        return [first if number == 0 else 0 for number in range(len(modes))]

    costs: list[ScheduleCost] = []
    needs: list[_Need] = []
    for row in rows():
        told = arguments(row)
        entity, named = told["entity"], told["organization_external_id"]
        is_ours = named == organization.external_id or (not named and is_only)
        if row.func != START or entity not in registry.names() or not is_ours:
            continue
        times = firings(row, now, now + timedelta(days=1))
        modes = modes_of(entity, told["mode"], checkpoints.get(entity), times)
        each = [
            _Need(at, calls, priority_of(entity, mode), str(registry.get(entity).label))
            for at, mode, calls in zip(times, modes, costs_of(entity, modes), strict=True)
        ]
        # While a run of the entity rests until tomorrow, no other one of it can start.
        left = [need for need in each if need.at < ends_at] if entity not in resting else []
        needs += left
        costs.append(
            ScheduleCost(
                id=row.pk,
                name=row.name or "",
                entity=entity,
                label=str(registry.get(entity).label),
                mode=told["mode"],
                next_at=times[0] if times else (row.next_run if row.repeats != 0 else None),
                times=len(left),
                calls=each[0].calls if each else cost(entity, told["mode"] or SyncMode.INCREMENTAL),
                calls_left=sum(need.calls for need in left),
                calls_a_day=sum(need.calls for need in each),
            )
        )
    return costs, sorted(needs, key=lambda need: need.at)


def modes_of(
    entity: str, mode: str, checkpoint: SyncCheckpoint | None, times: Iterable[datetime]
) -> list[str]:
    """The mode of each firing: one that chooses by itself is full once, and then incremental until that is old."""
    full_at = checkpoint.full_at if checkpoint else None
    found: list[str] = []
    for at in times:
        found.append(mode or scheduled_mode(entity, full_at, at))
        if found[-1] == SyncMode.FULL:
            full_at = at
    return found


def _unplanned(organization, day, now: datetime, ends_at: datetime) -> list[_Need]:
    """What webhooks and calls of no run will use until the day's end, spread over it evenly: a day's mean of the last
    ones that had any calls."""
    counted = without_plan(organization, day - _LOOKED_BACK, day).values()
    if not counted:
        return []
    left = (ends_at - now) / timedelta(days=1)
    calls = round(sum(counted) / len(counted) * left)
    steps = min(_STEPS, calls)
    rest = (ends_at - now) / (steps + 1) if steps else timedelta()
    return [
        _Need(now + rest * (step + 1), calls // steps + (step < calls % steps), Priority.REALTIME)
        for step in range(steps)
    ]
