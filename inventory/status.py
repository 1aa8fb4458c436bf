"""Front window: what the catalogue holds now, in figures that can be explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum

from .models import Product, StockLevel, Warehouse


@dataclass(frozen=True)
class SellablePart:
    """What one selling warehouse adds; quantity None is unknown."""

    warehouse: Warehouse
    quantity: Decimal | None


@dataclass(frozen=True)
class Sellable:
    """How much of a product can be sold: available for sale, summed over the warehouses that sell.

    total is None when nothing is known, when a part is unknown, or when no warehouse sells.
    """

    parts: Sequence[SellablePart]

    @property
    def total(self) -> Decimal | None:
        known = [part.quantity for part in self.parts if part.quantity is not None]
        return sum(known, Decimal(0)) if known and len(known) == len(self.parts) else None


def sellable(levels: Sequence[StockLevel]) -> Sellable:
    """From one product's live stock levels, each with its warehouse at hand."""
    selling = [level for level in levels if level.warehouse.sells and not level.warehouse.is_removed]
    return Sellable([SellablePart(level.warehouse, level.available_for_sale) for level in selling])


def with_sellable(products: QuerySet[Product]) -> QuerySet[Product]:
    """Adds `sellable_total` and `sellable_unknown` (count of selling warehouses whose figure is unknown)."""
    selling = (
        StockLevel.objects.live()
        .filter(product=OuterRef("pk"), warehouse__sells=True, warehouse__removed_at__isnull=True)
        .order_by()
        .values("product")
    )
    total = selling.annotate(figure=Sum("available_for_sale")).values("figure")
    unknown = selling.annotate(figure=Count("pk", filter=Q(available_for_sale__isnull=True))).values("figure")
    return products.annotate(
        sellable_total=Subquery(total, output_field=DecimalField(max_digits=24, decimal_places=8)),
        sellable_unknown=Subquery(unknown),
    )


def warehouses_sell() -> bool:
    """Has somebody marked at least one warehouse as selling? Without one nothing is sellable."""
    return Warehouse.objects.live().filter(sells=True).exists()
