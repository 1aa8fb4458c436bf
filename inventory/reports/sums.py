"""Sums that are exact on every database.

SQLite keeps decimals as binary fractions and adds them as such. Here it adds whole numbers: what stands before the
point, and what stands behind it as so many hundred-millionths. A value from ten millions on is told by a binary
fraction to four decimals only, so no more of them are believed.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import models
from django.db.models import Aggregate

_UNIT = Decimal(1).scaleb(-8)
_WHOLE = "SUM(CAST({value} AS INTEGER)){when}"
_REST = (
    "SUM(CAST(ROUND(100000000 * ROUND({value} - CAST({value} AS INTEGER), "
    "CASE WHEN ABS({value}) < 10000000 THEN 8 ELSE 4 END)) AS INTEGER)){when}"
)
_PART = f"{_WHOLE} || ' ' || {_REST}"


class _SumField(models.TextField):
    """A decimal that no backend converts by itself."""

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Decimal | None:
        if value is None or isinstance(value, Decimal):
            return value
        whole, rest = value.split()
        return Decimal(whole) + int(rest) * _UNIT


class ExactSum(Aggregate):
    """SUM of a decimal expression; None when every value is unknown. Not for sorting in the database."""

    function = "SUM"
    name = "ExactSum"
    output_field = _SumField()
    arity = 1

    def as_sqlite(self, compiler: Any, connection: Any, **extra_context: Any) -> tuple[str, tuple[Any, ...]]:
        value, given = compiler.compile(self.source_expressions[0])
        when, asked = "", []
        if self.filter is not None:
            condition, asked = compiler.compile(self.filter)
            when = f" FILTER (WHERE {condition})"
        sql = _PART.format(value=f"({value})", when=when)
        given, asked = list(given), list(asked)
        return sql, (*given, *asked, *given * 3, *asked)
