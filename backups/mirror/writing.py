"""The rows of one table as a CSV file and as JSON lines, written while they are read."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
from django.db import models
from django.utils import timezone

from inventory.exporting import csv_pieces

from .columns import Column

_AT_ONCE = 200  # rows read together
_PIECE = 256 * 1024


@dataclass(frozen=True)
class Written:
    """name: within the folder. rows: lines that hold a row."""

    name: str
    rows: int
    sha256: str


def write_csv(
    folder: Path, name: str, model: type[models.Model], columns: Sequence[Column], alias: str
) -> Written:
    """As the lists' own files: UTF-8 with a BOM, times in the zone of the settings, no cell that is a formula."""
    shown = [column for column in columns if not column.is_raw]
    counted = _Counted(_rows(model, shown, alias))
    told = ([_cell(value, column) for value, column in zip(row, shown, strict=True)] for row in counted)
    return _write(folder, f"csv/{name}.csv", csv_pieces([column.name for column in shown], told), counted)


def write_lines(
    folder: Path, name: str, model: type[models.Model], columns: Sequence[Column], alias: str
) -> Written:
    """An object a line. Decimals are text, so that no digit is lost; times are UTC; raw records as they came."""
    counted = _Counted(_rows(model, columns, alias))
    return _write(folder, f"jsonl/{name}.jsonl", _lines(columns, counted), counted)


class _Counted:
    """Rows that are counted while somebody else takes them."""

    def __init__(self, rows: Iterable[tuple[Any, ...]]):
        self._rows, self.count = rows, 0

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        for row in self._rows:
            self.count += 1
            yield row


def _rows(model: type[models.Model], columns: Sequence[Column], alias: str) -> Iterator[tuple[Any, ...]]:
    rows = model._base_manager.using(alias).order_by("pk").values_list(*(column.path for column in columns))
    return rows.iterator(chunk_size=_AT_ONCE)


def _lines(columns: Sequence[Column], rows: Iterable[tuple[Any, ...]]) -> Iterator[bytes]:
    names, waiting = [column.name for column in columns], bytearray()
    for row in rows:
        told = {name: _value(value) for name, value in zip(names, row, strict=True)}
        waiting += orjson.dumps(told, option=orjson.OPT_APPEND_NEWLINE)
        if len(waiting) > _PIECE:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _write(folder: Path, name: str, pieces: Iterable[bytes], counted: _Counted) -> Written:
    path, digest = folder / name, hashlib.sha256()
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("wb") as file:
        for piece in pieces:
            digest.update(piece)
            file.write(piece)
    return Written(name, counted.count, digest.hexdigest())


def _cell(value: Any, column: Column) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return timezone.localtime(value)
    if column.is_json and value is not None:
        return json.dumps(value, ensure_ascii=False)
    return value


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value
