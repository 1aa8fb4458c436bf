"""Stock that cannot be sold as it is told: less than nothing, or of products that nobody sells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..figures import exact
from ..models import Organization, Severity, StockLevel
from . import wording
from .base import Check, Fact
from .parameters import Number
from .registry import register


@register
class NegativeSellable(Check):
    key = "negative_sellable"
    title = gettext_lazy("Less than nothing to sell")
    meaning = gettext_lazy(
        "In a warehouse that sells, what is available for sale is below zero: more was promised or sold than the books "
        "know to be there."
    )
    what_to_do = gettext_lazy(
        "Count the shelf. Then enter the purchase or the transfer that is missing at the source, or correct the stock "
        "there; or cancel an order that cannot be kept."
    )
    severity = Severity.ERROR
    reads = ("stock_level", "warehouse", "product")
    material = ("for_sale",)
    material_words = gettext_lazy("the figure that is available for sale")

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        levels = StockLevel.objects.live().filter(
            organization=organization,
            available_for_sale__lt=0,
            warehouse__sells=True,
            warehouse__removed_at=None,
            product__removed_at=None,
        )
        columns = (
            "product_id", "product__name", "product__external_id", "product__sku", "warehouse_id", "warehouse__name",
            "available_for_sale", "on_hand", "committed",
        )  # fmt: skip
        rows = levels.order_by("product_id", "warehouse_id").values_list(*columns)
        for (
            product,
            name,
            external_id,
            sku,
            place,
            place_name,
            for_sale,
            on_hand,
            committed,
        ) in rows.iterator():
            yield Fact(
                f"{product}:{place}",
                {
                    "product": product,
                    "name": name or external_id,
                    "warehouse": place,
                    "place": place_name,
                    "for_sale": exact(for_sale),
                    "on_hand": None if on_hand is None else exact(on_hand),
                    "committed": None if committed is None else exact(committed),
                },
                "product",
                product,
                name or external_id,
                sku,
            )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = {
            "name": wording.name(facts["name"]),
            "place": wording.name(facts["place"]),
            "for_sale": wording.number(facts["for_sale"]),
        }
        if facts["on_hand"] is None or facts["committed"] is None:
            return _("%(name)s: %(for_sale)s are available for sale in %(place)s.") % told
        told |= {"on_hand": wording.number(facts["on_hand"]), "committed": wording.number(facts["committed"])}
        return (
            _(
                "%(name)s: %(for_sale)s are available for sale in %(place)s; %(on_hand)s on hand, %(committed)s "
                "promised to orders."
            )
            % told
        )


@register
class StockInInactive(Check):
    key = "inactive_stock"
    title = gettext_lazy("Stock in inactive products")
    meaning = gettext_lazy(
        "The product is inactive at the source, so nobody can sell it, and yet some of it lies in a warehouse."
    )
    what_to_do = gettext_lazy("Make it active again and sell it, or write the stock off at the source.")
    severity = Severity.WARNING
    reads = ("stock_level", "product")
    material = ("quantity",)
    material_words = gettext_lazy("the quantity on hand")
    parameters = (
        Number(
            name="least",
            label=gettext_lazy("Least quantity on hand"),
            help=gettext_lazy("Less than that, in all warehouses together, is not told."),
            default=Decimal(1),
            least=Decimal("0.00000001"),
            most=Decimal(1_000_000),
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        levels = StockLevel.objects.live().filter(
            organization=organization, on_hand__gt=0, product__is_active=False, product__removed_at=None
        )
        columns = (
            "product_id",
            "product__name",
            "product__external_id",
            "product__sku",
            "on_hand",
            "warehouse__name",
        )
        rows = levels.order_by("product_id", "warehouse_id").values_list(*columns).iterator()
        for (product, name, external_id, sku), held in groupby(rows, key=lambda row: row[:4]):
            places = list(held)
            quantity = sum((row[4] for row in places), Decimal(0))
            if quantity >= chosen["least"]:
                yield Fact(
                    str(product),
                    {
                        "product": product,
                        "name": name or external_id,
                        "quantity": exact(quantity),
                        "places": [row[5] for row in places],
                    },
                    "product",
                    product,
                    name or external_id,
                    sku,
                )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        return _("%(name)s is inactive, and %(quantity)s are on hand: %(places)s.") % {
            "name": wording.name(facts["name"]),
            "quantity": wording.number(facts["quantity"]),
            "places": wording.names(facts["places"]),
        }
