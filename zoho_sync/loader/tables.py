"""The rows of a page, table by table: compare with what is stored, then write only what differs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any

from django.db import DatabaseError, InterfaceError, OperationalError, models, transaction

from inventory.mirror import Detailed

from ..conflicts import Verdict, decide
from ..payloads import decode
from ..processors.base import Kind, Link, Mapping, Row
from ..sentences import Sentence
from ..sentences import sentence as _
from ..upsert import Values, upsert
from ..work import Page, Work
from . import history, lookups, plans
from .failures import Failure
from .outcomes import Outcomes

KEY = ("organization_id", "external_id")
_ROW_COLUMNS = frozenset({"payload", "payload_hash"})
_DETAIL_COLUMNS = frozenset({"detail_payload", "detail_hash", "detail_at"})
_HASHES = frozenset({"payload_hash", "detail_hash"})
_BOOKKEEPING = frozenset({"synced_at", "cause", "edited_at", "removed_at", "removed_reason", "detail_is_due"})


@dataclass(slots=True)
class Change:
    """One row that will be written. stored: its columns before, None when it is new."""

    row: Row
    stored: dict[str, Any] | None
    _diff: dict[str, tuple[Any, Any]] | None = None

    @property
    def diff(self) -> dict[str, tuple[Any, Any]]:
        """{name: (before, after)}. Of a new row it is made when asked for: a first load never asks."""
        if self._diff is None:
            self._diff = {name: (None, value) for name, value in self.row.values.items()}
        return self._diff

    @property
    def is_new(self) -> bool:
        return self.stored is None

    @property
    def is_back(self) -> bool:
        return self.stored is not None and self.stored["removed_at"] is not None


@cache
def source_columns(model: type[models.Model]) -> tuple[str, ...]:
    """Attnames that the source owns."""
    ours = {"id", *KEY, *_ROW_COLUMNS, *_DETAIL_COLUMNS, *_BOOKKEEPING, *model.LOCAL_FIELDS}
    return tuple(field.attname for field in model._meta.concrete_fields if field.attname not in ours)


@cache
def all_columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(field.attname for field in model._meta.concrete_fields if not field.primary_key)


def store_rows(work: Work, page: Page, rows: list[Row], outcomes: Outcomes) -> list[Failure]:
    """Write the rows, parents first (the order in which they come). Returns what could not be taken."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(id(row.mapping), []).append(row)
    failures: list[Failure] = []
    for group in groups.values():
        failures += _store_group(work, page, group[0].mapping, group, outcomes)
    return failures


def _store_group(
    work: Work, page: Page, mapping: Mapping, group: list[Row], outcomes: Outcomes
) -> list[Failure]:
    rows, failures = linked(work, mapping, group)
    stored = stored_rows(work, mapping, [row.external_id for row in rows])
    changes = _changes(page, mapping, rows, stored, outcomes)
    if work.run.is_dry:
        plans.store(work, changes)
    else:
        failures += _write(work, page, mapping, changes)
    failed = {failure.unit for failure in failures}
    for change in changes:
        if change.row.unit not in failed:
            _note(change, outcomes)
    return failures


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
    if change.is_new:
        outcomes.created(change.row.unit)
    elif change.diff or change.is_back:
        outcomes.updated(change.row.unit)
    else:
        outcomes.unchanged(change.row.unit)


def linked(work: Work, mapping: Mapping, rows: list[Row]) -> tuple[list[Row], list[Failure]]:
    """External ids of other tables become keys; a row whose required other side is missing waits."""
    failures: list[Failure] = []
    for name, link in mapping.links.items():
        found = _keys(work, link, {row.values[name] for row in rows if row.values.get(name)})
        kept, attname = [], f"{name}_id"
        for row in rows:
            values = row.values
            if name in values:
                wanted = values.pop(name)
                key = values[attname] = found.get(wanted) if wanted else None
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
    if not here:
        return {}
    columns = ("pk", "external_id", "synced_at", "removed_at", "payload_hash", *source_columns(model))
    if issubclass(model, Detailed):
        columns += ("detail_hash", "detail_is_due")
    rows = model.objects.filter(organization=organization, external_id__among=here).order_by()
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


