"""Doing what a plan says, row by row, and nothing else. Nothing is asked of Zoho: the plan holds what it answered.

Each row is looked at again first. It is written only upon what it was planned upon: whatever has been written since, or
read since and found otherwise, is newer than the plan, and stays.
"""

from __future__ import annotations

import zlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import models
from django.utils.translation import gettext_noop

from inventory.models import StockCheck, StockLevel

from ..models import PlannedChange
from ..processors.base import Kind, Mapping, Row, mapping_named
from ..sentences import sentence as _
from ..work import Page, Tally, Work
from . import dependants, doubts, failures, lookups, traces
from .changes import Change, source_columns
from .failures import Failure
from .plans import base_of, typed
from .tables import stored_rows
from .writes import Overtaken, write

Action, State = PlannedChange.Action, PlannedChange.State

CHANGED = gettext_noop("it has changed since the plan was made")
NEWER = gettext_noop("it was read again since, so the plan is older than what is known")
CAME_IN = gettext_noop("it has come in since")
NOT_HERE = gettext_noop("it is not here any more")
CHILD_NEWER = gettext_noop("something that belongs to it was read again since")
NOT_GONE = gettext_noop("what it belongs to has not left")
UNKNOWN = gettext_noop("this version does not know such a row any more")
WAITS = gettext_noop("what it belongs to is not here yet: apply the plan that brings it, then this one again")


@dataclass
class _Fates:
    """What became of the rows of a page, by their keys."""

    done: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    refused: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by the reason
    failed: list[tuple[int, Failure]] = field(default_factory=list)
    waiting: int = 0
    counts: Counter[str] = field(default_factory=Counter)  # of those that are done, by action


def store(work: Work, page: Page) -> Tally:
    """Apply the rows of a page that are still only planned, inside the caller's transaction."""
    rows = PlannedChange.objects.filter(pk__in=page.planned, run=work.run.plan_id, state=State.PLANNED)
    fates = _Fates()
    for group in _groups(list(rows.select_for_update().order_by("pk"))):
        try:
            mapping = mapping_named(group[0].mapping)
        except KeyError:
            fates.refused[UNKNOWN] += [planned.pk for planned in group]
            continue
        if group[0].action == Action.REMOVE:
            _remove(work, mapping.model, group, fates)
        else:
            _write(work, mapping, group, fates)
    return _settled(work, fates)


def _groups(rows: list[PlannedChange]) -> Iterator[list[PlannedChange]]:
    """Rows that can be written together, in the order of the plan; of one record none comes twice."""
    group: list[PlannedChange] = []
    seen: set[str] = set()
    for row in rows:
        if group and (_together(row) != _together(group[0]) or row.external_id in seen):
            yield group
            group, seen = [], set()
        group.append(row)
        seen.add(row.external_id)
    if group:
        yield group


def _together(row: PlannedChange) -> tuple[Any, ...]:
    reason = row.changes.get("removed_reason") if row.action == Action.REMOVE else None
    return row.mapping, row.kind, row.asked_at, row.action == Action.REMOVE, str(reason)


# --- Rows that come in or change ---------------------------------------------------------------------


def _write(work: Work, mapping: Mapping, group: list[PlannedChange], fates: _Fates) -> None:
    ready = _linked(work, mapping, group, fates)
    while True:
        judged = _judged(work, mapping, group, ready)
        try:
            found = write(work, _page(group), mapping, judged.changes)
        except Overtaken:
            continue
        break
    fates.same += judged.same
    for reason, rows in judged.refused.items():
        fates.refused[reason] += rows
    refused = {failure.unit: failure for failure in found}
    fates.failed += [
        (judged.planned[external_id].pk, failures.of_record(mapping, failure))
        for external_id, failure in refused.items()
    ]
    done = [change for change in judged.changes if change.row.external_id not in refused]
    traces.store(work, done)
    for change in done:
        planned = judged.planned[change.row.external_id]
        fates.done.append(planned.pk)
        fates.counts[planned.action] += 1
    if mapping.model is StockLevel:
        doubts.of_levels(work, [change.row.external_id for change in done])
    if mapping.is_owned:
        absent = {each.external_id for each in group} - {each.row.external_id for each in done}
        doubts.of_parts(work, mapping, absent)


@dataclass
class _Judged:
    """Rows of a group beside what is stored now. planned: those of `changes`, by external id."""

    changes: list[Change] = field(default_factory=list)
    planned: dict[str, PlannedChange] = field(default_factory=dict)
    same: list[int] = field(default_factory=list)
    refused: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))  # by the reason


def _judged(
    work: Work,
    mapping: Mapping,
    group: list[PlannedChange],
    ready: list[tuple[PlannedChange, dict[str, Any]]],
) -> _Judged:
    judged = _Judged()
    stored = stored_rows(work, mapping, [planned.external_id for planned, _values in ready])
    verified = _verified_since(mapping.model, group, stored)
    for planned, values in ready:
        before = stored.get(planned.external_id)
        if before is not None and before["removed_at"] is None and _is_so(before, values):
            judged.same.append(planned.pk)
        elif reason := _objection(mapping, planned, before, verified):
            judged.refused[reason].append(planned.pk)
        else:
            judged.changes.append(_change(mapping, planned, values, before))
            judged.planned[planned.external_id] = planned
    return judged


