"""Reading a table's columns from a payload: texts at once, all else by its converter.

The rows of a listing have the same keys, so which of them tell a column is worked out once for all of them; and texts
are looked at together. Both halve the time of the largest part of a first load (19 → 9 us for an item).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter, le
from typing import Any

from ..errors import RecordRejected
from ..sentences import sentence as _
from . import converters

_MOST_SHAPES = 64  # of one table's payloads that are remembered


@dataclass(frozen=True, slots=True)
class Column:
    """limit: the characters of a text; 0 where `convert` has to look at the value."""

    name: str
    key: str
    convert: converters.Converter
    limit: int
    required: bool


@dataclass(frozen=True, slots=True)
class _Shape:
    """What payloads with the same keys tell. texts: a function that picks their values, in the order of `names`."""

    texts: Callable[[dict], tuple[Any, ...]]
    names: tuple[str, ...]
    limits: tuple[int, ...]
    told: tuple[Column, ...]  # all of them
    others: tuple[Column, ...]  # without the texts


class Reader:
    """The columns of one table."""

    def __init__(self, columns: Iterable[Column]):
        self._columns = tuple(columns)
        self._required = tuple(column for column in self._columns if column.required)
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    def read(self, payload: dict) -> dict[str, Any]:
        """{column: value} of those that the payload tells. Raises RecordRejected, naming the key."""
        keys = tuple(payload)
        shape = self._shapes.get(keys) or self._shape_of(keys)
        texts = shape.texts(payload)
        if _are_plain(texts, shape.limits):
            result = dict(zip(shape.names, texts, strict=True))
            others = shape.others
        else:
            result, others = {}, shape.told
        for column in others:
            try:
                result[column.name] = column.convert(payload[column.key])
            except RecordRejected as error:
                raise RecordRejected(
                    _("%(key)s: %(problem)s") % {"key": column.key, "problem": error}
                ) from None
        for column in self._required:
            if result[column.name] is None or result[column.name] == "":
                raise RecordRejected(_("%(key)s is empty") % {"key": column.key})
        return result

    def _shape_of(self, keys: tuple[str, ...]) -> _Shape:
        """Raises RecordRejected where a required key is missing."""
        for column in self._required:
            if column.key not in keys:
                raise RecordRejected(_("%(key)s is missing") % {"key": column.key})
        told = tuple(column for column in self._columns if column.key in keys)
        texts = [column for column in told if column.limit]
        shape = _Shape(
            texts=_picker([column.key for column in texts]),
            names=tuple(column.name for column in texts),
            limits=tuple(column.limit for column in texts),
            told=told,
            others=tuple(column for column in told if not column.limit),
        )
        if len(self._shapes) >= _MOST_SHAPES:  # records with keys of their own, such as custom fields
            self._shapes.clear()
        self._shapes[keys] = shape
        return shape


def _picker(keys: list[str]) -> Callable[[dict], tuple[Any, ...]]:
    if len(keys) > 1:
        return itemgetter(*keys)  # one call in C
    return lambda payload: tuple(payload[key] for key in keys)


def _are_plain(values: tuple[Any, ...], limits: tuple[int, ...]) -> bool:
    """Are all of them texts that can be kept as they are?"""
    try:
        whole = "".join(values)
    except TypeError:
        return False
    return "\x00" not in whole and all(map(le, map(len, values), limits))
