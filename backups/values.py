"""A value of a column as JSON, the same from both databases, and back into either.

Secrets stay as they are stored: encrypted. Money and quantities are text, so that no digit is lost; times are UTC.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from .schema import Column

Convert = Callable[[Any], Any]


def _float_out(value: float) -> float | str:
    return value if math.isfinite(value) else str(value)


_OUT: dict[str, Convert] = {
    "DateTimeField": lambda value: value.astimezone(UTC).isoformat(),
    "DateField": date.isoformat,
    "TimeField": time.isoformat,
    "DecimalField": lambda value: format(value, "f"),
    "UUIDField": str,
    "BinaryField": lambda value: base64.b64encode(value).decode(),
    "FloatField": _float_out,
}
_IN: dict[str, Convert] = {
    "DateTimeField": datetime.fromisoformat,
    "DateField": date.fromisoformat,
    "TimeField": time.fromisoformat,
    "DecimalField": Decimal,
    "UUIDField": UUID,
    "BinaryField": base64.b64decode,
    "FloatField": float,
}
_PLAIN = {  # JSON tells them as they are; that of a JSONField is its text
    "AutoField", "BigAutoField", "SmallAutoField", "BigIntegerField", "IntegerField", "SmallIntegerField",
    "PositiveBigIntegerField", "PositiveIntegerField", "PositiveSmallIntegerField", "BooleanField", "CharField",
    "TextField", "SlugField", "JSONField", "FileField", "GenericIPAddressField",
}  # fmt: skip


def from_database(connection: Any, columns: Sequence[Column]) -> Callable[[Sequence[Any]], list[Any]]:
    """Makes of a row, as the cursor gives it, a list that JSON can tell."""
    steps = [_reader(connection, column) for column in columns]
    return lambda row: [
        value if step is None or value is None else step(value)
        for step, value in zip(steps, row, strict=True)
    ]


def into_database(connection: Any, columns: Sequence[Column]) -> Callable[[Sequence[Any]], list[Any]]:
    """Makes of such a list what the cursor takes. Raises ValueError or TypeError for what is no such value."""
    steps = [_writer(connection, column) for column in columns]
    return lambda row: [
        value if step is None or value is None else step(value)
        for step, value in zip(steps, row, strict=True)
    ]


def _reader(connection: Any, column: Column) -> Convert | None:
    if column.kind not in _OUT and column.kind not in _PLAIN:
        raise TypeError(f"{column.name}: JSON has no form for a {column.kind}; name one in _OUT and _IN")
    field, out = column.field, _OUT.get(column.kind)
    col = field.get_col(field.model._meta.db_table)
    converters = connection.ops.get_db_converters(col)
    if not converters:
        return out

    def convert(value: Any) -> Any:
        for converter in converters:
            value = converter(value, col, connection)
        return value if out is None or value is None else out(value)

    return convert


def _writer(connection: Any, column: Column) -> Convert | None:
    parse = _IN.get(column.kind)
    ops, kind = connection.ops, column.kind
    if connection.vendor != "sqlite" or parse is None:
        return parse
    if kind == "DateTimeField":
        return lambda value: ops.adapt_datetimefield_value(parse(value))
    if kind == "DateField":
        return lambda value: ops.adapt_datefield_value(parse(value))
    if kind == "TimeField":
        return lambda value: ops.adapt_timefield_value(parse(value))
    if kind == "DecimalField":
        return lambda value: ops.adapt_decimalfield_value(parse(value), column.digits, column.places)
    if kind == "UUIDField":
        return lambda value: parse(value).hex
    return parse
