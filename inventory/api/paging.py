"""Pages of a list that stay right while its rows change: each begins after the last row of the one before.

Nothing is counted and nothing skipped over, so the thousandth page costs what the first did. A row that does not move
in the order is told exactly once, whatever is added or changed meanwhile.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.exceptions import ValidationError as InvalidValue
from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response

PAGE_SIZE, LARGEST_PAGE = 100, 500
PARAMETERS = ("cursor", "page_size")
LONGEST_CURSOR = 4000  # characters; the longest name there is, escaped, and room to spare
LARGEST_KEY = 2**63 - 1


@dataclass(frozen=True)
class Cursor:
    """A place between two rows: after (or before) the row with this value in the order and this key.

    carried: small texts that go along from page to page.
    """

    ordering: str
    value: Any
    key: int
    is_backward: bool = False
    carried: dict[str, str] = field(default_factory=dict)

    def encode(self) -> str:
        told = [self.ordering, _plain(self.value), self.key, int(self.is_backward), self.carried]
        text = json.dumps(told, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(text).decode().rstrip("=")

    @classmethod
    def decode(cls, text: str) -> Cursor:
        """Raises ValidationError for anything that no page has given out."""
        if len(text) > LONGEST_CURSOR:
            raise _no_cursor()
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
            told = json.loads(raw)
        except (ValueError, binascii.Error, RecursionError) as error:
            raise _no_cursor() from error
        if not _is_place(told):
            raise _no_cursor()
        ordering, value, key, is_backward, carried = told
        return cls(ordering, value, key, bool(is_backward), carried)


def _is_place(told: Any) -> bool:
    """[order, value as text, key, is backward, {name: text}]?"""
    if not (isinstance(told, list) and len(told) == 5):
        return False
    ordering, value, key, is_backward, carried = told
    return (
        isinstance(ordering, str)
        and isinstance(value, str | bool | None)
        and "\x00" not in f"{value}"
        and type(key) is int
        and 0 <= key <= LARGEST_KEY
        and is_backward in (0, 1)
        and isinstance(carried, dict)
        and all(isinstance(each, str) for each in carried.values())
    )


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, bool | str):
        return value
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _no_cursor() -> ValidationError:
    return ValidationError({"cursor": [_("This is no cursor of this list; begin again without one.")]})


class Order:
    """One way to order a table: by a column, then by key, both in the same direction; rows without a value come last.

    text: "name", or "-name" for the other way round. columns: {public name: column}, "pk" among the columns allowed.
    """

    def __init__(self, model: type[models.Model], text: str, columns: Mapping[str, str]):
        self.text = text
        self.is_descending = text.startswith("-")
        name = columns[text.removeprefix("-")]
        key = model._meta.pk
        self.field: Any = key if name == "pk" else model._meta.get_field(name)
        self.is_key = self.field is key

    @property
    def column(self) -> str:
        return "pk" if self.is_key else self.field.attname

    def sort(self, rows: QuerySet, *, backward: bool) -> QuerySet:
        descending = self.is_descending is not backward
        sign = "-" if descending else ""
        if self.is_key:
            return rows.order_by(f"{sign}pk")
        if not self.field.null:  # so that an index serves
            return rows.order_by(f"{sign}{self.column}", f"{sign}pk")
        column = F(self.column)
        nulls: dict[str, Any] = {"nulls_first": True} if backward else {"nulls_last": True}
        by_column = column.desc(**nulls) if descending else column.asc(**nulls)
        return rows.order_by(by_column, f"{sign}pk")

    def beyond(self, cursor: Cursor) -> Q:
        """The rows on the cursor's far side."""
        descending = self.is_descending is not cursor.is_backward
        way = "lt" if descending else "gt"
        further = Q(**{f"pk__{way}": cursor.key})
        if self.is_key:
            return further
        name = self.column
        nothing = Q(**{f"{name}__isnull": True})
        if cursor.value is None:
            if not self.field.null:
                raise _no_cursor()
            return (nothing & further) | ~nothing if cursor.is_backward else nothing & further
        value = self._value(cursor.value)
        # The first condition is implied by the second; it is there for the index.
        rest = Q(**{f"{name}__{way}e": value}) & (Q(**{f"{name}__{way}": value}) | further)
        return rest | nothing if self.field.null and not cursor.is_backward else rest

    def _value(self, text: Any) -> Any:
        try:
            value = self.field.to_python(text)
        except (InvalidValue, ValueError, TypeError, OverflowError) as error:
            raise _no_cursor() from error
        is_odd = isinstance(value, Decimal) and not (value.is_finite() and abs(value.adjusted()) < 100)
        is_odd = is_odd or (isinstance(value, int) and abs(value) > LARGEST_KEY)
        if value is None or is_odd or (isinstance(value, datetime) and value.tzinfo is None):
            raise _no_cursor()
        return value