def _write(work: Work, page: Page, mapping: Mapping, changes: list[Change]) -> list[Failure]:
    """All at once; only when the database refuses are they taken one by one to find the culprit."""
    if not changes:
        return []
    changes.sort(key=lambda change: change.row.external_id)  # one order for everybody: no deadlocks
    try:
        with transaction.atomic():
            _write_together(work, page, mapping, changes)
    except (OperationalError, InterfaceError):
        raise  # a database that is away, locked or full says nothing about the rows
    except (DatabaseError, ValueError) as error:
        if len(changes) == 1:
            row = changes[0].row
            reason = _("the database refused it: %(problem)s") % {"problem": _first_line(error)}
            return [Failure(row.unit, row.unit, reason, row.raw)]
        return [failure for change in changes for failure in _write(work, page, mapping, [change])]
    return []


def _write_together(work: Work, page: Page, mapping: Mapping, changes: list[Change]) -> None:
    names = all_columns(mapping.model)
    kind = changes[0].row.kind
    other = _ROW_COLUMNS if kind is Kind.DETAIL else _DETAIL_COLUMNS
    if not changes[0].row.raw:
        other = _ROW_COLUMNS | _DETAIL_COLUMNS
    other = (other - _HASHES).intersection(names)
    keep = frozenset({*mapping.model.LOCAL_FIELDS, "edited_at", *other})
    rows = _full_rows(work, page, mapping, names, changes)
    newer = ("source_modified_at", "synced_at") if "source_modified_at" in mapping.fields else ("synced_at",)
    upsert(mapping.model, names, rows, key=KEY, keep=keep, newer=newer)
    history.store(work, page, mapping, changes)


def _full_rows(
    work: Work, page: Page, mapping: Mapping, names: tuple[str, ...], changes: list[Change]
) -> list[Values]:
    """What to store in `names`: what the record tells, else what is stored, else the default."""
    pick = itemgetter(*names)  # one call in C a row
    refuted = _refuted(work, mapping, changes)
    shared = {
        "organization_id": work.organization.pk,
        "synced_at": page.asked_at,
        "cause": work.run.cause,
        "removed_at": None,
        "removed_reason": "",
    }
    new = {**_defaults(mapping.model), **shared}
    rows = []
    for change in changes:
        row = change.row
        values = (
            {**new, **row.values}
            if change.stored is None
            else {**new, **change.stored, **row.values, **shared}
        )
        values["external_id"] = row.external_id
        if change.stored and row.external_id in refuted:
            values["payload_hash"] = values["detail_hash"] = ""
        text = row.raw.decode("utf-8", "replace")
        if row.kind is Kind.DETAIL:
            values["detail_payload"], values["detail_hash"] = text, row.hash
            values["detail_at"], values["detail_is_due"] = page.asked_at, False
        elif row.raw:
            values["payload"], values["payload_hash"] = text, row.hash
            if change.is_new or "source_modified_at" in change.diff:
                values["detail_is_due"] = True  # of a model without details it is not picked
        rows.append(pick(values))
    return rows


def _refuted(work: Work, mapping: Mapping, changes: list[Change]) -> set[str]:
    """Rows of which the other face (list row or detail), as it came last, said something else than this one does.

    Should that other face come again byte for byte, it is news: its hash must not pass for "unchanged".
    """
    if not issubclass(mapping.model, Detailed):
        return set()
    changed = {change.row.external_id: change for change in changes if change.stored and change.diff}
    if not changed or changes[0].row.kind is not Kind.DETAIL:
        return set(changed)  # a detail tells all that a list row tells
    rows = mapping.model.objects.filter(organization=work.organization, external_id__among=list(changed))
    listed = rows.exclude(payload="").values_list("external_id", "payload").order_by()
    return {
        external_id
        for external_id, payload in listed
        if _told(mapping, payload) & changed[external_id].diff.keys()
    }


def _told(mapping: Mapping, payload: str) -> set[str]:
    """The columns that a stored list row told; those of links under their stored names."""
    told = mapping.values(decode(payload.encode())).keys()
    return {f"{name}_id" if name in mapping.links else name for name in told}


@cache
def _defaults(model: type[models.Model]) -> dict[str, Any]:
    """What a new row holds in the columns that its record did not mention. Never changed, so shared."""
    return {
        field.attname: field.get_default() for field in model._meta.concrete_fields if not field.primary_key
    }


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
