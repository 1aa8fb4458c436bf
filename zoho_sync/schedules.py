"""When syncs start by themselves: the usual schedules, put into django-q2's table, where staff may change them.

The queue evaluates `args` as Python literals, and cron in the zone of the settings. A cron schedule that was missed is
not made up for: the next incremental run reads what has changed anyway.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from croniter import croniter
from django.conf import settings
from django.db import transaction
from django_q.models import Schedule

from inventory.models import Organization

from .processors import registry

START, SWEEP = "zoho_sync.tasks.start_scheduled", "zoho_sync.tasks.sweep"
ARGUMENTS = ("entity", "organization_external_id", "mode")  # of START, in their order
_PREFIX = "zoho_sync "
# Minutes that no two entities share, so that they do not queue for the same calls.
_CRONS = {
    "products": "2-59/15 * * * *",
    "customers": "7-59/15 * * * *",
    "stock": "4-59/30 * * * *",
    "customer_details": "19-59/30 * * * *",
    "price_lists": "11 * * * *",
    "pictures": "56 * * * *",
    "warehouses": "26 3 * * *",
}
_NIGHT = 4  # the hour at which what is not in the table above is read, once a day
_SWEEP_CRON = "* * * * *"
# Of settings.SCHEDULES those that call Zoho.
_CALLING = {"zoho_sync.tasks.read_documents", "zoho_sync.tasks.check_truth"}


@dataclass(frozen=True)
class Planned:
    """One schedule as we would set it up. entity: empty for what starts no sync. args: a Python literal."""

    name: str
    func: str
    args: str
    cron: str
    entity: str = ""


def _nightly(entities: Iterable[str]) -> dict[str, str]:
    """A cron for each, in minutes of the night that nothing else which calls Zoho has."""
    calling = [*_CRONS.values(), *(cron for _name, func, cron in settings.SCHEDULES if func in _CALLING)]
    taken = {minute for cron in calling for minute in croniter.expand(cron)[0][0]}
    free = [minute for minute in range(60) if minute not in taken]
    return {
        entity: f"{free[number % len(free)]} {_NIGHT + number // len(free)} * * *"
        for number, entity in enumerate(entities)
    }


def planned(organization_external_id: str = "") -> list[Planned]:
    """The usual schedules: one per entity, the sweep, and the watchers' (settings.SCHEDULES).

    An organisation that is named gets schedules of its own.
    """
    result = []
    nightly = _nightly(entity for entity in registry.names() if entity not in _CRONS)
    for entity in registry.names():
        cron = _CRONS.get(entity) or nightly[entity]
        if organization_external_id:
            name, args = (
                f"{_PREFIX}{entity} {organization_external_id}",
                repr((entity, organization_external_id)),
            )
        else:
            name, args = f"{_PREFIX}{entity}", repr(entity)
        result.append(Planned(name[:100], START, args, cron, entity))
    others = [Planned(name, func, "", cron) for name, func, cron in settings.SCHEDULES]
    return [*result, Planned(f"{_PREFIX}sweep", SWEEP, "", _SWEEP_CRON), *others]


def name_needed(organization) -> str:
    """What its schedules must name: nothing while it is the only one, so that they outlive a change of it."""
    is_only = not Organization.objects.exclude(pk=organization.pk).exists()
    return "" if is_only else organization.external_id


def turn_on(organization_external_id: str = "") -> None:
    """Make the usual schedules that are missing, and switch on those of syncs that are off; times stay as they are."""
    with transaction.atomic():
        set_up(organization_external_id)
        names = [each.name for each in planned(organization_external_id) if each.entity]
        for row in Schedule.objects.select_for_update().filter(name__in=names, func=START, repeats=0):
            row.repeats, row.next_run = -1, None
            row.next_run = row.calculate_next_run()  # else it would start at once
            row.save(update_fields=["repeats", "next_run"])


def _known() -> list[str]:
    """The jobs that schedules of ours run."""
    return [START, SWEEP, *(func for _name, func, _cron in settings.SCHEDULES)]


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
    """The schedules of ours, whoever made them, by their next time; those that never run again come last."""
    found = Schedule.objects.filter(func__in=_known())
    return sorted(
        found, key=lambda row: (row.repeats == 0 or row.next_run is None, row.next_run or 0, row.pk)
    )


def remove(organization_external_id: str = "") -> int:
    """Delete the schedules that `set_up` makes, and no others; returns how many."""
    names = [each.name for each in planned(organization_external_id)]
    return Schedule.objects.filter(name__in=names, func__in=_known()).delete()[0]


def arguments(schedule: Schedule) -> dict[str, str]:
    """What the schedule passes to the job, whether written as positional or as named arguments."""
    found = dict.fromkeys(ARGUMENTS, "")
    try:
        positional = ast.literal_eval(schedule.args) if schedule.args else ()
        positional = positional if isinstance(positional, tuple) else (positional,)
        found |= dict(zip(ARGUMENTS, positional, strict=False))
        call = ast.parse(f"f({schedule.kwargs or ''})", mode="eval").body
        if isinstance(call, ast.Call):
            found |= {each.arg: ast.literal_eval(each.value) for each in call.keywords if each.arg}
    except (ValueError, SyntaxError):
        pass  # an unreadable schedule is shown with nothing chosen
    return {name: str(found[name] or "") for name in ARGUMENTS}
