"""Prices below what the product was bought for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..figures import exact
from ..models import Organization, PriceList, PriceListItem, Product, Severity
from ..oddities import sales_lists
from ..pricing import PERCENTAGE, prices_of
from . import wording
from .base import Check, Fact
from .parameters import Number
from .rates import Rate, rate_in_words, rate_of, worth
from .registry import register

_PRODUCT = ("product_id", "product__name", "product__external_id", "product__sku", "product__purchase_price")
CHUNK = 1000


@register
class UnderCost(Check):
    key = "under_cost"
    title = gettext_lazy("Sold under cost")
    meaning = gettext_lazy(
        "A price is less than the purchase price that the product has at the source: the base price, a price in a "
        "sales "
        "list, the lowest of its prices by quantity, or what a percentage list makes of the base price. Prices in "
        "dollars "
        "and dinars are compared at the rate of the check of twin prices; lists in other currencies are not looked at."
    )
    what_to_do = gettext_lazy(
        "Correct the price, or the purchase price if that one is out of date. Accept it if it is a clearance."
    )
    severity = Severity.ERROR
    reads = ("product", "price", "price_list", "currency")
    material = ("price", "cost")
    material_words = gettext_lazy("the price or the purchase price")
    parameters = (
        Number(
            name="percent",
            label=gettext_lazy("Below the purchase price by more than"),
            unit="%",
            default=Decimal(0),
            least=Decimal(0),
            most=Decimal(99),
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        base, floor, rate = organization.currency_code, 1 - chosen["percent"] / 100, rate_of(organization)
        products = Product.objects.live().filter(organization=organization, purchase_price__gt=0)
        products = products.exclude(is_active=False)
        yield from self._own(products, base, floor)
        for price_list in sales_lists().filter(organization=organization).defer("payload", "detail_payload"):
            factor = worth(price_list.currency_code, base, rate)
            if factor is not None:
                yield from self._listed(price_list, base, factor, floor, rate)
        percentages = PriceList.objects.live().filter(
            organization=organization, is_active=True, kind=PERCENTAGE
        )
        for price_list in percentages.exclude(direction__startswith="purchase").select_related(
            "organization"
        ):
            yield from self._by_percentage(price_list, products, base, floor)

    def _own(self, products: QuerySet[Product], base: str, floor: Decimal) -> Iterator[Fact]:
        below = products.filter(unit_price__lt=F("purchase_price") * floor).order_by("pk")
        columns = ("pk", "name", "external_id", "sku", "purchase_price", "unit_price")
        for *product, price in below.values_list(*columns).iterator():
            if price < product[-1] * floor:  # SQLite reckons with binary fractions
                yield _fact(product, base, price, base, None, None)

    def _listed(
        self, price_list: PriceList, base: str, factor: Decimal, floor: Decimal, rate: Rate | None
    ) -> Iterator[Fact]:
        rows = PriceListItem.objects.live().filter(
            price_list=price_list.pk,
            currency_code=price_list.currency_code,
            product__removed_at=None,
            product__purchase_price__gt=0,
        )
        below = Q(rate__lt=F("product__purchase_price") * (floor / factor)) | ~Q(brackets=[])
        rows = rows.exclude(product__is_active=False).filter(below).order_by("product_id")
        used = None if factor == 1 else rate
        for *product, price, brackets in rows.values_list(*_PRODUCT, "rate", "brackets").iterator():
            prices = [Decimal(each["rate"]) for each in brackets or () if each.get("rate")] or [price]
            lowest = min((each for each in prices if each is not None), default=None)
            if lowest is not None and lowest * factor < product[-1] * floor:
                yield _fact(product, base, lowest, price_list.currency_code, price_list, used)

    def _by_percentage(
        self, price_list: PriceList, products: QuerySet[Product], base: str, floor: Decimal
    ) -> Iterator[Fact]:
        if price_list.percentage is None or price_list.is_increase is None:
            return
        sign = 1 if price_list.is_increase else -1
        factor = 1 + sign * price_list.percentage / 100
        # A rounding moves a price by two at most; what comes near is reckoned exactly.
        near = products.filter(unit_price__isnull=False, purchase_price__gt=F("unit_price") * factor - 2)
        columns = ("name", "external_id", "sku", "purchase_price", "unit_price", "removed_at", "organization")
        rows = (
            near.select_related("organization").only(*columns, "organization__currency_code").order_by("pk")
        )
        left = rows.iterator(chunk_size=CHUNK)
        while batch := list(islice(left, CHUNK)):
            told = prices_of(batch, price_list)
            for each in batch:
                price = told[each.pk].price
                if price is not None and each.purchase_price and price.amount < each.purchase_price * floor:
                    row = [each.pk, each.name, each.external_id, each.sku, each.purchase_price]
                    yield _fact(row, base, price.amount, price.currency_code, price_list, None)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = {
            "name": wording.name(facts["name"]),
            "list": wording.name(facts["list"]),
            "price": wording.money(facts["price"], facts["currency"]),
            "cost": wording.money(facts["cost"], facts["base"]),
        }
        if facts["price_list"] is None:
            return _("The base price of %(name)s is %(price)s; it was bought for %(cost)s.") % told
        if facts["rate"] is None:
            return _("%(name)s is sold for %(price)s in %(list)s; it was bought for %(cost)s.") % told
        text = _("%(name)s is sold for %(price)s in %(list)s; it was bought for %(cost)s. Rate: %(rate)s.")
        return text % {**told, "rate": rate_in_words(facts)}


def _fact(
    product: list[Any],
    base: str,
    price: Decimal,
    currency: str,
    price_list: PriceList | None,
    rate: Rate | None,
) -> Fact:
    """product: key, name, external id, SKU and purchase price."""
    key, name, external_id, sku, cost = product
    return Fact(
        f"{key}:{price_list.pk if price_list else 'own'}",
        {
            "product": key,
            "name": name or external_id,
            "price_list": price_list.pk if price_list else None,
            "list": price_list.name if price_list else "",
            "price": exact(price),
            "currency": currency,
            "cost": exact(cost),
            "base": base,
            **(rate.facts() if rate else {"rate": None, "source": ""}),
        },
        "product",
        key,
        name or external_id,
        sku,
    )
