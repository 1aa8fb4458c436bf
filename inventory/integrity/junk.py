"""Prices that nobody can have meant: placeholders that were typed to get on, and slips of a zero."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from statistics import median
from typing import Any

from django.db.models import Case, DecimalField, F, Max, Min, Q, QuerySet, Value, When
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..figures import WHOLE_CURRENCIES, exact
from ..models import Organization, PriceListItem, Product, Severity
from ..oddities import sales_lists
from . import wording
from .base import Check, Fact
from .parameters import Number, Words
from .rates import DINAR, DOLLAR, Rate, rate_in_words, rate_of
from .registry import register

PLACEHOLDERS = ("1", "12", "123", "1234", "12345", "123456", "1234567", "999999", "9999999", "99999999")
SMALL = 100  # placeholders below it are good prices in dollars, and none in dinars
DIGITS = range(4, 10)  # so many equal digits
FEWEST = 3  # prices of a product, before one of them can be far from the others
_AMOUNT = DecimalField(max_digits=30, decimal_places=8)


@register
class JunkPrices(Check):
    key = "junk_prices"
    title = gettext_lazy("Prices that nobody can have meant")
    meaning = gettext_lazy(
        "The price is zero, one of the placeholders below, a row of equal digits such as 1111, or many times more "
        "or less "
        "than the middle one of the same product's prices in all lists, at the rate of the check of twin prices."
    )
    what_to_do = gettext_lazy("Enter the real price at the source. If it is real, ignore it and say why.")
    severity = Severity.ERROR
    reads = ("product", "price", "price_list", "currency")
    material = ("price", "reason")
    material_words = gettext_lazy("the price, or why it is doubted")
    parameters = (
        Number(
            name="times",
            label=gettext_lazy("Far from the others is"),
            unit=gettext_lazy("times"),
            help=gettext_lazy("More, or less, than the middle one of the product's prices."),
            default=Decimal(5),
            least=Decimal("1.5"),
            most=Decimal(1000),
        ),
        Words(
            name="values",
            label=gettext_lazy("Placeholders"),
            help=gettext_lazy("One on each line. Those below 100 count in currencies without decimals only."),
            default=PLACEHOLDERS,
            is_numbers=True,
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        values = [Decimal(each) for each in chosen["values"]]
        lists = {each.pk: each.name for each in sales_lists().filter(organization=organization).only("name")}
        told: set[str] = set()
        for fact in self._plain(organization, lists, values):
            told.add(fact.key)
            yield fact
        for fact in self._far(organization, lists, chosen["times"]):
            if fact.key not in told:
                yield fact

    def _plain(
        self, organization: Organization, lists: Mapping[int, str], values: Sequence[Decimal]
    ) -> Iterator[Fact]:
        """What is doubted for itself alone."""
        own = Product.objects.live().filter(organization=organization).exclude(is_active=False)
        own = own.exclude(can_be_sold=False).filter(_doubted("unit_price", values))
        columns = ("pk", "name", "external_id", "sku", "unit_price", "organization__currency_code")
        for *product, price, currency in own.order_by("pk").values_list(*columns).iterator():
            if reason := _reason(price, currency, values):
                yield _fact(product, None, "", price, currency, {"reason": reason})
        rows = _prices(lists).filter(_doubted("rate", values)).order_by("product_id", "pk")
        for *product, price, currency, key in rows.values_list(*_COLUMNS).iterator():
            if reason := _reason(price, currency, values):
                yield _fact(product, key, lists[key], price, currency, {"reason": reason})

    def _far(self, organization: Organization, lists: Mapping[int, str], times: Decimal) -> Iterator[Fact]:
        """What is far from the middle one of the same product's prices; without a rate, of those in one currency."""
        rate = rate_of(organization)
        groups = (
            [{DINAR: Decimal(1), DOLLAR: rate.value}] if rate else [{DINAR: Decimal(1)}, {DOLLAR: Decimal(1)}]
        )
        for worth in groups:
            rows = _prices(lists).filter(currency_code__in=list(worth), rate__gt=0)
            value = Case(
                *(When(currency_code=code, then=F("rate") * Value(each)) for code, each in worth.items()),
                output_field=_AMOUNT,
            )
            ends = rows.order_by().values("product_id").annotate(low=Min(value), high=Max(value))
            wide = ends.filter(high__gt=F("low") * times).values("product_id")
            found = rows.filter(product_id__in=wide).order_by("product_id", "pk").values_list(*_COLUMNS)
            for _key, group in groupby(found.iterator(), key=lambda row: row[0]):
                yield from _far_ones(list(group), worth, lists, times, rate)

    def sentence(self, facts: Mapping[str, Any]) -> str:
        told = {
            "name": wording.name(facts["name"]),
            "price": wording.money(facts["price"], facts["currency"]),
            "list": wording.name(facts["list"]) if facts["list"] else _("its base price"),
        }
        if facts["reason"] == "zero":
            return _("%(name)s costs nothing (%(list)s).") % told
        if facts["reason"] == "placeholder":
            return _("%(name)s costs %(price)s (%(list)s), a number that is typed to get on.") % told
        if facts["reason"] == "digits":
            return _("%(name)s costs %(price)s (%(list)s), a row of equal digits.") % told
        told["middle"] = wording.money(facts["middle"], facts["currency"])
        told["times"] = wording.number(facts["times"])
        if facts["reason"] == "high":
            text = _(
                "%(name)s costs %(price)s (%(list)s), %(times)s times the middle one of its prices: %(middle)s."
            )
        else:
            text = _(
                "%(name)s costs %(price)s (%(list)s), %(times)s times less than the middle one of its prices: "
                "%(middle)s."
            )
        if facts["rate"] is None:
            return text % told
        return _("%(told)s Rate: %(rate)s.") % {"told": text % told, "rate": rate_in_words(facts)}


