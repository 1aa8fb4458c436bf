"""When syncs start by themselves: the usual schedules, put into django-q2's table, where staff may change them.

The queue evaluates `args` as Python literals, and cron in the zone of the settings. A cron schedule that was missed is
not made up for: the next incremental run reads what has changed anyway.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django_q.models import Schedule

from .processors import registry

START, SWEEP = "zoho_sync.tasks.start_scheduled", "zoho_sync.tasks.sweep"
_PREFIX = "zoho_sync "
# Minutes that no two entities share, so that they do not queue for the same calls.
_CRONS = {
    "products": "2-59/15 * * * *",
    "customers": "7-59/15 * * * *",
    "stock": "4-59/30 * * * *",
    "customer_details": "19-59/30 * * * *",
    "price_lists": "11 * * * *",
    "warehouses": "26 3 * * *",
}
_DAILY = "{minute} 4 * * *"  # an entity that is not in the table above
_SWEEP_CRON = "* * * * *"


@dataclass(frozen=True)
class Planned:
    """One schedule as we would set it up. entity: empty for the sweep. args: a Python literal."""

    name: str
    func: str
    args: str
    cron: str
    entity: str = ""


def planned(organization_external_id: str = "") -> list[Planned]:
    """The usual schedules: one per entity, and the sweep. An organisation that is named gets schedules of its own."""
    result = []
    for number, entity in enumerate(registry.names()):
        cron = _CRONS.get(entity) or _DAILY.format(minute=1 + 3 * number % 59)
        if organization_external_id:
            name, args = (
                f"{_PREFIX}{entity} {organization_external_id}",
                repr((entity, organization_external_id)),
            )
        else:
            name, args = f"{_PREFIX}{entity}", repr(entity)
        result.append(Planned(name[:100], START, args, cron, entity))
    return [*result, Planned(f"{_PREFIX}sweep", SWEEP, "", _SWEEP_CRON)]


def set_up(organization_external_id: str = "", *, reset: bool = False) -> dict[str, str]:
    """Create what is missing; {name: "created" | "kept" | "reset"}. Without `reset` what staff changed stays."""
    with transaction.atomic():
        return {each.name: _set_up(each, reset) for each in planned(organization_external_id)}


def _set_up(plan: Planned, reset: bool) -> str:
    same_name = list(Schedule.objects.select_for_update().filter(name=plan.name).order_by("pk"))
    for double in same_name[1:]:  # names are not unique in that table
        double.delete()
    row = same_name[0] if same_name else Schedule(name=plan.name)
    if not same_name or reset or row.func != plan.func:  # else a mode that staff chose stays too
        row.func, row.args, row.kwargs = plan.func, plan.args, None
    if not same_name or reset:
        row.schedule_type, row.cron, row.minutes, row.repeats, row.cluster = (
            Schedule.CRON,
            plan.cron,
            None,
            -1,
            None,
        )
        row.next_run = row.calculate_next_run()  # else all of them would start at once
    row.save()
    if not same_name:
        return "created"
    return "reset" if reset else "kept"


def rows() -> list[Schedule]:
    """The schedules that start syncs, whoever made them, by their next time; those that never run again come last."""
    found = Schedule.objects.filter(func__in=[START, SWEEP])
    return sorted(
        found, key=lambda row: (row.repeats == 0 or row.next_run is None, row.next_run or 0, row.pk)
    )


def remove(organization_external_id: str = "") -> int:
    """Delete the schedules that `set_up` makes, and no others; returns how many."""
    names = [each.name for each in planned(organization_external_id)]
    return Schedule.objects.filter(name__in=names, func__in=[START, SWEEP]).delete()[0]
