"""The same price in two currencies, which has to follow one rate."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ..figures import WHOLE_CURRENCIES, exact
from ..models import Organization, Severity
from . import wording
from .base import Check, Fact
from .parameters import Number, Words
from .rates import CHECK, Pair, Rate, median_of, pairs, rate_in_words, told_rate, twins
from .registry import register


@register
class TwinPrices(Check):
    key = CHECK
    title = gettext_lazy("Prices that disagree between dollars and dinars")
    meaning = gettext_lazy(
        "Two price lists tell the same prices in two currencies; here the price in one is by too much another one "
        "than the "
        "price in the other at the rate. The rate is what an administrator has set; where nobody has, what the source "
        "tells of the currencies; where it tells nothing, the median ratio of the two lists themselves, so that a "
        "price is compared with its neighbours. A whole list that follows another rate than the one that is set or "
        "told is told once, and its prices are compared with each other then."
    )
    what_to_do = gettext_lazy("See which of the two prices is older, and correct it at the source.")
    severity = Severity.ERROR
    reads = ("price", "price_list", "currency")
    material = ("first", "second")
    material_words = gettext_lazy("either of the two prices")
    parameters = (
        Number(
            name="percent",
            label=gettext_lazy("May differ by"),
            unit="%",
            default=Decimal(3),
            least=Decimal("0.1"),
            most=Decimal(100),
        ),
        Number(
            name="rounding",
            label=gettext_lazy("Rounding in the second currency"),
            help=gettext_lazy(
                "Smaller differences than that are told by nobody: prices in dinars end in 250, 500 or 000."
            ),
            default=Decimal(500),
            least=Decimal(0),
            most=Decimal(1_000_000),
        ),
        Number(
            name="rate",
            label=gettext_lazy("Dinars for a dollar"),
            help=gettext_lazy(
                "Empty: what the source tells of the currency, else the median of the lists themselves. Other checks "
                "reckon with this rate too."
            ),
            default=None,
            least=Decimal("0.0001"),
            most=Decimal(1_000_000),
            is_optional=True,
        ),
        Words(
            name="pairs",
            label=gettext_lazy("Lists that belong together"),
            help=gettext_lazy(
                "One pair on each line, as in: Wholesale USD = Wholesale IQD; by name or external id. Lists whose "
                "names "
                "differ only in the words of the currency are found without that."
            ),
            default=(),
            is_pairs=True,
        ),
    )

    def facts(self, organization: Organization, chosen: Mapping[str, Any], now: datetime) -> Iterator[Fact]:
        for pair in pairs(organization, chosen["pairs"]):
            median = median_of(pair)
            rate = _rate(organization, pair, chosen)
            if rate and median and abs(median - rate.value) > rate.value * chosen["percent"] / 100:
                yield self._whole_list(pair, rate, median)
                rate = None
            if rate is None and median is not None:
                rate = Rate(median, "median")
            if rate is not None:
                yield from self._prices(pair, rate, chosen)

    def _whole_list(self, pair: Pair, rate: Rate, median: Decimal) -> Fact:
        return Fact(
            f"list:{pair.first.pk}:{pair.second.pk}",
            {
                **_told(pair),
                "price_list": pair.second.pk,
                "first": exact(rate.value),
                "second": exact(median),
                **rate.facts(),
            },
            "price_list",
            pair.second.pk,
            pair.second.name,
        )

    def _prices(self, pair: Pair, rate: Rate, chosen: Mapping[str, Any]) -> Iterator[Fact]:
        share = chosen["percent"] / 100
        far = Q(ratio__gt=float(rate.value * (1 + share))) | Q(ratio__lt=float(rate.value * (1 - share)))
        columns = (
            "product_id",
            "product__name",
            "product__external_id",
            "product__sku",
            "rate",
            "twin__rate",
        )
        rows = (
            twins(pair)
            .filter(far)
            .exclude(product__is_active=False)
            .order_by("product_id")
            .values_list(*columns)
        )
        for product, name, external_id, sku, first, second in rows.iterator():
            expected = first * rate.value
            if abs(second - expected) > max(expected * share, chosen["rounding"]):
                yield Fact(
                    f"{product}:{pair.first.pk}:{pair.second.pk}",
                    {
                        **_told(pair),
                        "product": product,
                        "name": name or external_id,
                        "first": exact(first),
                        "second": exact(second),
                        "expected": exact(
                            round(expected, 0 if pair.second.currency_code in WHOLE_CURRENCIES else 2)
                        ),
                        "percent": exact(round(100 * (second / expected - 1), 1)),
                        **rate.facts(),
                    },
                    "product",
                    product,
                    name or external_id,
                    sku,
                )

    def sentence(self, facts: Mapping[str, Any]) -> str:
        one, two = facts["currencies"]
        lists = {
            "first_list": wording.name(facts["lists"][0]),
            "second_list": wording.name(facts["lists"][1]),
        }
        if "product" not in facts:
            if "source" not in facts:  # of an older release, which knew no other
                facts = {**facts, "rate": facts["first"], "source": "set"}
            return _("%(second_list)s as a whole is at %(median)s for %(one)s. Rate: %(rate)s.") % {
                **lists,
                "one": wording.money(Decimal(1), one),
                "median": wording.money(facts["second"], two),
                "rate": rate_in_words(facts, one, two),
            }
        return _(
            "%(name)s is %(first)s in %(first_list)s and %(second)s in %(second_list)s; at the rate it would be "
            "%(expected)s, so that it differs by %(percent)s. Rate: %(rate)s."
        ) % {
            **lists,
            "name": wording.name(facts["name"]),
            "first": wording.money(facts["first"], one),
            "second": wording.money(facts["second"], two),
            "expected": wording.money(facts["expected"], two),
            "percent": wording.percent(facts["percent"]),
            "rate": rate_in_words(facts, one, two),
        }


def _rate(organization: Organization, pair: Pair, chosen: Mapping[str, Any]) -> Rate | None:
    """What is set or told for the two currencies; None where only the lists themselves can say."""
    if chosen["rate"] is not None and pair.is_dollar_to_dinar:
        return Rate(chosen["rate"], "set")
    return told_rate(organization, pair.first.currency_code, pair.second.currency_code)


def _told(pair: Pair) -> dict[str, Any]:
    return {
        "price_lists": [pair.first.pk, pair.second.pk],
        "lists": [pair.first.name, pair.second.name],
        "currencies": [pair.first.currency_code, pair.second.currency_code],
    }
