"""What a row looks like to a program: a declared list of columns, from which query, answer and schema are all made.

Reading only the chosen columns as tuples and turning them column by column costs a fraction of model instances and
serializers (docs/benchmarks.md); the serializer fields here only describe.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from rest_framework import serializers

from . import raw

Fetch = Callable[[Sequence[int]], Mapping[int, Any]]


@dataclass(frozen=True)
class Column:
    """One name in the answer.

    paths: what is read for it, as the ORM names it; make: of those values, one argument each, as raw.py tells them, the
    answer's value (None: as it is). fetch: instead of paths, reads the values of a whole page of keys at once. form:
    describes it. is_wide: too long for lists, unless `fields` names it. is_apart: told in the detail only, as it
    changes without its row being noted as changed.
    """

    name: str
    form: serializers.Field
    paths: tuple[str, ...] = ()
    make: Callable[..., Any] | None = None
    fetch: Fetch | None = None
    is_wide: bool = False
    is_apart: bool = False


def text(name: str, told: str, path: str = "", *, is_wide: bool = False) -> Column:
    form = serializers.CharField(help_text=told, allow_blank=True, required=False)
    return Column(name, form, (path or name,), is_wide=is_wide)


def flag(name: str, told: str, path: str = "", *, known: bool = False) -> Column:
    """known: never NULL."""
    form = serializers.BooleanField(help_text=told, required=False, allow_null=not known)
    return Column(name, form, (path or name,))


def number(name: str, told: str, path: str = "") -> Column:
    """A decimal as text; null is unknown."""
    return Column(name, decimal_form(told), (path or name,))


def whole(name: str, told: str, path: str = "") -> Column:
    return Column(
        name, serializers.IntegerField(help_text=told, required=False, allow_null=True), (path or name,)
    )


def moment(name: str, told: str, path: str = "", *, known: bool = False, is_apart: bool = False) -> Column:
    form = serializers.DateTimeField(
        help_text=told, required=False, allow_null=not known, default_timezone=UTC
    )
    return Column(name, form, (path or name,), is_apart=is_apart)


def key(name: str, told: str, path: str = "") -> Column:
    """A key of ours, as text."""
    return Column(name, serializers.CharField(help_text=told, required=False), (path or name,), str)


def plain(
    name: str, told: str, form: type[serializers.Field] = serializers.JSONField, **extra: Any
) -> Column:
    """JSON as the source told it."""
    is_wide = extra.pop("is_wide", False)
    return Column(name, form(help_text=told, required=False, **extra), (name,), is_wide=is_wide)


def money(name: str, told: str, amount: str, currency: str) -> Column:
    """An amount with its currency; null when it is not known."""

    def make(value: Any, code: str) -> dict[str, Any] | None:
        return None if value is None else {"amount": value, "currency_code": code}

    form = Money(help_text=told, required=False, allow_null=True)
    return Column(name, form, (amount, currency), make)


def nested(name: str, form: serializers.Serializer, paths: Sequence[str], make: Callable[..., Any]) -> Column:
    return Column(name, form, tuple(paths), make)


def decimal_form(told: str) -> serializers.DecimalField:
    return serializers.DecimalField(
        max_digits=24,
        decimal_places=8,
        help_text=told,
        required=False,
        allow_null=True,
        coerce_to_string=True,
    )


class Money(serializers.Serializer):
    """An amount is nothing without its currency."""

    amount = decimal_form("Decimal as text, never a binary fraction.")
    currency_code = serializers.CharField(
        help_text="ISO 4217, such as IQD or USD; empty if the source tells none."
    )


@dataclass(frozen=True)
class Shape:
    """The columns of one table's rows. name: of the component in the schema."""

    name: str
    model: type[models.Model]
    columns: tuple[Column, ...]

    @cached_property
    def by_name(self) -> dict[str, Column]:
        return {column.name: column for column in self.columns}

    @cached_property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    @cached_property
    def list_names(self) -> list[str]:
        """What a list can tell."""
        return [column.name for column in self.columns if not column.is_apart]

    @cached_property
    def usual_list_names(self) -> list[str]:
        return [column.name for column in self.columns if not column.is_apart and not column.is_wide]

    @cached_property
    def form(self) -> type[serializers.Serializer]:
        """Describes a row to the schema. No name is required, as `fields` may leave any of them out."""
        fields: dict[str, Any] = {column.name: column.form for column in self.columns}
        return type(self.name, (serializers.Serializer,), {**fields, "__doc__": self.model.__doc__})

    def reading(self, names: Iterable[str]) -> Reading:
        return _reading(self, tuple(names))

    def __hash__(self) -> int:
        return hash(self.name)


