"""The rows of a page, table by table: compare with what is stored, then write only what differs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from inventory.mirror import Detailed

from .. import planned
from ..conflicts import Verdict, decide
from ..processors.base import Kind, Link, Mapping, Row
from ..sentences import Sentence
from ..sentences import sentence as _
from ..work import Page, Work
from . import lookups, plans, traces
from .changes import Change, source_columns
from .failures import Failure
from .omitted import BELONGS, is_partial
from .outcomes import Outcomes
from .overlays import overlaid
from .writes import Overtaken, write


def store_rows(work: Work, page: Page, rows: list[Row], outcomes: Outcomes) -> list[Failure]:
    """Write the rows, parents first (the order in which they come). Returns what could not be taken."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(id(row.mapping), []).append(row)
    failures: list[Failure] = []
    for group in groups.values():
        mapping = group[0].mapping
        if (
            mapping.is_owned
        ):  # what comes with an outdated record, or one that could not be taken, is no news either
            lost = outcomes.stale_units | {failure.unit for failure in failures}
            group = [row for row in group if row.unit not in lost]
        if group:
            failures += _store_group(work, page, mapping, group, outcomes)
    return failures


def _store_group(
    work: Work, page: Page, mapping: Mapping, group: list[Row], outcomes: Outcomes
) -> list[Failure]:
    rows, failures = linked(work, mapping, group, outcomes)
    changes, refused = _compared_and_written(work, page, mapping, rows, outcomes)
    failures += refused
    failed = {failure.unit for failure in failures}
    for change in changes:
        if change.row.unit not in failed:
            _note(change, outcomes)
    return failures


def _compared_and_written(
    work: Work, page: Page, mapping: Mapping, rows: list[Row], outcomes: Outcomes
) -> tuple[list[Change], list[Failure]]:
    while True:
        stored = stored_rows(work, mapping, [row.external_id for row in rows])
        changes = _changes(page, mapping, rows, stored, outcomes)
        if work.run.is_dry:
            plans.store(work, page.asked_at, changes)
            return changes, []
        try:
            refused = write(work, page, mapping, changes)
        except Overtaken:
            continue
        traces.store(work, written(changes, refused))
        return changes, refused


def written(changes: list[Change], refused: list[Failure]) -> list[Change]:
    """What is in, of changes of which the database refused some."""
    if not refused:
        return changes
    raws = {(failure.unit, failure.raw) for failure in refused}
    return [change for change in changes if (change.row.unit, change.row.raw) not in raws]


def _changes(page: Page, mapping: Mapping, rows: list[Row], stored: dict, outcomes: Outcomes) -> list[Change]:
    if not stored:  # a first load: nothing to compare with
        return [] if mapping.is_part else [Change(row, None) for row in rows]
    return [
        change
        for row in rows
        if (row.external_id in stored or not mapping.is_part)
        and (change := compare(page, row, stored.get(row.external_id), outcomes))
    ]


def _note(change: Change, outcomes: Outcomes) -> None:
    if change.row.mapping.is_owned:
        outcomes.updated(change.row.unit)  # a new line changes its document
    elif change.is_new:
        outcomes.created(change.row.unit)
    elif change.diff or change.is_back:
        outcomes.updated(change.row.unit)
    else:
        outcomes.unchanged(change.row.unit)


def linked(
    work: Work, mapping: Mapping, rows: list[Row], outcomes: Outcomes
) -> tuple[list[Row], list[Failure]]:
    """External ids of other tables become keys; a row whose required other side is missing waits, unless that was left
    out on purpose."""
    failures: list[Failure] = []
    for name, link in mapping.links.items():
        wanted_ids = {row.values[name] for row in rows if row.values.get(name)}
        found = _keys(work, link, wanted_ids)
        to_come = planned.external_ids(work.run, link.model, wanted_ids - found.keys())
        kept, attname = [], f"{name}_id"
        for row in rows:
            values = row.values
            if name in values:
                if to_come and values[name] in to_come:
                    kept.append(row)  # a dry run says under the link's own name whom it would belong to
                    continue
                wanted = values.pop(name)
                key = values[attname] = found.get(wanted) if wanted else None
                if key is None and link.required and wanted and is_partial(work, link.model):
                    outcomes.left_out(row.unit, BELONGS)
                    continue
                if key is None and link.required:
                    label = Sentence(link.model._meta.verbose_name_raw)
                    reason = _("%(kind)s %(id)s is not here yet; sync it, then retry") % {
                        "kind": label,
                        "id": wanted,
                    }
                    failures.append(Failure(row.unit, row.unit, reason, row.raw))
                    continue
            kept.append(row)
        rows = kept
    return _without_repetition(rows, failures), failures


def _without_repetition(rows: list[Row], failures: list[Failure]) -> list[Row]:
    """A key that comes twice with different values proves neither; equal ones count once."""
    unique: dict[str, Row] = {}
    doubtful: set[str] = set()
    for row in rows:
        earlier = unique.setdefault(row.external_id, row)
        if earlier is not row and earlier.values != row.values:
            doubtful.add(row.external_id)
            reason = _("%(id)s comes twice with different values") % {"id": row.external_id}
            failures.append(Failure(row.unit, row.unit, reason, row.raw))
    return [row for row in unique.values() if row.external_id not in doubtful]


def _keys(work: Work, link: Link, external_ids: set[str]) -> dict[str, int]:
    """{external id: key} of at least those of `external_ids` that are here."""
    known = work.keys.setdefault(link.model, {}) if link.few else {}
    if unknown := external_ids - known.keys():
        known.update(lookups.keys(link.model, work.organization.pk, unknown))
    return known


def stored_rows(work: Work, mapping: Mapping, external_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The rows as they are, locked until the page commits (SQLite: its one write lock is ours already)."""
    model, organization = mapping.model, work.organization
    # In two steps: a first load finds nothing, and does without the wide statement.
    here = lookups.present(model, organization.pk, external_ids, lock=not work.run.is_dry)
    if work.run.is_dry:
        return overlaid(work, mapping, _rows(work, model, here), list(external_ids))
    return _rows(work, model, here)


def _rows(work: Work, model: type[models.Model], here: list[str]) -> dict[str, dict[str, Any]]:
    if not here:
        return {}
    columns = ("pk", "external_id", "synced_at", "removed_at", "payload_hash", *source_columns(model))
    if issubclass(model, Detailed):
        columns += ("detail_hash", "detail_is_due")
    rows = model.objects.filter(organization=work.organization, external_id__among=here).order_by()
    return {row["external_id"]: row for row in rows.values(*columns)}


def compare(page: Page, row: Row, stored: dict[str, Any] | None, outcomes: Outcomes) -> Change | None:
    """What writing `row` would change; None when nothing is to be written."""
    if stored is None:
        return Change(row, None)
    incoming = row.values.get("source_modified_at")
    is_stale = (
        decide(stored.get("source_modified_at"), incoming) is Verdict.STALE
        or stored["synced_at"] > page.asked_at
    )
    if is_stale:
        outcomes.stale(row.unit)
        return None
    diff = {name: (stored[name], value) for name, value in row.values.items() if stored[name] != value}
    kept_hash = stored.get("detail_hash") if row.kind is Kind.DETAIL else stored["payload_hash"]
    if not diff and stored["removed_at"] is None and (not row.raw or kept_hash == row.hash):
        outcomes.unchanged(row.unit)
        return None
    return Change(row, stored, diff)
