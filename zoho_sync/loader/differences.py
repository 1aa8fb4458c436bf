"""What differs between a payload and what is stored, without any short cut and without writing: for comparisons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ..processors.base import ChildSet, Row
from ..work import Work
from .outcomes import Outcomes
from .plans import readable
from .tables import linked, stored_rows

MISSING_HERE, MISSING_THERE = "missing here", "missing in Zoho"


@dataclass(frozen=True)
class Difference:
    """One field of one record. field: a column, or MISSING_HERE / MISSING_THERE. Values as JSON."""

    table: str
    external_id: str
    label: str
    field: str
    ours: Any
    theirs: Any


def differences(
    work: Work, rows: Iterable[Row], sets: Iterable[ChildSet]
) -> tuple[list[Difference], list[str]]:
    """(differences, reasons why rows could not be compared)."""
    groups: dict[int, list[Row]] = {}
    for row in rows:
        groups.setdefault(id(row.mapping), []).append(row)
    found: list[Difference] = []
    reasons: list[str] = []
    for group in groups.values():
        mapping = group[0].mapping
        kept, failures = linked(work, mapping, group, Outcomes())
        reasons += [f"{failure.unit}: {failure.reason}" for failure in failures]
        stored = stored_rows(work, mapping, [row.external_id for row in kept])
        for row in kept:
            found += _of_row(row, stored.get(row.external_id))
    for each in sets:
        found += _vanished(work, each)
    return found, reasons


def _of_row(row: Row, stored: dict[str, Any] | None) -> list[Difference]:
    table = row.mapping.model._meta.model_name or ""
    label = str(row.values.get("name") or (stored or {}).get("name") or "")
    if stored is None or stored["removed_at"] is not None:
        return [Difference(table, row.external_id, label, MISSING_HERE, None, None)]
    return [
        Difference(table, row.external_id, label, name, readable(stored[name]), readable(value))
        for name, value in row.values.items()
        if stored[name] != value
    ]


def _vanished(work: Work, each: ChildSet) -> list[Difference]:
    model = each.mapping.model
    rows = model.objects.live().filter(
        organization=work.organization,
        **{f"{each.mapping.set_of}__external_id": each.parent_external_id},
    )
    gone = [key for key in rows.values_list("external_id", flat=True) if key not in each.told]
    return [Difference(model._meta.model_name or "", key, "", MISSING_THERE, None, None) for key in gone]
