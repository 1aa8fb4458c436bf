"""/api/v1/stock-levels/ and /api/v1/warehouses/: what lies where."""

from __future__ import annotations

from django.db.models import QuerySet
from rest_framework import serializers

from ..models import Product, StockLevel, Warehouse
from .columns import Shape, flag, local, moment, money, number, plain, text
from .filters import AmountFilter, FlagFilter, ReferenceFilter
from .following import SinceFilter
from .mirrored import ORDERINGS, MirroredFilters, MirroredView
from .origin import identity, origin, product, warehouse
from .search import SearchFilter
from .wording import described


class WarehouseLocal(serializers.Serializer):
    """Staff's own; no sync touches it."""

    sells = serializers.BooleanField(help_text="Stock here counts as sellable.")
    notes = serializers.CharField(allow_blank=True)


WAREHOUSES = Shape(
    "Warehouse",
    Warehouse,
    (
        *identity(),
        text("name", "Name; not unique, and it changes."),
        text("kind", "The source's word, such as general."),
        text("status", "The source's own word."),
        flag("is_active", "Active at the source."),
        flag("is_primary", "The primary one."),
        text("parent_external_id", "The warehouse that it is part of."),
        plain("address", "As the source tells it.", serializers.DictField),
        text("phone", "Phone."),
        text("email", "E-mail."),
        local(WarehouseLocal(required=False), "sells", "notes"),
        *origin(),
    ),
)
LEVELS = Shape(
    "StockLevel",
    StockLevel,
    (
        *identity(),
        product(),
        warehouse(),
        number("on_hand", "On hand, by accounts; may be negative; null is unknown."),
        number("available", "On hand as the source counts it available."),
        number("committed", "Promised to orders."),
        number("available_for_sale", "Available less committed, as the source computes it."),
        number("physical_available", "The same by shipments and receipts."),
        number("physical_committed", "The same by shipments and receipts."),
        number("physical_available_for_sale", "The same by shipments and receipts."),
        number("in_transit", "Under way to here."),
        money(
            "asset_value",
            "In the organisation's base currency.",
            "asset_value",
            "organization__currency_code",
        ),
        flag("is_mapped", "The source keeps the product here."),
        moment(
            "verified_at",
            "When the product's stock was last compared with the source, changed or not; in the detail only.",
            "product__stock_check__verified_at",
            is_apart=True,
        ),
        *origin(),
    ),
)


class WarehouseFilters(MirroredFilters):
    changed_since = SinceFilter("warehouse")
    q = SearchFilter(help_text="Every word stands in the name or the external id.")
    sells = FlagFilter(help_text="Marked by staff as selling.")
    is_active = FlagFilter(help_text="Active at the source.")


class StockLevelFilters(MirroredFilters):
    changed_since = SinceFilter("stock_level")
    product = ReferenceFilter("product", model=Product, help_text="Of this product; by external id or ours.")
    warehouse = ReferenceFilter(
        "warehouse", model=Warehouse, help_text="In this warehouse; by external id or ours."
    )
    sells = FlagFilter("warehouse__sells", help_text="In a warehouse that sells, or in one that does not.")
    negative = FlagFilter(method="by_sign", help_text="Less than nothing on hand, or not.")
    unknown = FlagFilter(method="by_knowledge", help_text="What is on hand is not known, or is.")
    available_lt = AmountFilter(
        "available_for_sale", "lt", help_text="Available for sale is known and less than this."
    )

    def by_sign(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return rows.filter(on_hand__lt=0) if value else rows.filter(on_hand__gte=0)

    def by_knowledge(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return rows.filter(on_hand__isnull=value)


@described("warehouses", one="warehouse", example={"name": "Main", "local": {"sells": True, "notes": ""}})
class Warehouses(MirroredView):
    shape = WAREHOUSES
    kind = "warehouse"
    filterset_class = WarehouseFilters
    near = MirroredView.near | {"q", "sells", "is_active"}
    permissions = {"list": ("inventory.view_warehouse",), "retrieve": ("inventory.view_warehouse",)}


@described(
    "stock-levels", one="stock level", example={"on_hand": "14", "committed": "3", "available_for_sale": "11"}
)
class StockLevels(MirroredView):
    shape = LEVELS
    kind = "stock_level"
    filterset_class = StockLevelFilters
    orderings = {
        **{name: column for name, column in ORDERINGS.items() if name in ("id", "synced_at")},
        "available_for_sale": "available_for_sale",
    }
    near = MirroredView.near | {"product", "warehouse", "sells", "negative", "unknown", "available_lt"}
    lasting = MirroredView.lasting | {"product", "warehouse"}
    permissions = {"list": ("inventory.view_stocklevel",), "retrieve": ("inventory.view_stocklevel",)}
