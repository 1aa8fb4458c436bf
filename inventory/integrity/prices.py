"""Prices that are not there where something is to be sold, and prices that moved by much at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from ..figures import exact
from ..models import Organization, Severity
from ..oddities import in_stock, jumps, sales_lists, without_price
from . import wording
from .base import Check, Fact
from .parameters import Number
from .registry import register


@register
class UnpricedStock(Check):
    key = "unpriced_stock"
    title = gettext_lazy("In stock, and without a price in a list")
    meaning = gettext_lazy(
        "There is some of it in a warehouse that sells, but a price list that prices most of what is in stock has "
        "no price "
        "for it. No other price is taken instead, so that customers of this list cannot buy it."
    )
    what_to_do = gettext_lazy("Enter the price at the source, in each of the lists that are named.")
    severity = Severity.WARNING
    reads = ("product", "stock_level", "warehouse", "price", "price_list")
    material = ("price_lists",)
    material_words = gettext_lazy("the lists in which the price is missing")
    parameters = (
        Number(
            name="percent",
            label=gettext_lazy("Lists that price at least"),
            unit="%",
            help=gettext_lazy(
                "Of what is in stock. A list that prices less is meant for a part of the products."
            ),
            default=Decimal(50),
            least=Decimal(0),
            most=Decimal(100),
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        total = in_stock(organization.pk).count()
        lacking: dict[int, tuple[list[int], list[str], tuple[str, str]]] = {}
        for price_list in sales_lists().filter(organization=organization).defer("payload", "detail_payload"):
            found = list(without_price(price_list).values_list("pk", "name", "external_id", "sku"))
            if 100 * (total - len(found)) < chosen["percent"] * total:
                continue
            for key, name, external_id, sku in found:
                keys, names, _words = lacking.setdefault(key, ([], [], (name or external_id, sku)))
                keys.append(price_list.pk)
                names.append(price_list.name or price_list.external_id)
        for key in sorted(lacking):
            keys, names, (name, sku) = lacking[key]
            facts = {"product": key, "name": name, "price_lists": keys, "lists": names}
            yield Fact(str(key), facts, "product", key, name, sku)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = ngettext(
            "%(name)s is in stock and has no price in this list: %(lists)s.",
            "%(name)s is in stock and has no price in these lists: %(lists)s.",
            len(facts["lists"]),
        )
        return told % {"name": wording.name(facts["name"]), "lists": wording.names(facts["lists"])}


@register
class PriceJumps(Check):
    key = "price_jumps"
    title = gettext_lazy("Prices that jumped")
    meaning = gettext_lazy(
        "A sales price is by much another one than it was some days ago, all steps in between taken together. What "
        "went "
        "back again is no jump. It is told for as many days as are set below; then it is closed by itself."
    )
    what_to_do = gettext_lazy(
        "Ask whoever changed it. If it was a slip, correct it at the source; if it was meant, accept it."
    )
    severity = Severity.WARNING
    reads = ("price", "product")
    material = ("after",)
    material_words = gettext_lazy("the new price")
    parameters = (
        Number(
            name="percent",
            label=gettext_lazy("Moved by more than"),
            unit="%",
            default=Decimal(30),
            least=Decimal(1),
            most=Decimal(10_000),
        ),
        Number(
            name="days",
            label=gettext_lazy("Within so many days"),
            default=Decimal(7),
            least=Decimal(1),
            most=Decimal(90),
            is_whole=True,
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        found = jumps(float(chosen["percent"]), timedelta(days=int(chosen["days"])), now)
        for first, last in found:
            product, price_list = last.product, last.price_list
            if product.organization_id != organization.pk or first.before is None or last.after is None:
                continue
            name = product.name or product.external_id
            yield Fact(
                f"{product.pk}:{price_list.pk if price_list else 'own'}:{last.currency_code}",
                {
                    "product": product.pk,
                    "name": name,
                    "price_list": price_list.pk if price_list else None,
                    "list": price_list.name if price_list else "",
                    "before": exact(first.before),
                    "after": exact(last.after),
                    "currency": last.currency_code,
                    "percent": exact(round(100 * (last.after / first.before - 1), 1)),
                },
                "product",
                product.pk,
                name,
                product.sku,
            )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = {
            "name": wording.name(facts["name"]),
            "list": wording.name(facts["list"]),
            "before": wording.money(facts["before"], facts["currency"]),
            "after": wording.money(facts["after"], facts["currency"]),
            "percent": wording.percent(facts["percent"]),
        }
        if facts["price_list"] is None:
            return _("The base price of %(name)s went from %(before)s to %(after)s, by %(percent)s.") % told
        return _("%(name)s went from %(before)s to %(after)s in %(list)s, by %(percent)s.") % told
