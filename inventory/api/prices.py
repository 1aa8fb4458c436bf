"""/api/v1/price-lists/ and /api/v1/prices/: every price with its currency and the list that it stands in."""

from __future__ import annotations

import django_filters
from django.db.models import Q, QuerySet
from rest_framework import serializers

from ..models import PriceList, PriceListItem, Product
from .columns import Column, Shape, flag, local, moment, number, text, whole
from .filters import FlagFilter, ReferenceFilter
from .following import SinceFilter
from .mirrored import ORDERINGS, MirroredFilters, MirroredView
from .origin import identity, origin, price_list, product
from .search import SearchFilter
from .wording import described


class PriceListLocal(serializers.Serializer):
    """Staff's own; no sync touches it."""

    notes = serializers.CharField(allow_blank=True)


class Bracket(serializers.Serializer):
    """The price of one piece when from `start` to `end` pieces are bought."""

    start = serializers.CharField(help_text="Decimal as text.")
    end = serializers.CharField(help_text="Decimal as text; null: no end.", allow_null=True)
    rate = serializers.CharField(help_text="Decimal as text.")


LISTS = Shape(
    "PriceList",
    PriceList,
    (
        *identity(),
        text("name", "Name."),
        text("description", "Description; in a list only when `fields` names it.", is_wide=True),
        text("status", "The source's own word."),
        flag("is_active", "Active at the source."),
        flag("is_default", "The default."),
        text("direction", "sales or purchases."),
        text("kind", "per_item, or fixed_percentage upon the base price: then it has no prices of its own."),
        text("scheme", "unit, or volume with brackets by quantity."),
        text("currency_external_id", "Currency."),
        text("currency_code", "Currency, ISO 4217."),
        number("percentage", "Upon the base price, of a percentage list."),
        flag("is_increase", "The percentage is added; else it is taken off."),
        text("rounding_type", "How a percentage list rounds, in the source's word."),
        whole("decimal_places", "Decimals of its prices."),
        moment("detail_at", "When its prices were last read."),
        local(PriceListLocal(required=False), "notes"),
        *origin(),
    ),
)
PRICES = Shape(
    "Price",
    PriceListItem,
    (
        *identity(),
        price_list("The list that it stands in."),
        product(),
        text("currency_code", "Currency, ISO 4217."),
        number("rate", "Price of one piece; null where the list has none, or prices by brackets."),
        number("discount_percent", "Discount in per cent."),
        Column(
            "brackets",
            Bracket(
                many=True, required=False, help_text="Prices by quantity, ordered by start; mostly empty."
            ),
            ("brackets",),
        ),
        *origin(),
    ),
)


class PriceListFilters(MirroredFilters):
    changed_since = SinceFilter("price_list")
    q = SearchFilter(help_text="Every word stands in the name or the external id.")
    currency = django_filters.CharFilter("currency_code", lookup_expr="iexact", help_text="ISO 4217.")
    is_active = FlagFilter(help_text="Active at the source.")


class PriceFilters(MirroredFilters):
    changed_since = SinceFilter("price")
    product = ReferenceFilter("product", model=Product, help_text="Of this product; by external id or ours.")
    price_list = ReferenceFilter(
        "price_list", model=PriceList, help_text="In this list; by external id or ours."
    )
    currency = django_filters.CharFilter("currency_code", lookup_expr="iexact", help_text="ISO 4217.")
    missing = FlagFilter(method="by_absence", help_text="Is in the list without a price, or has one.")

    def by_absence(self, rows: QuerySet, _name: str, value: bool) -> QuerySet:
        has_none = Q(rate__isnull=True, brackets=[])
        return rows.filter(has_none) if value else rows.exclude(has_none)


@described(
    "price-lists", one="price list", example={"name": "Wholesale", "currency_code": "USD", "kind": "per_item"}
)
class PriceLists(MirroredView):
    shape = LISTS
    kind = "price_list"
    filterset_class = PriceListFilters
    near = MirroredView.near | {"q", "currency", "is_active"}
    permissions = {"list": ("inventory.view_pricelist",), "retrieve": ("inventory.view_pricelist",)}


@described("prices", one="price", example={"rate": "8.75", "currency_code": "USD", "brackets": []})
class Prices(MirroredView):
    shape = PRICES
    kind = "price"
    filterset_class = PriceFilters
    orderings = {name: column for name, column in ORDERINGS.items() if name in ("id", "synced_at")}
    near = MirroredView.near | {"product", "price_list", "currency", "missing"}
    lasting = MirroredView.lasting | {"product", "price_list"}
    permissions = {"list": ("inventory.view_pricelistitem",), "retrieve": ("inventory.view_pricelistitem",)}