class KeysetPagination(BasePagination):
    """Cursor paging for any view: `{"next": url or null, "previous": url or null, "results": […]}`.

    The view says `orderings = {"name": "name", "id": "pk"}` (public name: column) and `default_ordering = "id"`;
    without them the order is by key. Rows may be models, dictionaries with the column and "pk", or, where the view has
    `place_of(row, column) -> (value, key)`, anything. `page_size` is 1 to 500, 100 if not said; nonsense is a 400.

    After `paginate_queryset`: `carried` goes into the cursors of this answer, `beside` into its body.
    """

    def __init__(self) -> None:
        self.carried: dict[str, str] = {}
        self.beside: dict[str, Any] = {}
        self._next: str | None = None
        self._previous: str | None = None

    # --- What the visitor asks for -----------------------------------------------------------------

    def read(self, request: Request, view: Any, model: type[models.Model]) -> None:
        """Understand the parameters. Raises ValidationError naming the one that is wrong."""
        self.request = request
        self.size = page_size(request)
        columns = getattr(view, "orderings", {"id": "pk"})
        default = getattr(view, "default_ordering", "id" if "id" in columns else next(iter(columns)))
        wanted = request.query_params.get("ordering")
        text = request.query_params.get("cursor")
        self.cursor = None if text is None else Cursor.decode(text)
        if wanted is not None and wanted.removeprefix("-") not in columns:
            raise ValidationError({"ordering": [_choices(columns)]})
        ordering = wanted or default
        if self.cursor is not None:
            if wanted is None:
                ordering = self.cursor.ordering
            if self.cursor.ordering != ordering or ordering.removeprefix("-") not in columns:
                raise _no_cursor()
            self.carried = dict(self.cursor.carried)
        self.order = Order(model, ordering, columns)

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        if not hasattr(self, "order"):
            self.read(request, view, queryset.model)
        return self.cut(self.window(queryset), view)

    @property
    def goes_down(self) -> bool:
        """Does the window begin at the greater end?"""
        return self.order.is_descending is not (self.cursor is not None and self.cursor.is_backward)

    def window(self, queryset: QuerySet) -> QuerySet:
        """The rows of this page in its order, and one more if there is one."""
        backward = self.cursor is not None and self.cursor.is_backward
        rows = queryset.filter(self.order.beyond(self.cursor)) if self.cursor else queryset
        return self.order.sort(rows, backward=backward)[: self.size + 1]

    def cut(self, rows: Iterable[Any], view: Any = None) -> list[Any]:
        """The page from its window, and the places before and after it."""
        found = list(rows)
        has_more, page = len(found) > self.size, found[: self.size]
        backward = self.cursor is not None and self.cursor.is_backward
        if backward:
            page.reverse()
        place_of = getattr(view, "place_of", None) or _place_of
        has_next, has_previous = (True, has_more) if backward else (has_more, self.cursor is not None)
        column = self.order.column
        if page and has_next:
            self._next = self._at(*place_of(page[-1], column), backward=False)
        if page and has_previous:
            self._previous = self._at(*place_of(page[0], column), backward=True)
        return page

    def _at(self, value: Any, key: int, *, backward: bool) -> str:
        value = None if self.order.is_key else value
        return Cursor(self.order.text, value, key, backward, self.carried).encode()

    # --- The answer --------------------------------------------------------------------------------

    def link(self, cursor: str | None) -> str | None:
        return None if cursor is None else f"{self._elsewhere}{cursor}"

    @cached_property
    def _elsewhere(self) -> str:
        """This list's address, up to the cursor; a cursor's letters stand for themselves."""
        asked = [(name, text) for name, texts in self.request.query_params.lists() for text in texts]
        query = urlencode([*(each for each in asked if each[0] != "cursor"), ("cursor", "")])
        return f"{self.request.build_absolute_uri(self.request.path)}?{query}"

    def body(self, results: Sequence[Any]) -> dict[str, Any]:
        return {
            "next": self.link(self._next), "previous": self.link(self._previous), **self.beside, "results": results,
        }  # fmt: skip

    def get_paginated_response(self, data: list[Any]) -> Response:
        return Response(self.body(data))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        example = "https://erp.example.com/api/v1/…/?cursor=WyJpZCIsbnVsbCwxNyww"
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "next": {**address, "example": example},
                "previous": {**address, "example": None},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE}
        parameters = [
            _parameter("page_size", size, "Rows on one page."),
            _parameter(
                "cursor", {"type": "string"}, "A place in the list, from `next` or `previous` of a page."
            ),
        ]
        columns = getattr(view, "orderings", {})
        if columns:
            choices = [sign + name for name in columns for sign in ("", "-")]
            default = getattr(view, "default_ordering", "id" if "id" in columns else next(iter(columns)))
            schema = {"type": "string", "enum": choices, "default": default}
            told = "The order; `-` turns it round. Rows without a value come last, equal ones follow by id."
            parameters.append(_parameter("ordering", schema, told))
        return parameters


def page_size(request: Request) -> int:
    """How many rows a page shall have. Raises ValidationError unless it is 1 to 500."""
    text = request.query_params.get("page_size")
    if text is None:
        return PAGE_SIZE
    if not (text.isascii() and text.isdigit() and len(text) < 10 and 1 <= int(text) <= LARGEST_PAGE):
        told = _("A whole number from 1 to %(largest)s is expected.") % {"largest": LARGEST_PAGE}
        raise ValidationError({"page_size": [told]})
    return int(text)


def _choices(columns: Iterable[str]) -> str:
    names = ", ".join(columns)
    return _("One of %(names)s is expected, with - before it for the other way round.") % {"names": names}


def _place_of(row: Any, column: str) -> tuple[Any, int]:
    if isinstance(row, Mapping):
        return row[column], row["pk"]
    return getattr(row, column), row.pk


def _parameter(name: str, schema: dict[str, Any], description: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}
