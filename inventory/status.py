"""Front window: what the catalogue holds now, in figures that can be explained."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum

from .integrity.totals import IntegrityTotals, integrity_totals
from .models import Organization, Product, StockLevel, Warehouse
from .oddities import Oddity, mass_zeros, missing_prices, negative_stock, price_jumps
from .pictures.coverage import PictureCoverage, picture_coverage, pictures_named

__all__ = [
    "IntegrityTotals",
    "Oddity",
    "PictureCoverage",
    "Sellable",
    "SellablePart",
    "StockFigures",
    "integrity_totals",
    "mass_zeros",
    "missing_prices",
    "negative_stock",
    "picture_coverage",
    "pictures_named",
    "price_jumps",
    "sellable",
    "stock_figures",
    "warehouses_known",
    "warehouses_sell",
    "with_sellable",
]


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


def warehouses_known() -> bool:
    """Is any warehouse mirrored, so that one could be marked as selling?"""
    return Warehouse.objects.live().exists()


@dataclass(frozen=True)
class StockFigures:
    """Products that are still at the source, and what lies in the warehouses that sell.

    with_source_id: those that carry the source's id, which is every mirrored row. with_stock: of how many at least one
    selling warehouse has more than nothing on hand; a shortage in another one takes nothing from that.
    quantity: on hand in the selling warehouses, as far as the figures are known, negative ones included. Both are None
    while no warehouse is marked as selling, or no figure in them is known: unknown is not 0.
    stale: products whose stock is tracked and was never verified, or not since the time asked about.
    """

    products: int
    with_source_id: int
    with_stock: int | None
    quantity: Decimal | None
    stale: int


def stock_figures(verified_since: datetime, organizations: Collection[Organization] = ()) -> StockFigures:
    """Of these organisations, or of all; in five queries whatever is stored."""
    products, levels, places = Product.objects.live(), StockLevel.objects.live(), Warehouse.objects.live()
    if organizations:
        products, places = (rows.filter(organization__in=organizations) for rows in (products, places))
    selling = list(places.filter(sells=True).values_list("pk", flat=True))
    there = levels.filter(warehouse__in=selling, product__removed_at__isnull=True).order_by()
    stale = products.filter(is_tracked=True).exclude(stock_check__verified_at__gte=verified_since)
    quantity = _sum_of(there, "on_hand")
    with_stock = there.filter(on_hand__gt=0).values("product").distinct()
    return StockFigures(
        products=products.count(),
        with_source_id=products.exclude(external_id="").count(),
        with_stock=None if quantity is None else with_stock.count(),
        quantity=quantity,
        stale=stale.count(),
    )


def _sum_of(rows: QuerySet, figure: str) -> Decimal | None:
    """Exact on every database: SQLite adds decimals as binary fractions, but it counts equal ones."""
    counted = rows.exclude(**{f"{figure}__isnull": True}).values_list(figure).annotate(Count("pk"))
    sums = [value * count for value, count in counted]
    return sum(sums, Decimal(0)) if sums else None