def _linked(
    work: Work, mapping: Mapping, group: list[PlannedChange], fates: _Fates
) -> list[tuple[PlannedChange, dict[str, Any]]]:
    """The rows with their values. One that belongs to a row which is not here yet waits."""
    found = {}
    for name, link in mapping.links.items():
        wanted = {planned.changes[name][1] for planned in group if name in planned.changes}
        found[name] = lookups.keys(link.model, work.organization.pk, wanted) if wanted else {}
    ready = []
    for planned in group:
        values = {name: typed(mapping.model, name, both[1]) for name, both in planned.changes.items()}
        for name, keys in found.items():
            if name in planned.changes:
                del values[name]
                values[f"{name}_id"] = keys.get(planned.changes[name][1])
        if any(
            link.required and name in found and name in planned.changes and values[f"{name}_id"] is None
            for name, link in mapping.links.items()
        ):
            fates.waiting += 1
        else:
            ready.append((planned, values))
    return ready


def _is_so(before: dict[str, Any], values: dict[str, Any]) -> bool:
    return all(before.get(name) == value for name, value in values.items())


def _objection(
    mapping: Mapping, planned: PlannedChange, before: dict[str, Any] | None, verified: set[int]
) -> str:
    """Why the row must not be written, or ""."""
    if planned.action == Action.CREATE:
        return CAME_IN if before is not None else ""
    if before is None:
        return NOT_HERE
    if base_of(mapping.model, before) != planned.base:
        return CHANGED
    if before["synced_at"] > planned.asked_at or before.get("product_id") in verified:
        return NEWER
    return ""


def _verified_since(
    model: type[models.Model], group: list[PlannedChange], stored: dict[str, dict[str, Any]]
) -> set[int]:
    """The products whose stock was found as it is by a later reading: that leaves no trace in the figures' own rows."""
    if model is not StockLevel:
        return set()
    keys = {row["product_id"] for row in stored.values()}
    checks = StockCheck.objects.filter(product__in=keys, verified_at__gt=group[0].asked_at)
    return set(checks.values_list("product_id", flat=True))


def _change(
    mapping: Mapping, planned: PlannedChange, values: dict[str, Any], before: dict[str, Any] | None
) -> Change:
    row = Row(
        mapping,
        planned.external_id,
        values,
        unit=planned.external_id,
        raw=zlib.decompress(planned.raw) if planned.raw else b"",
        kind=Kind(planned.kind),
        hash=planned.raw_hash,
    )
    if before is None:
        return Change(row, None)
    diff = {name: (before[name], value) for name, value in values.items() if before[name] != value}
    return Change(row, before, diff)


def _page(group: list[PlannedChange]) -> Page:
    """What is written is as old as the answer it was planned from, so that anything newer wins over it."""
    return Page(0, [], Kind(group[0].kind), group[0].asked_at, {})


# --- Rows that leave ---------------------------------------------------------------------------------


def _remove(work: Work, model: type[models.Model], group: list[PlannedChange], fates: _Fates) -> None:
    rows = model.objects.filter(
        organization=work.organization, external_id__among=[planned.external_id for planned in group]
    )
    names = {"pk", "external_id", "synced_at", "removed_at", *source_columns(model)}
    stored = {row["external_id"]: row for row in rows.select_for_update().order_by("pk").values(*names)}
    keys = [row["pk"] for row in stored.values()]
    moment, reason = group[0].asked_at, group[0].changes["removed_reason"][1]
    alive = dependants.read_since(model, keys, moment)
    orphans = dependants.orphans(model, keys) if reason == dependants.REASON else set(keys)
    gone: dict[int, PlannedChange] = {}
    for planned in group:
        row = stored.get(planned.external_id)
        if row is not None and row["removed_at"] is not None:
            fates.same.append(planned.pk)
        elif row is None:
            fates.refused[NOT_HERE].append(planned.pk)
        elif base_of(model, row) != planned.base:
            fates.refused[CHANGED].append(planned.pk)
        elif row["synced_at"] > moment:
            fates.refused[NEWER].append(planned.pk)
        elif row["pk"] in alive:
            fates.refused[CHILD_NEWER].append(planned.pk)
        elif row["pk"] not in orphans:
            fates.refused[NOT_GONE].append(planned.pk)
        else:
            gone[row["pk"]] = planned
    dependants.bury_rows(work, model, list(gone), moment, reason)
    dependants.after(model, list(gone))
    fates.done += [planned.pk for planned in gone.values()]
    fates.counts[Action.REMOVE] += len(gone)
    failures.resolve(work, {planned.external_id for planned in gone.values()})


# --- What is said of them afterwards -----------------------------------------------------------------


def _settled(work: Work, fates: _Fates) -> Tally:
    said: dict[str, Any] = {
        "applied_by": work.run,
        "raw": None,
    }  # what is settled needs the raw record no more
    rows = PlannedChange.objects.all()
    rows.filter(pk__in=fates.done).update(state=State.APPLIED, **said)
    rows.filter(pk__in=fates.same).update(state=State.SAME, **said)
    for reason, keys in fates.refused.items():
        rows.filter(pk__in=keys).update(state=State.REFUSED, reason=_(reason), **said)
    for key, failure in fates.failed:
        rows.filter(pk=key).update(state=State.REFUSED, reason=failure.reason, **said)
    failures.store(work, [failure for _key, failure in fates.failed])
    counts = fates.counts
    return Tally(
        created=counts[Action.CREATE],
        updated=counts[Action.UPDATE] + counts[Action.RESTORE],
        removed=counts[Action.REMOVE],
        unchanged=len(fates.same),
        stale=sum(map(len, fates.refused.values())),
        failed=len(fates.failed),
        skipped=fates.waiting,
        skip_reasons=Counter({WAITS: fates.waiting}) if fates.waiting else Counter(),
    )
