"""/api/v1/products/: what is sold, with its base price and how much of it can be sold."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import DecimalField, Exists, OuterRef, QuerySet
from django.db.models.functions import Round
from rest_framework import serializers

from ..models import PriceList, PriceListItem, Product, ProductPicture, StockLevel, Warehouse
from ..status import with_sellable
from . import picture, sellable
from .columns import Shape, decimal_form, flag, local, moment, money, number, plain, text
from .filters import AmountFilter, FlagFilter, ReferenceFilter
from .following import SinceFilter
from .mirrored import ORDERINGS, MirroredFilters, MirroredView
from .origin import identity, origin
from .search import SearchFilter
from .wording import described

IN_BASE = "In the organisation's base currency; null when it is not known."


class ProductLocal(serializers.Serializer):
    """Staff's own; no sync touches it."""

    reorder_point = decimal_form("At or below it the product is low.")
    is_hidden = serializers.BooleanField()
    notes = serializers.CharField(allow_blank=True)


SHAPE = Shape(
    "Product",
    Product,
    (
        *identity(),
        text("name", "Name."),
        text("sku", "Stock keeping unit; empty for more than half of the products, and not unique."),
        text("description", "Sales description; in a list only when `fields` names it.", is_wide=True),
        text("status", "The source's own word."),
        flag("is_active", "Active at the source."),
        text("unit", "Unit of count."),
        text("item_type", "The source's word, such as inventory or sales."),
        text("product_type", "goods or service."),
        flag("can_be_sold", "Can be sold."),
        flag("can_be_purchased", "Can be purchased."),
        flag("is_tracked", "Its stock is tracked."),
        flag("is_returnable", "Can be returned."),
        flag("is_combo", "Made of other products."),
        money("base_price", IN_BASE, "unit_price", "organization__currency_code"),
        money("purchase_price", IN_BASE, "purchase_price", "organization__currency_code"),
        *sellable.COLUMNS,
        text("tax_external_id", "Tax."),
        text("tax_name", "Tax."),
        number("tax_percentage", "Tax in per cent."),
        text("account_external_id", "Sales account."),
        text("account_name", "Sales account."),
        text("purchase_account_external_id", "Purchase account."),
        text("purchase_account_name", "Purchase account."),
        text("category_external_id", "Category."),
        text("category_name", "Category."),
        text("brand", "Brand."),
        text("manufacturer", "Manufacturer."),
        text("group_external_id", "Group of variants."),
        text("group_name", "Group of variants."),
        plain("attributes", "What makes this variant, as the source tells it.", serializers.ListField),
        plain("custom_fields", "As the source tells them.", serializers.DictField),
        plain("tags", "As the source tells them.", serializers.ListField),
        text("upc", "UPC barcode."),
        text("ean", "EAN barcode."),
        text("isbn", "ISBN."),
        text("part_number", "Part number."),
        number("reorder_level", "Reorder level at the source."),
        number("length", "Length."),
        number("width", "Width."),
        number("height", "Height."),
        text("dimension_unit", "Unit of length, width and height."),
        number("weight", "Weight."),
        text("weight_unit", "Unit of weight."),
        text("image_name", "Picture's file name."),
        text("image_type", "Picture's type."),
        text("image_document_id", "Picture's document id."),
        picture.COLUMN,
        text("vendor_external_id", "Preferred vendor."),
        text("vendor_name", "Preferred vendor."),
        number("minimum_order_quantity", "Least that may be ordered."),
        number("maximum_order_quantity", "Most that may be ordered."),
        local(ProductLocal(required=False), "reorder_point", "is_hidden", "notes"),
        moment(
            "stock_verified_at",
            "When its stock was last compared with the source, changed or not; in the detail only.",
            "stock_check__verified_at",
            is_apart=True,
        ),
        *origin(),
    ),
)


class ProductFilters(MirroredFilters):
    changed_since = SinceFilter("product")
    q = SearchFilter(
        help_text="Every word stands in the name, SKU, barcode, part number or external id, however Arabic is spelt.",
    )
    sku = django_filters.CharFilter(help_text="Exactly this SKU.")
    has_sku = FlagFilter(method="by_sku", help_text="Has a SKU, or has none.")
    is_active = FlagFilter(help_text="Active at the source.")
    is_hidden = FlagFilter(help_text="Hidden by staff.")
    brand = django_filters.CharFilter(help_text="Exactly this brand.")
    category = django_filters.CharFilter(method="by_category", help_text="Category, by name or external id.")
    warehouse = ReferenceFilter(
        model=Warehouse, method="by_warehouse", help_text="Has a stock level there; by external id or ours."
    )
    price_list = ReferenceFilter(
        model=PriceList, method="by_price_list", help_text="Has a price in that list; by external id or ours."
    )
    in_stock = FlagFilter(
        method="by_stock", help_text="At least one warehouse has some on hand, or none has."
    )
    has_picture = FlagFilter(method="by_picture", help_text="Its picture is kept here, or is not.")
    sellable_lt = AmountFilter(method="by_sellable", help_text="Sellable is known and less than this.")
    sellable_gt = AmountFilter(method="by_sellable", help_text="Sellable is known and more than this.")

    def by_sku(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        return rows.exclude(sku="") if value else rows.filter(sku="")

    def by_category(self, rows: QuerySet, _name: str, value: str) -> QuerySet:
        return rows.filter(category_name=value) | rows.filter(category_external_id=value)

    def by_warehouse(self, rows: QuerySet, _name: str, value: list[int]) -> QuerySet:
        return rows.filter(
            Exists(StockLevel.objects.live().filter(product=OuterRef("pk"), warehouse__in=value))
        )

    def by_price_list(self, rows: QuerySet, _name: str, value: list[int]) -> QuerySet:
        prices = PriceListItem.objects.live().filter(product=OuterRef("pk"), price_list__in=value)
        return rows.filter(Exists(prices))

    def by_stock(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        held = StockLevel.objects.live().filter(
            product=OuterRef("pk"), on_hand__gt=0, warehouse__removed_at__isnull=True
        )
        return rows.filter(Exists(held)) if value else rows.filter(~Exists(held))

    def by_picture(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        kept = ProductPicture.objects.live().filter(product=OuterRef("pk")).exclude(digest="")
        return rows.filter(Exists(kept)) if value else rows.filter(~Exists(kept))

    def by_sellable(self, rows: QuerySet, name: str, value: Any) -> QuerySet:
        """Rounded to the columns' own decimals: SQLite adds binary fractions."""
        known: Any = with_sellable(rows)
        known = known.filter(sellable_unknown=0)
        figure = Round(
            "sellable_total", precision=8, output_field=DecimalField(max_digits=24, decimal_places=8)
        )
        return known.annotate(sellable_sum=figure).filter(
            **{f"sellable_sum__{name.removeprefix('sellable_')}": value}
        )


@described(
    "products",
    one="product",
    example={
        "name": "Cable 3 m",
        "base_price": {"amount": "12500", "currency_code": "IQD"},
        "sellable": "11",
    },
)
class Products(MirroredView):
    shape = SHAPE
    kind = "product"
    filterset_class = ProductFilters
    orderings = {**ORDERINGS, "sku": "sku"}
    near = MirroredView.near | {
        "q", "sku", "has_sku", "is_active", "is_hidden", "brand", "category", "warehouse", "sellable_lt", "sellable_gt",
        "has_picture",
    }  # fmt: skip
    permissions = {"list": ("inventory.view_product",), "retrieve": ("inventory.view_product",)}
