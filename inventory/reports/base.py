"""What a report is: a question, parameters, columns, rows, and notes that say what it could not count.

A row is a tuple of plain values, one for each column: keys of ours where a column tells of a product, customer,
warehouse or price list (their names are looked up for the rows that are shown), Decimal, int, text, date, or None for
what is not known. Amounts stand beside their currency and are never added across currencies.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.utils.translation import gettext, ngettext

from .parameters import Parameters

REFERENCES = ("product", "customer", "warehouse", "price_list")
KINDS = (*REFERENCES, "text", "quantity", "money", "percent", "count", "date")
FIGURES = ("quantity", "money", "percent", "count")
STOCK, MONEY = "inventory.view_stock_report", "inventory.view_money_report"
EXPORT = "inventory.export_report"

Row = tuple[Any, ...]


@dataclass(frozen=True)
class Column:
    """name: as programs read it; title: as people do.

    currency: of money, the name of the column that says it, or "=USD" where it is always that one. sums: may be added
    over rows of one group. is_money: shown only to those who may see reports about money. note: what the figure is.
    nothing: what None means, where it is not "unknown". words: of a text that is one of a few, what each means and its
    mood.
    """

    name: str
    title: Any
    kind: str = "text"
    currency: str = ""
    sums: bool = False
    is_money: bool = False
    note: Any = ""
    nothing: Any = ""
    words: tuple[tuple[str, Any, str], ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS or (self.kind == "money") != bool(self.currency):
            raise ValueError(f"{self.name}: a kind of {KINDS}, and a currency for money alone")

    @property
    def is_figure(self) -> bool:
        return self.kind in FIGURES


@dataclass(frozen=True)
class Note:
    """A sentence about what is missing or assumed. one, many: texts of the catalogue, in English; %(count)s in them.

    mood: quiet for what is always so, warn for what somebody should mend.
    """

    one: str
    many: str = ""
    count: int | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    mood: str = "quiet"

    def __str__(self) -> str:
        facts = dict(self.facts)
        if self.count is None:
            return gettext(self.one) % facts if facts else gettext(self.one)
        return ngettext(self.one, self.many or self.one, self.count) % {"count": f"{self.count:,}", **facts}

    def as_json(self) -> dict[str, Any]:
        return {
            "one": self.one, "many": self.many, "count": self.count, "facts": self.facts, "mood": self.mood,
        }  # fmt: skip


def counted(one: str, many: str, count: int, mood: str = "quiet", **facts: Any) -> list[Note]:
    """A note about so many; none about nothing."""
    return [Note(one, many, count, facts, mood)] if count else []


@dataclass(frozen=True)
class Total:
    """Sums over the rows of one group: `group` are the values by which they were told apart, such as a currency.

    values: {column's name: sum}; left_out: {column's name: rows whose figure is not known}.
    """

    group: dict[str, Any]
    rows: int
    values: dict[str, Any]
    left_out: dict[str, int]


class Report(ABC):
    """One report. A module in known/ registers an instance.

    question: what it answers; method: how it is reckoned, in words. permission: needed to see it at all. order: the
    column by which it is sorted if nothing else is asked, "-" before it for the greatest first. groups: columns whose
    values are never added over.
    """

    key: ClassVar[str]
    place: ClassVar[int]  # among the others: stock, sales, money, prices, the past
    title: ClassVar[Any]
    icon: ClassVar[str] = "table_chart"
    question: ClassVar[Any]
    method: ClassVar[Any]
    permission: ClassVar[str] = MONEY
    parameters: ClassVar[type[Parameters]] = Parameters
    order: ClassVar[str]
    groups: ClassVar[tuple[str, ...]] = ("currency",)
    behind: ClassVar[Any] = ""
    open_order: ClassVar[str] = ""  # for those who may not see the column of `order`

    @abstractmethod
    def columns(self, asked: Parameters) -> Sequence[Column]:
        """In the order in which they are shown."""

    @abstractmethod
    def rows(self, asked: Parameters) -> Iterable[Row]:
        """In any order."""

    def notes(self, asked: Parameters) -> Iterable[Note]:
        """Asked for after the rows."""
        return ()

    def weight(self, asked: Parameters) -> int:
        """About how many rows the database has to read; more than settings.REPORTS allows are read in the queue."""
        return 0

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        """The admin page of what is behind a row; "" where there is none. row: values by column. `behind` names it."""
        return ""


class Summing:
    """Adds up rows as they pass by, group by group."""

    def __init__(self, columns: Sequence[Column], groups: Sequence[str]):
        names = [column.name for column in columns]
        self._groups = [(name, names.index(name)) for name in groups if name in names]
        self._summed = [(column.name, place) for place, column in enumerate(columns) if column.sums]
        self._found: dict[tuple, tuple[list[int], dict[str, Any], dict[str, int]]] = {}
        self.count = 0

    def passing(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self.add(row)
            yield row

    def add(self, row: Row) -> None:
        self.count += 1
        group = tuple(row[place] for _name, place in self._groups)
        count, sums, left_out = self._found.setdefault(group, ([0], {}, {}))
        count[0] += 1
        for name, place in self._summed:
            value = row[place]
            if value is None:
                left_out[name] = left_out.get(name, 0) + 1
            else:
                sums[name] = sums[name] + value if name in sums else value

    @property
    def totals(self) -> list[Total]:
        if not self._summed:
            return []
        return [
            Total(
                {name: part for (name, _place), part in zip(self._groups, group, strict=True)},
                count[0],
                sums,
                out,
            )
            for group, (count, sums, out) in sorted(self._found.items(), key=lambda each: str(each[0]))
        ]


def at_most(rows: Any, enough: int | None = None) -> int:
    """How many there are, as far as it is worth counting to tell much from little."""
    enough = settings.REPORTS["ROWS_AT_ONCE"] + 1 if enough is None else enough
    return rows.order_by().values("pk")[: max(enough, 1)].count()


def share(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """Percent, to one decimal."""
    if part is None or not whole:
        return None
    return (100 * part / whole).quantize(Decimal("0.1"))


def ratio(part: Decimal | None, whole: Decimal | int | None, places: str = "0.01") -> Decimal | None:
    if part is None or not whole:
        return None
    return (part / whole).quantize(Decimal(places))


def days_between(first: date | None, last: date) -> int | None:
    return None if first is None else (last - first).days
