"""Children that a complete detail no longer shows: a price taken out of its list, a place that no longer keeps an item.

The detail is authoritative for its own children, but a short or empty one must not wipe them out: above max(10, 5 %)
of a parent's children, or of all children in the run, they are kept and the run is quarantined for a person. What is
owned by its parent, such as the lines of an invoice, goes without a question: staff edit them as they like.
"""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext_noop

from .. import quarantine
from ..processors.base import ChildSet
from ..work import Work
from . import history, lookups, plans, traces
from .dependants import hold
from .guard import allowance
from .outcomes import Outcomes

REASON = gettext_noop("no longer listed with its parent")


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
    rows = mapping.model.objects.live().filter(
        synced_at__lte=prepared.page.asked_at,
        **{
            f"{mapping.set_of}__organization": work.organization,
            f"{mapping.set_of}__external_id__among": suspects,
        },
    )
    facts = rows.order_by().values_list("pk", "external_id", f"{mapping.set_of}__external_id")
    for key, external_id, parent_id in facts:
        stored[parent_id].append((key, external_id))
    # What waits for a person goes on waiting: else each run would take as much of it as one may take.
    doubtful = set() if work.is_approved else quarantine.undecided(work.organization)
    removed, held = 0, {}
    for each in sets:
        children = stored[each.parent_external_id]
        vanished = [(key, external_id) for key, external_id in children if external_id not in each.told]
        if not vanished:
            continue
        if mapping.is_owned:
            _bury(work, prepared, mapping.model, vanished)
            outcomes.updated(each.parent_external_id)
        elif each.parent_external_id in doubtful or _is_too_much(
            work, mapping.model, len(vanished), len(children), removed
        ):
            held[each.parent_external_id] = len(vanished)
        else:
            removed += _bury(work, prepared, mapping.model, vanished)
    _hold_back(work, held)
    return removed


def _hold_back(work: Work, children: dict[str, int]) -> None:
    """Remember in the run whose children are kept until a person has agreed. children: how many, by the parent's id."""
    cursor = work.run.cursor
    known = set(cursor.get("held", ()))
    new = [parent_id for parent_id in children if parent_id not in known]
    if new:
        cursor["held"] = [*cursor.get("held", ()), *new]
        cursor["held_count"] = cursor.get("held_count", 0) + sum(children[parent_id] for parent_id in new)


def _is_too_much(work: Work, model, vanished: int, children: int, removed: int) -> bool:
    """removed: by this page; earlier pages' are in the run's count already."""
    if work.is_approved:
        return False
    all_live = model.objects.live().filter(organization=work.organization).count()
    return vanished > allowance(children) or work.run.removed_count + removed + vanished > allowance(all_live)


def _bury(work: Work, prepared, model, vanished: list[tuple[int, str]]) -> int:
    keys = [key for key, _external_id in vanished]
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
