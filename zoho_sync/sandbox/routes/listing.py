"""What all lists share: pages, sorting, text filters, and the filter on modification time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal, InvalidOperation
from typing import Any

from ..answers import Listing, Request, invalid
from ..records import Record
from ..shapes import SHAPES, row_body
from ..times import read_time

MAX_PER_PAGE = 200
SortKey = Callable[[Record], Any]


def page_of(
    request: Request, kind: str, records: list[Record], *, report: str = "", sort: tuple[str, str] = ("", "A")
) -> Listing:
    """One page of `records`, as page and per_page ask; more than 200 rows are never given."""
    context: dict[str, Any] = {"report_name": report or kind.capitalize(), "applied_filter": "Status.All"}
    if request.query.get("filter_by"):
        context["applied_filter"] = request.query["filter_by"]
    if sort[0]:
        context |= {"sort_column": sort[0], "sort_order": sort[1]}
    return Listing(
        root=SHAPES[kind][1],
        records=records,
        row=lambda record: row_body(request.world, kind, record),
        number=_count(request, "page", 1),
        per_page=min(_count(request, "per_page", MAX_PER_PAGE), MAX_PER_PAGE),
        context=context,
    )


def whole(request: Request, kind: str, records: Iterable[Record]) -> Listing:
    """A list that comes in one answer, without page_context."""
    return Listing(SHAPES[kind][1], list(records), lambda record: row_body(request.world, kind, record))


def _count(request: Request, name: str, default: int) -> int:
    text = request.query.get(name, "")
    if not text:
        return default
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) < 1:
        raise invalid(name)
    return int(text)


def sorting(
    request: Request, keys: dict[str, SortKey], default: str, by_time: str = "honoured"
) -> tuple[str, str, SortKey]:
    """sort_column and sort_order as asked; columns the list does not know are refused. by_time: see Settings."""
    column = request.query.get("sort_column") or default
    order = request.query.get("sort_order") or "A"
    if column == "last_modified_time" and by_time != "honoured":
        if by_time == "refused":
            raise invalid("sort_column")
        return default, "A", keys[default]
    if column not in keys:
        raise invalid("sort_column")
    if order not in ("A", "D"):
        raise invalid("sort_order")
    return column, order, keys[column]


def modified_since(request: Request, mode: str) -> int | None:
    """The moment of last_modified_time, or None where Zoho leaves it unread."""
    text = request.query.get("last_modified_time")
    if text is None or mode == "ignored":
        return None
    moment = read_time(text)
    if moment is None or mode == "refused":
        raise invalid("last_modified_time")
    return moment


def text_test(query: dict[str, str], keys: Iterable[str]) -> Callable[[Record], bool] | None:
    """A test for `key`, `key_startswith` and `key_contains` of the given keys, or None when none is sent."""
    tests: list[Callable[[Record], bool]] = []
    for key in keys:
        if exact := query.get(key):
            tests.append(_compare(key, exact, lambda own, asked: own == asked))
        if start := query.get(f"{key}_startswith"):
            tests.append(_compare(key, start, lambda own, asked: own.casefold().startswith(asked.casefold())))
        if part := query.get(f"{key}_contains"):
            tests.append(_compare(key, part, lambda own, asked: asked.casefold() in own.casefold()))
    return (lambda record: all(test(record) for test in tests)) if tests else None


def _compare(key: str, asked: str, test: Callable[[str, str], bool]) -> Callable[[Record], bool]:
    return lambda record: test(text(record, key), asked)


def search_test(query: dict[str, str], keys: tuple[str, ...]) -> Callable[[Record], bool] | None:
    """A test for search_text: a piece of any of the keys."""
    wanted = query.get("search_text", "").casefold()
    return (lambda record: any(wanted in text(record, key).casefold() for key in keys)) if wanted else None


def text(record: Record, key: str) -> str:
    return str(record.fields.get(key, ""))


def number(record: Record, key: str) -> Decimal:
    """For sorting only: what is no number sorts as zero."""
    try:
        return Decimal(str(record.fields.get(key) or 0))
    except InvalidOperation:
        return Decimal(0)


def by_text(key: str) -> SortKey:
    return lambda record: text(record, key).casefold()


def by_number(key: str) -> SortKey:
    return lambda record: number(record, key)


def by_created(record: Record) -> int:
    return record.created


def by_modified(record: Record) -> int:
    return record.modified


def arrange(records: Iterable[Record], key: SortKey, order: str) -> list[Record]:
    """Sorted; equal ones by id, ascending, in both directions."""
    return sorted(sorted(records, key=lambda r: r.id), key=key, reverse=order == "D")
