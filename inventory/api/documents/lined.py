"""Rows with their lines: one more query for a page of documents, however many there are and however long they are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import models

from .. import raw
from ..columns import Column, Reading, Shape
from .columns import LINES


@dataclass(frozen=True)
class LinedShape(Shape):
    """A shape whose last column is `lines`. parts: what one of them tells, of a model with a `document`."""

    parts: Shape

    def reading(self, names: Iterable[str]) -> Reading:
        return _reading(self, tuple(names))

    def __hash__(self) -> int:
        return hash(self.name)


def lined(
    name: str, model: type[models.Model], columns: Sequence[Column], parts: Shape, told: str
) -> LinedShape:
    """told: what the lines are, for the schema."""
    form = parts.form(many=True, required=False, help_text=f"{told} In a list only when `fields` names them.")
    return LinedShape(name, model, (*columns, Column(LINES, form, (), is_wide=True)), parts)


@lru_cache(maxsize=256)
def _reading(shape: LinedShape, names: tuple[str, ...]) -> Reading:
    columns = tuple(shape.by_name[name] for name in names if name != LINES)
    if LINES not in names:
        return Reading(shape.model, columns)
    return LinedReading(shape.model, columns, LinesReading(shape.parts.model, shape.parts.columns))


class LinedReading(Reading):
    """Columns of documents, and then their lines."""

    def __init__(self, model: type[models.Model], columns: tuple[Column, ...], lines: LinesReading):
        super().__init__(model, columns)
        self._lines, self._told_alone = lines, self.told
        self.told = self._told

    def _told(self, rows: Sequence[tuple[Any, ...]]) -> list[Any]:
        found, lines = self._told_alone(rows), self._lines.by_document([row[0] for row in rows])
        for row, told in zip(rows, found, strict=True):
            told[LINES] = lines.get(row[0], [])
        return found

    @property
    def header(self) -> list[str]:
        return [*super().header, LINES]

    def cells(self, rows: Sequence[tuple[Any, ...]]) -> Iterable[list[Any]]:
        """The lines in one cell, as JSON."""
        lines = self._lines.by_document([row[0] for row in rows])
        for row, cells in zip(rows, super().cells(rows), strict=True):
            yield [*cells, lines.get(row[0], [])]


class LinesReading(Reading):
    """How lines are read and told. Every tuple ends with the document's key."""

    def __init__(self, model: type[models.Model], columns: tuple[Column, ...]):
        super().__init__(model, columns)
        self._wanted = [*self._wanted, "document_id"]

    def by_document(self, keys: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
        """{document's key: its lines that are at the source, in their order}."""
        rows = raw.parts_of(self.model, self._select, keys) if keys else []
        documents = [row[-1] for row in rows]
        told = self.told([row[:-1] for row in rows])
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for document, line in zip(documents, told, strict=True):
            found[document].append(line)
        return found
