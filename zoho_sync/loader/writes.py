"""Changes of one table, written together. Only when the database refuses are they taken one by one."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import Any

from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError, models, transaction

from inventory.mirror import Detailed
from inventory.searching import search_text

from ..payloads import decode
from ..processors.base import Kind, Mapping
from ..sentences import sentence as _
from ..upsert import Values, upsert
from ..work import Page, Work
from . import history, lookups
from .changes import DETAIL_COLUMNS, KEY, ROW_COLUMNS, Change, all_columns
from .early import is_early
from .failures import Failure

_HASHES = frozenset({"payload_hash", "detail_hash"})


class Overtaken(Exception):
    """Another process has brought one of these rows since it was not found here: look again, then write."""


def write(work: Work, page: Page, mapping: Mapping, changes: list[Change]) -> list[Failure]:
    """All at once; only when the database refuses are they taken one by one to find the culprit.

    Raises Overtaken, with nothing written: what is compared with nothing would leave a second beginning in the history.
    """
    if not changes:
        return []
    changes.sort(key=lambda change: change.row.external_id)  # one order for everybody: no deadlocks
    try:
        with transaction.atomic():
            _write_together(work, page, mapping, changes)
    except (OperationalError, InterfaceError):
        raise  # a database that is away, locked or full says nothing about the rows
    except (DatabaseError, ValueError) as error:
        if isinstance(error, IntegrityError) and _is_overtaken(work, mapping, changes):
            raise Overtaken from error
        if len(changes) == 1:
            row = changes[0].row
            reason = _("the database refused it: %(problem)s") % {"problem": _first_line(error)}
            return [Failure(row.unit, row.unit, reason, row.raw)]
        with transaction.atomic():  # should one of them be overtaken, none is written
            return [failure for change in changes for failure in write(work, page, mapping, [change])]
    return []


def _is_overtaken(work: Work, mapping: Mapping, changes: list[Change]) -> bool:
    new = [change.row.external_id for change in changes if change.is_new]
    return bool(new and lookups.present(mapping.model, work.organization.pk, new, lock=False))


def _write_together(work: Work, page: Page, mapping: Mapping, changes: list[Change]) -> None:
    names = all_columns(mapping.model)
    kind = changes[0].row.kind
    other = ROW_COLUMNS if kind is Kind.DETAIL else DETAIL_COLUMNS
    if not changes[0].row.raw:
        other = ROW_COLUMNS | DETAIL_COLUMNS
    other = (other - _HASHES).intersection(names)
    keep = frozenset({*mapping.model.LOCAL_FIELDS, "edited_at", *other})
    newer = ("source_modified_at", "synced_at") if "source_modified_at" in mapping.fields else ("synced_at",)
    # New ones apart: they are refused where somebody has brought them meanwhile. The others are locked.
    for are_new in (True, False):
        rows = _full_rows(work, page, mapping, names, [each for each in changes if each.is_new is are_new])
        upsert(mapping.model, names, rows, key=KEY, keep=keep, newer=newer, are_new=are_new)
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
    new = {**defaults(mapping.model), **shared}
    is_searched = "search_text" in names
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
            values["detail_at"] = page.asked_at
            values["detail_is_due"] = is_early(page, values.get("source_modified_at"))
        elif row.raw:
            values["payload"], values["payload_hash"] = text, row.hash
            if change.is_back:  # what belongs to it left along with it, and comes back with the same detail
                values["detail_hash"] = ""
            if change.is_new or change.is_back or "source_modified_at" in change.diff or _is_watched(change):
                values["detail_is_due"] = True  # of a model without details it is not picked
        if is_searched:
            values["search_text"] = search_text(mapping.model, values)
        rows.append(pick(values))
    return rows


def _is_watched(change: Change) -> bool:
    """Not every listing tells when a record changed: then any difference says that its detail has to be read."""
    return change.row.mapping.watches_all and bool(change.diff)


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
def defaults(model: type[models.Model]) -> dict[str, Any]:
    """What a new row holds in the columns that its record did not mention. Never changed, so shared."""
    return {
        field.attname: field.get_default() for field in model._meta.concrete_fields if not field.primary_key
    }


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
