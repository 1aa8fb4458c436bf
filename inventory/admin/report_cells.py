"""A report's rows as a page shows them, and as a file holds them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from ..reports import references
from ..reports.base import REFERENCES, Column, Report, Row
from ..reports.parameters import Parameters
from ..reports.references import Reference
from ..reports.services import Answer
from . import cells

WIDE = ("product", "customer")  # whose code stands beside the name in a file


class Shown:
    """money: may whoever looks see amounts. may: has he a permission."""

    def __init__(
        self, report: Report, asked: Parameters, answer: Answer, *, money: bool, may: Callable[[str], bool]
    ):
        self.report, self.asked, self.answer, self.may = report, asked, answer, may
        self.places = [place for place, each in enumerate(answer.columns) if money or not each.is_money]
        self.columns = [answer.columns[place] for place in self.places]
        self._names = [column.name for column in answer.columns]

    # --- On a page ----------------------------------------------------------------------------------

    def headers(self, address: Callable[[str], str]) -> list[dict[str, Any]]:
        """address: of the same report in that order."""
        told = []
        for column in self.columns:
            is_now = self.answer.order.removeprefix("-") == column.name
            is_down = is_now and self.answer.order.startswith("-")
            first = f"-{column.name}" if column.is_figure else column.name
            turned = column.name if is_down else f"-{column.name}"
            told.append(
                {
                    "title": capfirst(str(column.title)),
                    "note": str(column.note),
                    "is_figure": column.is_figure,
                    "url": address(turned if is_now else first),
                    "sorted": ("descending" if is_down else "ascending") if is_now else "",
                }
            )
        return told

    def rows(self, rows: Sequence[Row]) -> list[list[tuple[object, bool]]]:
        """[[(cell, is a figure)]]."""
        known = references.of_rows(self.answer.columns, rows)
        return [
            [(self._cell(place, row, known), self.answer.columns[place].is_figure) for place in self.places]
            for row in rows
        ]

    def totals(self) -> list[dict[str, Any]]:
        """One row for each group: its name, and its sums where a column has some."""
        told = []
        for total in self.answer.totals:
            known = self._references_of_group(total.group)
            names = [
                self._named(self._column(name), value, known)
                for name, value in total.group.items()
                if name in self._names
            ]
            parts = [cells.inline(*names)] if names else []
            figures = []
            for column in self.columns:
                if column.name not in total.values:
                    figures.append(("", column.is_figure))
                    continue
                shown = self._figure(column, total.values[column.name], total.group.get(column.currency, ""))
                missing = total.left_out.get(column.name)
                note = _("without %(count)s not known") % {"count": f"{missing:,}"} if missing else ""
                figures.append((cells.stacked(shown, note), True))
            told.append({"name": cells.joined([_("Total"), *parts], " "), "figures": figures[1:]})
        return told

    def _references_of_group(self, group: dict[str, Any]) -> dict:
        columns = [self._column(name) for name in group]
        return references.of_rows(columns, [tuple(group.values())])

    def _column(self, name: str) -> Column:
        return self.answer.columns[self._names.index(name)]

    def _cell(self, place: int, row: Row, known: dict) -> object:
        column, value = self.answer.columns[place], row[place]
        if column.kind in (*REFERENCES, "text"):
            told = self._named(column, value, known)
        elif column.kind == "date":
            told = cells.moment(value) if value or not column.nothing else str(column.nothing)
        else:
            told = self._figure(column, value, self._currency(column, row))
        if place == self.places[0]:
            url = self.report.rows_url(self.asked, dict(zip(self._names, row, strict=True)))
            if url:
                told = cells.stacked(
                    told, format_html("<small>{}</small>", cells.link(url, self.report.behind))
                )
        return told

    def _named(self, column: Column, value: Any, known: dict) -> object:
        for word, meaning, mood in column.words:
            if value == word:
                return cells.tag(meaning, mood) if mood else str(meaning)
        if column.kind == "text":
            return cells.words(value) if value else str(column.nothing) or cells.UNKNOWN
        reference: Reference | None = known.get((column.kind, value))
        if reference is None:
            return str(column.nothing) or cells.UNKNOWN
        model = column.kind.replace("_", "")
        shown: object = cells.words(reference)
        if self.may(f"inventory.view_{model}"):
            shown = cells.link(reverse(f"admin:inventory_{model}_change", args=[reference.key]), shown)
        code = cells.ltr(reference.code) if reference.code else ""
        gone = cells.tag(_("removed"), "bad") if reference.is_removed else ""
        return cells.stacked(shown, code, gone) if code or gone else shown

    def _figure(self, column: Column, value: Any, currency: str) -> object:
        if value is None:
            return str(column.nothing) or cells.UNKNOWN
        if column.kind == "money":
            return cells.money(value, currency)
        return cells.percent(value) if column.kind == "percent" else cells.number(value)

    def _currency(self, column: Column, row: Row) -> str:
        if not column.currency:
            return ""
        if column.currency.startswith("="):
            return column.currency[1:]
        return row[self._names.index(column.currency)] or ""

    # --- In a file ------------------------------------------------------------------------------------

    def plain_titles(self) -> list[str]:
        told = []
        for column in self.columns:
            title = capfirst(str(column.title))
            if column.kind in REFERENCES:
                told.append(_("%(thing)s: external id") % {"thing": title})
            told.append(title)
            if column.kind in WIDE:
                told.append(_("%(thing)s: code") % {"thing": title})
            if column.currency.startswith("="):
                told.append(_("%(amount)s: currency") % {"amount": title})
        return told

    def plain_rows(self, language: str) -> Iterator[list[Any]]:
        """Names by batches, so that only one of them is in memory."""
        for rows in self.answer.batches():
            known = references.of_rows(self.answer.columns, rows)
            with translation.override(language):
                made = [self._plain(row, known) for row in rows]
            yield from made

    def _plain(self, row: Row, known: dict) -> list[Any]:
        told: list[Any] = []
        for place, column in zip(self.places, self.columns, strict=True):
            value = row[place]
            if column.kind in REFERENCES:
                reference = known.get((column.kind, value))
                told.append(reference.external_id if reference else "")
                told.append(str(reference) if reference else str(column.nothing))
                if column.kind in WIDE:
                    told.append(reference.code if reference else "")
                continue
            value = next((str(meaning) for word, meaning, _mood in column.words if word == value), value)
            if column.kind == "date":
                value = value.isoformat() if value else ""
            told.append((value or str(column.nothing)) if column.kind in ("text", "date") else value)
            if column.currency.startswith("="):
                told.append(column.currency[1:])
        return told
