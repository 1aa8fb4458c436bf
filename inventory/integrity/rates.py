"""What a dollar is worth in dinars: as an administrator has set it, else as the source tells it of its currencies, else
as the prices of twin lists say.

Lists are twins when they are in two currencies and have one name but for the words of the currencies, or when an
administrator has said so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

from django.db.models import F, FilteredRelation, FloatField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.translation import gettext as _

from ..figures import exact
from ..models import CheckState, Currency, Organization, PriceList, PriceListItem
from ..oddities import sales_lists
from ..searching import folded
from . import wording

DOLLAR, DINAR = "USD", "IQD"
CHECK = "twin_prices"  # whose parameters hold the rate and the pairs
FEWEST = 5  # prices in both lists, before their median tells anything
_WORDS = {  # of the names of lists, folded
    folded(word)
    for word in ("usd", "iqd", "$", "us$", "dollar", "dollars", "dinar", "dinars", "دولار", "بالدولار", "الدولار",
                 "دينار", "بالدينار", "الدينار", "عراقي", "امريكي", "أمريكي")
}  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two lists with the same prices in two currencies. first: the dollars, where one of them is."""

    first: PriceList
    second: PriceList

    @property
    def is_dollar_to_dinar(self) -> bool:
        return (self.first.currency_code, self.second.currency_code) == (DOLLAR, DINAR)


@dataclass(frozen=True)
class Rate:
    """So much of the second currency for one of the first; dinars for a dollar where none are named.

    source: "set" by an administrator, what the source tells of its "currency", or the "median" of what the lists say.
    day: of what the source tells, where it says of which day that is.
    """

    value: Decimal
    source: str
    day: date | None = None

    def facts(self) -> dict[str, str]:
        """As a finding keeps it; rate_in_words reads it."""
        return {
            "rate": exact(self.value),
            "source": self.source,
            "day": self.day.isoformat() if self.day else "",
        }


def rate_in_words(facts: Mapping[str, Any], first: str = DOLLAR, second: str = DINAR) -> str:
    """facts: "rate", "source" and "day", as `Rate.facts` tells them; an older release told no day."""
    told = {"one": wording.money(Decimal(1), first), "rate": wording.money(facts["rate"], second)}
    if facts["source"] == "set":
        return _("%(one)s = %(rate)s, as an administrator has set it") % told
    if facts["source"] == "currency":
        if not facts.get("day"):
            return _("%(one)s = %(rate)s, as the source tells it of the currency") % told
        text = _("%(one)s = %(rate)s, as the source tells it of the currency, from %(day)s")
        return text % {**told, "day": wording.code(facts["day"])}
    return _("%(one)s = %(rate)s, the median of what the lists themselves say") % told


def bare_name(price_list: PriceList) -> str:
    """The folded name without the words of currencies: "Wholesale (USD)" and "wholesale IQD" are both "wholesale"."""
    text = reduce(lambda told, sign: told.replace(sign, " "), "()[]{}-_/|,:.", folded(price_list.name))
    words = [word for word in text.replace("$", " $ ").split() if word not in _WORDS]
    return " ".join(word for word in words if word != folded(price_list.currency_code))


def pairs(organization: Organization, named: Sequence[str] = ()) -> list[Pair]:
    """Those that are named ("Wholesale USD = Wholesale IQD", by name or external id), and those that are known by their
    names. Where more than two lists share a name, nobody can say which are twins."""
    lists = list(
        sales_lists().filter(organization=organization).exclude(currency_code="").defer("detail_payload")
    )
    found, taken = [], set()
    for line in named:
        ends = [_meant(lists, part) for part in line.split("=")]
        if len(ends) == 2 and ends[0] and ends[1] and ends[0].currency_code != ends[1].currency_code:
            found.append(_pair(ends[0], ends[1]))
            taken |= {ends[0].pk, ends[1].pk}
    groups: dict[str, list[PriceList]] = {}
    for each in lists:
        if each.pk not in taken and bare_name(each):
            groups.setdefault(bare_name(each), []).append(each)
    for group in groups.values():
        if len(group) == 2 and group[0].currency_code != group[1].currency_code:
            found.append(_pair(*group))
    return found


