"""What a run changes, in figures that are known without looking at its rows again: they commit with each page.

summary = {
    "rows": {table: {action: rows}},
    "fields": {table: {field: rows}},   of rows that were there before
    "prices": [move, …],                the biggest, by share of the price before
    "stock": [move, …],                 the biggest, by quantity
}
move = {"table", "external_id", "label", "field", "before", "after", "size"}; before and after as texts, size a number.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from ..models.changes import Action, Changed

KEPT = 10  # moves of each kind
PRICES = ("unit_price", "purchase_price", "rate")
FIGURES = ("on_hand", "available_for_sale")
_CHANGING = (Action.UPDATE, Action.RESTORE)
_PRICED = ("product", "pricelistitem")
_WITHOUT_END = 1e9  # percent: from nothing to something


def with_rows(summary: dict[str, Any], rows: Iterable[Changed]) -> dict[str, Any]:
    """A new summary that knows of these rows too; the old one is left as it was."""
    told = _copy(summary)
    for row in rows:
        actions = told["rows"].setdefault(row.table, {})
        actions[str(row.action)] = actions.get(str(row.action), 0) + 1
        if row.action in _CHANGING:
            fields = told["fields"].setdefault(row.table, {})
            for name in row.changes:
                fields[name] = fields.get(name, 0) + 1
            _note_moves(told, row)
    return told


def with_new(summary: dict[str, Any], table: str, count: int) -> dict[str, Any]:
    """The same for so many rows that were created."""
    told = _copy(summary)
    actions = told["rows"].setdefault(table, {})
    actions[str(Action.CREATE)] = actions.get(str(Action.CREATE), 0) + count
    return told


def without_removed(summary: dict[str, Any], table: str, count: int) -> dict[str, Any]:
    """The same without so many rows that were removed and are back."""
    told = _copy(summary)
    actions = told["rows"].get(table, {})
    left = actions.pop(str(Action.REMOVE), 0) - count
    if left > 0:
        actions[str(Action.REMOVE)] = left
    if not actions:
        told["rows"].pop(table, None)
    return told


def _copy(summary: dict[str, Any]) -> dict[str, Any]:
    return copy.deepcopy(summary) or {"rows": {}, "fields": {}, "prices": [], "stock": []}


def _note_moves(told: dict[str, Any], row: Changed) -> None:
    if row.table in _PRICED:
        _keep(told["prices"], row, PRICES, _share)
    elif row.table == "stocklevel":
        _keep(told["stock"], row, FIGURES, _distance)


def _keep(moves: list[dict[str, Any]], row: Changed, names: Iterable[str], size_of: Any) -> None:
    """Of each row its biggest move; of a figure that was not known before nothing is said."""
    known = [
        (size_of(Decimal(before), after if after is None else Decimal(after)), name, before, after)
        for name in names
        if name in row.changes and (before := row.changes[name][0]) is not None
        for after in (row.changes[name][1],)
    ]
    if not known:
        return
    size, name, before, after = max(known, key=lambda each: each[0])
    facts = {"table": row.table, "external_id": row.external_id, "label": row.label, "field": name}
    moves.append(facts | {"before": before, "after": after, "size": size})
    moves.sort(key=lambda each: -each["size"])
    del moves[KEPT:]


def _share(before: Decimal, after: Decimal | None) -> float:
    """How much of the price changes, in percent: lists are in twin currencies, so that amounts say nothing."""
    if after is None:
        return 100.0
    return float(abs(after - before) / abs(before) * 100) if before else _WITHOUT_END


def _distance(before: Decimal, after: Decimal | None) -> float:
    return float(abs((after or 0) - before))
