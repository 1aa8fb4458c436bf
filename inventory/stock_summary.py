"""Front window: what each warehouse holds, in figures that are added only where adding has a meaning."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Count, Min, Q

from .models import Organization, StockLevel, Warehouse


@dataclass
class Holding:
    """Some stock levels, counted. items = with_stock + without_stock + negative + unknown, by the figure on hand.

    quantity: on hand; available_for_sale: the same less what is promised; both over the levels whose figure is known.
    value: in the organisation's base currency, as the source computes it; None when no level tells one.
    no_value: levels with stock whose value is not told, so that `value` lacks them.
    oldest_at: when the figure verified longest ago was verified; never_verified: products that never were.
    """

    items: int = 0
    with_stock: int = 0
    without_stock: int = 0
    negative: int = 0
    unknown: int = 0
    quantity: Decimal = Decimal(0)
    available_for_sale: Decimal = Decimal(0)
    unknown_for_sale: int = 0
    value: Decimal | None = None
    no_value: int = 0
    oldest_at: datetime | None = None
    never_verified: int = 0

    def add_level(self, on_hand: Decimal | None, for_sale: Decimal | None, value: Decimal | None) -> None:
        self.items += 1
        if on_hand is None:
            self.unknown += 1
        else:
            self.with_stock += on_hand > 0
            self.without_stock += on_hand == 0
            self.negative += on_hand < 0
            self.quantity += on_hand
        if for_sale is None:
            self.unknown_for_sale += 1
        else:
            self.available_for_sale += for_sale
        if value is not None:
            self.value = (self.value or Decimal(0)) + value
        elif on_hand:
            self.no_value += 1

    def add(self, other: Holding) -> None:
        for name in ("items", "with_stock", "without_stock", "negative", "unknown", "quantity", "no_value"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.available_for_sale += other.available_for_sale
        self.unknown_for_sale += other.unknown_for_sale
        self.never_verified += other.never_verified
        if other.value is not None:
            self.value = (self.value or Decimal(0)) + other.value
        self.oldest_at = min(filter(None, (self.oldest_at, other.oldest_at)), default=None)


@dataclass
class WarehouseStock(Holding):
    """What one warehouse holds."""

    warehouse: Warehouse = field(kw_only=True)


@dataclass(frozen=True)
class StockSummary:
    """One organisation's stock. Warehouses that sell and those that do not are never added to each other."""

    organization: Organization
    warehouses: list[WarehouseStock] = field(default_factory=list)

    @property
    def selling(self) -> Holding:
        return self._sum(True)

    @property
    def not_selling(self) -> Holding:
        return self._sum(False)

    def _sum(self, sells: bool) -> Holding:
        total = Holding()
        for each in self.warehouses:
            if each.warehouse.sells is sells:
                total.add(each)
        return total


def stock_summary(organization: Organization, warehouses: Collection[str] = ()) -> StockSummary:
    """Every live warehouse of the organisation, those that sell first; only the given external ids, if there are any.

    Sums are made here, not by the database: SQLite adds decimals as binary fractions.
    """
    places = Warehouse.objects.live().filter(organization=organization)
    if warehouses:
        places = places.filter(external_id__in=warehouses)
    found = {place.pk: WarehouseStock(warehouse=place) for place in places.order_by("-sells", "name", "pk")}
    levels = (
        StockLevel.objects.live()
        .filter(warehouse__in=list(found), product__removed_at__isnull=True)
        .order_by()
    )
    columns = levels.values_list("warehouse_id", "on_hand", "available_for_sale", "asset_value")
    for warehouse_id, *figures in columns.iterator(chunk_size=5000):
        found[warehouse_id].add_level(*figures)
    ages = levels.values("warehouse_id").annotate(
        oldest=Min("product__stock_check__verified_at"),
        never=Count("pk", filter=Q(product__stock_check__verified_at__isnull=True)),
    )
    for row in ages:
        found[row["warehouse_id"]].oldest_at = row["oldest"]
        found[row["warehouse_id"]].never_verified = row["never"]
    return StockSummary(organization, list(found.values()))
