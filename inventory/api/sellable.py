"""How much of each product can be sold, and why that cannot be said where it cannot.

The rule is inventory.status.sellable's. The figures come with the product's row, in one text; they are added here, as
SQLite adds decimals as binary fractions.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from rest_framework import serializers

from ..models import Product, StockLevel, Warehouse
from .columns import Column, decimal_form
from .raw import Computed
from .rendering import decimal_text

NO_FIGURE, PART_UNKNOWN = "no_figure", "part_unknown"
_UNKNOWN = "?"
_LEVELS = (
    f"(SELECT %s FROM {StockLevel._meta.db_table} level WHERE level.removed_at IS NULL "  # noqa: S608 (our tables)
    f"AND level.product_id = {Product._meta.db_table}.id AND level.warehouse_id IN "
    f"(SELECT id FROM {Warehouse._meta.db_table} WHERE sells AND removed_at IS NULL))"
)
_TEXT = f"coalesce(CAST(level.available_for_sale AS TEXT), '{_UNKNOWN}')"
FIGURES = Computed(
    sqlite=_LEVELS % f"group_concat({_TEXT}, ' ')", postgresql=_LEVELS % f"string_agg({_TEXT}, ' ')"
)


@lru_cache(maxsize=4096)
def total_of(figures: str | None) -> str | None:
    """Of the figures of all warehouses that sell; None when one is not known, or there is none."""
    parts = figures.split() if figures is not None else []
    if not parts or _UNKNOWN in parts:
        return None
    return decimal_text(sum((Decimal(part) for part in parts), Decimal(0)))


def reason_of(figures: str | None) -> str | None:
    """Why there is no total."""
    if figures is None:
        return NO_FIGURE
    return PART_UNKNOWN if _UNKNOWN in figures else None


COLUMNS = (
    Column(
        "sellable",
        decimal_form("Available for sale, summed over the warehouses that sell; null when it is not known."),
        (FIGURES,),
        total_of,
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
        (FIGURES,),
        reason_of,
    ),
)
