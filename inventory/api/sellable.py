"""How much of each product of a page can be sold, and why that cannot be said where it cannot."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from rest_framework import serializers

from ..models import StockLevel, Warehouse
from .columns import Column, decimal_form
from .rendering import decimal_text

NO_FIGURE, PART_UNKNOWN = "no_figure", "part_unknown"


@dataclass(frozen=True)
class Known:
    """total: None when a part is not known."""

    total: Decimal | None


# In SQL, with the keys as one parameter: the ORM takes longer to build it than the database to answer.
_LEVELS = (
    f"SELECT level.product_id, level.available_for_sale FROM {StockLevel._meta.db_table} level "  # noqa: S608 (our tables)
    f"JOIN {Warehouse._meta.db_table} place ON place.id = level.warehouse_id AND place.sells "
    "AND place.removed_at IS NULL WHERE level.removed_at IS NULL AND level.product_id %s"
)


def _exact(figure: Any) -> Decimal | None:
    """SQLite gives a binary fraction, which its shortest text tells as it was stored."""
    return Decimal(repr(figure)) if isinstance(figure, float) else None if figure is None else Decimal(figure)


def sellable_of(keys: Sequence[int]) -> dict[int, Known]:
    """{product's key: what is known}, in one query; a product that no selling warehouse keeps is not in it.

    The rule is inventory.status.sellable's. Added here, not by the database: SQLite adds decimals as binary fractions.
    """
    parts: dict[int, list[Decimal | None]] = defaultdict(list)
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(_LEVELS % "IN (SELECT value FROM json_each(%s))", [json.dumps(list(keys))])
        else:
            cursor.execute(_LEVELS % "= ANY(%s)", [list(keys)])
        for product_id, figure in cursor.fetchall():
            parts[product_id].append(_exact(figure))
    return {
        key: Known(
            None if None in figures else sum((each for each in figures if each is not None), Decimal(0))
        )
        for key, figures in parts.items()
    }


def _total(known: Known | None) -> str | None:
    return None if known is None else decimal_text(known.total)


def _reason(known: Known | None) -> str | None:
    if known is None:
        return NO_FIGURE
    return PART_UNKNOWN if known.total is None else None


COLUMNS = (
    Column(
        "sellable",
        decimal_form("Available for sale, summed over the warehouses that sell; null when it is not known."),
        make=_total,
        fetch=sellable_of,
    ),
    Column(
        "sellable_unknown",
        serializers.ChoiceField(
            [
                (NO_FIGURE, "No warehouse that sells has a figure of it."),
                (PART_UNKNOWN, "The figure of a warehouse that sells is not known."),
            ],
            help_text="Why `sellable` is null.",
            allow_null=True,
            required=False,
        ),
        make=_reason,
        fetch=sellable_of,
    ),
)