def _meant(lists: Sequence[PriceList], text: str) -> PriceList | None:
    text = text.strip()
    by_id = [each for each in lists if each.external_id == text]
    by_name = [each for each in lists if folded(each.name) == folded(text)]
    found = by_id or by_name
    return found[0] if len(found) == 1 else None


def _pair(one: PriceList, other: PriceList) -> Pair:
    first, second = sorted((one, other), key=lambda each: (each.currency_code != DOLLAR, each.currency_code))
    return Pair(first, second)


def twins(pair: Pair) -> QuerySet[PriceListItem]:
    """Prices of the first list with that of the other one beside it (`twin__rate`) and their ratio. Prices by quantity
    are compared nowhere."""
    other = Q(
        product__prices__price_list=pair.second.pk,
        product__prices__currency_code=pair.second.currency_code,
        product__prices__removed_at=None,
    )
    rows = PriceListItem.objects.live().filter(
        price_list=pair.first.pk,
        currency_code=pair.first.currency_code,
        rate__gt=0,
        product__removed_at=None,
    )
    rows = rows.annotate(twin=FilteredRelation("product__prices", condition=other)).filter(twin__rate__gt=0)
    ratio = Cast(F("twin__rate"), FloatField()) / Cast(F("rate"), FloatField())
    return rows.annotate(ratio=ratio).order_by()


def median_of(pair: Pair) -> Decimal | None:
    """Of the ratios, with five figures at least; None where too few products have both prices."""
    rows: Any = twins(pair)
    count = rows.count()
    if count < FEWEST:
        return None
    told = Decimal(str(rows.order_by("ratio").values_list("ratio", flat=True)[count // 2]))
    return round(told, 2 if told >= 100 else 6)


def told_rate(organization: Organization, first: str = DOLLAR, second: str = DINAR) -> Rate | None:
    """What the source tells of the two currencies; None where it does not tell both, one of which may be the base."""
    base = organization.currency_code
    rows = Currency.objects.live().filter(organization=organization, code__in={first, second} - {base})
    known = {
        code: (value, day)
        for code, value, day in rows.filter(exchange_rate__gt=0).values_list(
            "code", "exchange_rate", "effective_date"
        )
    }
    if base in (first, second):
        known[base] = (Decimal(1), None)
    if first not in known or second not in known or first == second:
        return None
    days = [day for _value, day in (known[first], known[second]) if day is not None]
    value = known[first][0]
    if second != base:  # divided, a rate has more digits than anybody has said
        value = value / known[second][0]
        value = round(value, 2 if value >= 100 else 6)
    return Rate(value, "currency", min(days, default=None))


def rate_of(organization: Organization, settings: Mapping[str, Any] | None = None) -> Rate | None:
    """Dinars for a dollar; None where nobody has said and no lists tell. settings: the parameters of the check of
    twins, where they are at hand already."""
    chosen = _settings(organization) if settings is None else settings
    if chosen["rate"] is not None:
        return Rate(chosen["rate"], "set")
    if told := told_rate(organization):
        return told
    known = [pair for pair in pairs(organization, chosen["pairs"]) if pair.is_dollar_to_dinar]
    medians = sorted(median for pair in known if (median := median_of(pair)) is not None)
    return Rate(medians[len(medians) // 2], "median") if medians else None


def _settings(organization: Organization) -> dict[str, Any]:
    from . import registry  # which imports every module of this folder
    from .parameters import chosen

    state = CheckState.objects.filter(organization=organization, check_key=CHECK).first()
    return chosen(registry.get(CHECK).parameters, state.parameters if state else {})


def worth(currency: str, base: str, rate: Rate | None) -> Decimal | None:
    """What one unit of the currency is in the base currency; None where no rate leads there."""
    if currency == base:
        return Decimal(1)
    if rate is not None and (currency, base) == (DOLLAR, DINAR):
        return rate.value
    if rate is not None and (currency, base) == (DINAR, DOLLAR):
        return 1 / rate.value
    return None
