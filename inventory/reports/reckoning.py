"""A report's answer: rows in order, sums, notes, and when it was reckoned."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import timezone

from . import references
from .base import REFERENCES, Column, Note, Report, Row, Summing, Total
from .parameters import Parameters


class UnknownOrder(ValueError):
    """No column of the report has this name."""


@dataclass(frozen=True)
class Answer:
    """rows: all of them, in order; of a kept answer they are read when they are asked for."""

    columns: Sequence[Column]
    order: str
    rows: Sequence[Row]
    totals: Sequence[Total]
    notes: Sequence[Note]
    computed_at: datetime

    @property
    def count(self) -> int:
        return len(self.rows)

    def batches(self, size: int = references.BATCH) -> Iterator[Sequence[Row]]:
        for start in range(0, len(self.rows), size):
            yield self.rows[start : start + size]


def compute(report: Report, asked: Parameters, order: str = "") -> Answer:
    """Now. Raises UnknownOrder."""
    columns = report.columns(asked)
    order = checked_order(report, columns, order)
    summing = Summing(columns, report.groups)
    rows = in_order(columns, list(summing.passing(report.rows(asked))), order)
    return Answer(columns, order, rows, summing.totals, list(report.notes(asked)), timezone.now())


def checked_order(report: Report, columns: Sequence[Column], order: str, *, money: bool = True) -> str:
    """money: may whoever asks see amounts; else their order is hidden too. Raises UnknownOrder."""
    order = order or (report.order if money else report.open_order or report.order)
    if order.removeprefix("-") not in {column.name for column in columns if money or not column.is_money}:
        if order != report.order:
            raise UnknownOrder(order)
        order = columns[0].name
    return order


def in_order(columns: Sequence[Column], rows: list[Row], order: str) -> list[Row]:
    """Equal ones by the first two columns; what is not known comes last, whichever way round."""
    name, is_down = order.removeprefix("-"), order.startswith("-")
    named = [place for place, column in enumerate(columns) if column.kind in (*REFERENCES, "text")]
    for place in reversed(named[:2]):
        rows.sort(key=_key_of(columns[place], place, rows))
    place = next(place for place, column in enumerate(columns) if column.name == name)
    known = [row for row in rows if row[place] is not None]
    known.sort(key=_key_of(columns[place], place, rows), reverse=is_down)
    return known + [row for row in rows if row[place] is None]


def _key_of(column: Column, place: int, rows: list[Row]) -> Any:
    if column.kind in REFERENCES:
        ranks = references.ranks(column.kind, {row[place] for row in rows if row[place] is not None})
        return lambda row: -1 if row[place] is None else ranks.get(row[place], len(ranks))
    if column.kind == "text":
        return lambda row: str(row[place] or "").casefold()
    return lambda row: row[place]
