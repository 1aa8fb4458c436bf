"""What the usual schedules would cost a day if all of them were on, before anybody switches them on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from croniter import croniter
from django.utils import timezone
from django_q.models import Schedule

from .costs import usual_of_all
from .estimates import Counted, estimate_calls
from .firings import firings
from .forecast import modes_of
from .models import SyncCheckpoint
from .options import SyncMode
from .processors import registry
from .schedules import START, arguments, name_needed, planned


@dataclass(frozen=True)
class UsualCost:
    """One of the usual schedules. cron: as it is set, else as it would be made. calls_a_day: about, when on."""

    name: str
    entity: str
    cron: str
    is_made: bool
    is_on: bool
    calls_a_day: int


def schedule_costs(organization, now: datetime | None = None) -> list[UsualCost]:
    """Counted from what the last runs cost, else from what is mirrored; nothing is asked of Zoho."""
    now = now or timezone.now()
    rows = {row.name: row for row in Schedule.objects.filter(func=START)}
    checkpoints = {each.entity: each for each in SyncCheckpoint.objects.filter(organization=organization)}
    usual, counted = usual_of_all(organization), Counted(organization)
    found = []
    for plan in planned(name_needed(organization)):
        if not plan.entity:
            continue
        row = rows.get(plan.name)
        cron = (row.cron if row else "") or plan.cron
        ticks = croniter(cron, timezone.localtime(now))
        as_if = Schedule(
            schedule_type=Schedule.CRON, cron=cron, repeats=-1, next_run=ticks.get_next(datetime)
        )
        mode = arguments(row)["mode"] if row else ""
        modes = modes_of(
            plan.entity, mode, checkpoints.get(plan.entity), firings(as_if, now, now + timedelta(days=1))
        )
        if registry.get(plan.entity).reads_what_is_due:  # a list that is read off is read once
            calls = estimate_calls(organization, plan.entity, SyncMode.INCREMENTAL, counted=counted)
        else:
            cost = {
                each: usual.get((plan.entity, each))
                or estimate_calls(organization, plan.entity, each, counted=counted)
                for each in set(modes)
            }
            calls = sum(cost[each] for each in modes)
        found.append(
            UsualCost(plan.name, plan.entity, cron, row is not None, bool(row and row.repeats != 0), calls)
        )
    return found
