"""Children that a complete detail no longer shows: a price taken out of its list, a place that no longer keeps an item.

The detail is authoritative for its own children, but a short or empty one must not wipe them out: above max(10, 5 %)
of a parent's children, or of all children in the run, they are kept, and the run is quarantined for a person. What is
owned by its parent, such as the lines of an invoice, goes without a question: staff edit them as they like.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import models
from django.utils.translation import gettext_noop

from .. import quarantine
from ..processors.base import ChildSet, Mapping
from ..work import Work
from . import history, lookups, plans, traces
from .dependants import hold
from .guard import allowance
from .outcomes import Outcomes
from .returning import taken_back

REASON = gettext_noop("no longer listed with its parent")
ALL_HELD = "all_held"  # in the run's cursor: the run as a whole has seen too much vanish


def remove_vanished(work: Work, prepared, failed_units: set[str], outcomes: Outcomes) -> int:
    """Give tombstones to the vanished children of this page; returns how many. What is held is in the cursor.

    Parts that their parent owns count as a change of the parent, and only where the parent was taken.
    """
    refused = failed_units | outcomes.stale_units
    sets = [
        each
        for expansion in prepared.expansions
        for each in expansion.sets
        if not (each.mapping.is_owned and each.parent_external_id in refused)
    ]
    removed = 0
    for mapping_id in {id(each.mapping): None for each in sets}:
        removed += _remove(
            work, prepared, [each for each in sets if id(each.mapping) == mapping_id], outcomes
        )
    return removed


def _remove(work: Work, prepared, sets: list[ChildSet], outcomes: Outcomes) -> int:
    mapping = sets[0].mapping
    told = {each.parent_external_id: each.told for each in sets}
    # What this page has just written is told: to look only at the others is to look at nothing in a first load.
    older = lookups.older_children(mapping, work.organization.pk, list(told), prepared.page.asked_at)
    suspects = {parent_id for external_id, parent_id in older if external_id not in told[parent_id]}
    if not suspects:
        return 0
    stored: dict[str, list[tuple[int, str]]] = defaultdict(list)
    sets = [each for each in sets if each.parent_external_id in suspects]
    rows = mapping.model._default_manager.filter(
        removed_at__unsought__isnull=True,
        synced_at__lte=prepared.page.asked_at,
        **{
            f"{mapping.set_of}__organization": work.organization,
            f"{mapping.set_of}__external_id__among": suspects,
        },
    )
    facts = rows.order_by().values_list("pk", "external_id", f"{mapping.set_of}__external_id")
    for key, external_id, parent_id in facts:
        stored[parent_id].append((key, external_id))
    vanished = {}
    for each in sets:
        gone = [key for key, external_id in stored[each.parent_external_id] if external_id not in each.told]
        if gone:
            vanished[each.parent_external_id] = gone
    if mapping.is_owned:
        _bury(work, prepared, mapping.model, _flat(vanished.values()))
        for parent_id in vanished:
            outcomes.updated(parent_id)
        return 0
    children = {parent_id: len(rows) for parent_id, rows in stored.items()}
    return _remove_believable(work, prepared, mapping, vanished, children)


def _remove_believable(
    work: Work, prepared, mapping: Mapping, vanished: dict[str, list[int]], children: dict[str, int]
) -> int:
    """Bury what one believes, and hold the rest back. Returns how many have left, less those that are back.

    vanished: keys, and children: how many are live, by the parent's id.
    """
    if work.is_approved:
        return _bury(work, prepared, mapping.model, _flat(vanished.values()))
    # What waits for a person goes on waiting: else each run would take as much of it as one may take.
    undecided = quarantine.undecided(work.organization)
    held = {
        parent_id: len(keys)
        for parent_id, keys in vanished.items()
        if parent_id in undecided or len(keys) > allowance(children[parent_id])
    }
    believed = {parent_id: keys for parent_id, keys in vanished.items() if parent_id not in held}
    back = 0
    if believed and _is_too_much(work, mapping.model, sum(map(len, believed.values()))):
        # All of it waits then, what earlier pages have removed too: a short answer deletes nothing.
        returned = taken_back(work, mapping, prepared.page.asked_at, REASON)
        back = sum(returned.values())
        held = held | returned | {parent_id: len(keys) for parent_id, keys in believed.items()}
        believed = {}
        work.run.cursor[ALL_HELD] = True
    _hold_back(work, held)
    return _bury(work, prepared, mapping.model, _flat(believed.values())) - back


def _flat(keys: Iterable[list[int]]) -> list[int]:
    return [key for some in keys for key in some]


def _hold_back(work: Work, children: dict[str, int]) -> None:
    """Remember in the run whose children are kept until a person has agreed. children: how many, by the parent's id."""
    cursor = work.run.cursor
    known = set(cursor.get("held", ()))
    new = [parent_id for parent_id in children if parent_id not in known]
    if new:
        cursor["held"] = [*cursor.get("held", ()), *new]
        cursor["held_count"] = cursor.get("held_count", 0) + sum(children[parent_id] for parent_id in new)


def _is_too_much(work: Work, model: type[models.Model], vanished: int) -> bool:
    """vanished: from this page; those of earlier pages are in the run's count already."""
    if work.run.cursor.get(ALL_HELD):
        return True
    live = model._default_manager.live().filter(organization=work.organization).count()
    return work.run.removed_count + vanished > allowance(live)


def _bury(work: Work, prepared, model, keys: list[int]) -> int:
    if not keys:
        return 0
    if work.run.is_dry:
        return plans.store_removals(
            work, prepared.page.asked_at, model, model.objects.filter(pk__in=keys), REASON
        )
    keys = hold(model.objects.live().filter(pk__in=keys))
    traces.store_removals(work, model, keys, REASON)
    history.store_vanished(work, prepared.page.asked_at, model, keys)
    return model.objects.filter(pk__in=keys).update(
        removed_at=prepared.page.asked_at,
        removed_reason=REASON,
        cause=work.run.cause,
        synced_at=prepared.page.asked_at,
    )
