"""How much of each product of a page can be sold, and why that cannot be said where it cannot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from rest_framework import serializers

from ..models import StockLevel
from .columns import Column, decimal_form
from .rendering import decimal_text

NO_FIGURE, PART_UNKNOWN = "no_figure", "part_unknown"


@dataclass(frozen=True)
class Known:
    """total: None when a part is not known."""

    total: Decimal | None


def sellable_of(keys: Sequence[int]) -> dict[int, Known]:
    """{product's key: what is known}, in one query; a product that no selling warehouse keeps is not in it.

    The rule is inventory.status.sellable's. Added here, not by the database: SQLite adds decimals as binary fractions.
    """
    levels = StockLevel.objects.live().filter(
        product__in=list(keys), warehouse__sells=True, warehouse__removed_at__isnull=True
    )
    parts: dict[int, list[Decimal | None]] = defaultdict(list)
    for product_id, figure in levels.order_by().values_list("product_id", "available_for_sale"):
        parts[product_id].append(figure)
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