@lru_cache(maxsize=256)
def _reading(shape: Shape, names: tuple[str, ...]) -> Reading:
    return Reading(shape.model, tuple(shape.by_name[name] for name in names))


class Reading:
    """How some columns of a table are read and told. Every tuple begins with the row's key."""

    def __init__(self, model: type[models.Model], columns: tuple[Column, ...]):
        self.model, self.columns = model, columns
        self.names = [column.name for column in columns]
        paths = tuple(dict.fromkeys(["pk", *(path for column in columns for path in column.paths)]))
        self._places = {path: place for place, path in enumerate(paths)}
        fields = [raw.field_of(model, path) for path in paths]
        self._turns = [raw.turn_of(field) for field in fields]
        self._wanted = [raw.wanted(field, path) for field, path in zip(fields, paths, strict=True)]

    def fetch(self, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows with these keys that there are, in their order, as the driver gives them."""
        found = {row[0]: row for row in raw.by_keys(self.model, self._select, keys)}
        return [found[key] for key in keys if key in found]

    @cached_property
    def _select(self) -> str:
        """Built once: to build it for each page would take as long as to read the rows."""
        return raw.select(self.model, self._wanted)

    def stream(self, queryset: models.QuerySet, chunk_size: int) -> Iterator[list[tuple[Any, ...]]]:
        """All rows of a queryset, chunk by chunk."""
        return raw.stream(queryset.values_list(*self._wanted), chunk_size)

    def told(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        """The tuples as the answer's rows."""
        return [dict(zip(self.names, values, strict=True)) for values in self.values(rows)]

    def values(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
        """The same without names, in their order."""
        if not rows:
            return []
        read = [
            values if turn is None else list(map(turn, values))
            for values, turn in zip(zip(*rows, strict=True), self._turns, strict=True)
        ]
        fetched: dict[Fetch, Mapping[int, Any]] = {}
        told: list[Iterable[Any]] = []
        for column in self.columns:
            if column.fetch is not None:
                if column.fetch not in fetched:
                    fetched[column.fetch] = column.fetch(read[0])
                found = fetched[column.fetch]
                told.append([column.make(found.get(pk)) for pk in read[0]])  # type: ignore[misc]
            else:
                values = [read[self._places[path]] for path in column.paths]
                told.append(values[0] if column.make is None else map(column.make, *values))
        return zip(*told, strict=True)

    # --- As a table ---------------------------------------------------------------------------------

    @property
    def header(self) -> list[str]:
        """Names of the cells: what is nested has one for each of its parts, such as base_price.amount."""
        return [name for column in self.columns for name in _cells_of(column)]

    def cells(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
        """The tuples as lines of cells."""
        parts = [_parts_of(column) for column in self.columns]
        for values in self.values(rows):
            line: list[Any] = []
            for value, names in zip(values, parts, strict=True):
                if not names:
                    line.append(value)
                else:
                    line += [(value or {}).get(name) for name in names]
            yield line


def _parts_of(column: Column) -> list[str]:
    return list(column.form.fields) if isinstance(column.form, serializers.Serializer) else []


def _cells_of(column: Column) -> list[str]:
    return [f"{column.name}.{part}" for part in _parts_of(column)] or [column.name]