_COLUMNS = (
    "product_id", "product__name", "product__external_id", "product__sku", "rate", "currency_code", "price_list_id",
)  # fmt: skip


def _prices(lists: Mapping[int, str]) -> QuerySet[PriceListItem]:
    rows = PriceListItem.objects.live().filter(price_list__in=list(lists), product__removed_at=None)
    return rows.exclude(product__is_active=False)


def _doubted(column: str, values: Sequence[Decimal]) -> Q:
    rows_of_digits = [Decimal(digit * count) for digit in "123456789" for count in DIGITS]
    return Q(**{f"{column}__in": [Decimal(0), *values, *rows_of_digits]})


def _reason(price: Decimal, currency: str, values: Sequence[Decimal]) -> str:
    if not price:
        return "zero"
    if price in values:
        return "placeholder" if price >= SMALL or currency in WHOLE_CURRENCIES else ""
    return "digits"


def _far_ones(
    rows: Sequence[tuple],
    worth: Mapping[str, Decimal],
    lists: Mapping[int, str],
    times: Decimal,
    rate: Rate | None,
) -> Iterator[Fact]:
    if len(rows) < FEWEST:
        return
    amounts = [row[4] * worth[row[5]] for row in rows]
    middle = median(amounts)
    for place, (*product, price, currency, key) in enumerate(rows):
        amount = amounts[place]
        if middle / times <= amount <= middle * times:
            continue
        is_high = amount > middle
        crossed = rate is not None and len({row[5] for row in rows}) > 1
        facts = {
            "reason": "high" if is_high else "low",
            "middle": exact(round(middle / worth[currency], 2)),
            "times": exact(round(amount / middle if is_high else middle / amount, 1)),
            **(rate.facts() if rate and crossed else {"rate": None, "source": ""}),
        }
        yield _fact(product, key, lists[key], price, currency, facts)


def _fact(
    product: Sequence[Any], key: int | None, name: str, price: Decimal, currency: str, more: dict[str, Any]
) -> Fact:
    pk, label, external_id, sku = product
    label = label or external_id
    facts = {
        "product": pk,
        "name": label,
        "price_list": key,
        "list": name,
        "price": exact(price),
        "currency": currency,
        **more,
    }
    return Fact(f"{pk}:{key or 'own'}:{currency}", facts, "product", pk, label, sku)
