"""What a row looks like to a program: a declared list of columns, from which query, answer and schema are all made.

Reading only the chosen columns as tuples, and telling them by one function that is made for just these columns, costs
a fraction of model instances and serializers (docs/benchmarks.md); the serializer fields here only describe.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cached_property, lru_cache
from typing import Any

from django.db import models
from rest_framework import serializers

from . import raw
from .rows import Make, Parts, maker

Path = str | raw.Computed  # a column as the ORM names it, or what the database computes


@dataclass(frozen=True)
class Column:
    """One name in the answer.

    paths: what is read for it; make: of those values, one argument each, as raw.py tells them, the answer's value
    (Parts: under these names; None: as it is). form: describes it. is_wide: too long for lists, unless `fields` names
    it. is_apart: told in the detail only, as it changes without its row being noted as changed.
    """

    name: str
    form: serializers.Field
    paths: tuple[Path, ...]
    make: Make = None
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

    form = Money(help_text=told, required=False, allow_null=True)
    return Column(name, form, (amount, currency), Parts(("amount", "currency_code"), needs_first=True))


def nested(name: str, form: serializers.Serializer, paths: Sequence[str], make: Make) -> Column:
    return Column(name, form, tuple(paths), make)


def local(form: serializers.Serializer, *names: str) -> Column:
    """Staff's own columns, together."""
    return Column("local", form, names, Parts(names))


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
        paths: tuple[Path, ...] = tuple(
            dict.fromkeys(["pk", *(path for column in columns for path in column.paths)])
        )
        fields = [raw.field_of(model, path) for path in paths]
        self._wanted = [raw.wanted(field, path) for field, path in zip(fields, paths, strict=True)]
        turns = [raw.turn_of(field) for field in fields]
        places = {path: place for place, path in enumerate(paths)}
        made = [(each.name, each.make, [places[path] for path in each.paths]) for each in columns]
        self.told = maker(turns, made, named=True)  # the tuples as the answer's rows
        self._values = maker(turns, made, named=False)  # the same without names, in their order

    def fetch(self, keys: Sequence[int]) -> list[tuple[Any, ...]]:
        """The rows with these keys that there are, in their order, as the driver gives them."""
        found = {row[0]: row for row in raw.by_keys(self.model, self._select, keys)}
        return [found[key] for key in keys if key in found]

    def window(self, after: int | None, at_most: int, *, descending: bool) -> list[tuple[Any, ...]]:
        """The rows at the source beyond this key, in the order of keys."""
        return raw.by_place(self.model, self._select, after, at_most, descending=descending)

    @cached_property
    def _select(self) -> str:
        """Built once: to build it for each page would take as long as to read the rows."""
        return raw.select(self.model, self._wanted)

    def stream(self, queryset: models.QuerySet, chunk_size: int) -> Iterator[list[tuple[Any, ...]]]:
        """All rows of a queryset, chunk by chunk."""
        return raw.stream(queryset.values_list(*self._wanted), chunk_size)

    # --- As a table ---------------------------------------------------------------------------------

    @property
    def header(self) -> list[str]:
        """Names of the cells: what is nested has one for each of its parts, such as base_price.amount."""
        return [name for column in self.columns for name in _cells_of(column)]

    def cells(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
        """The tuples as lines of cells."""
        parts = [_parts_of(column) for column in self.columns]
        for values in self._values(rows):
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
