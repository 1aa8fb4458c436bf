"""Prices of several lists beside each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ...models import Organization, PriceList, Product
from ...pricing import prices_of
from ..base import STOCK, Column, Note, Report, Row, at_most, counted
from ..parameters import Parameters, offered_lists, price_lists_field
from ..registry import register

BATCH = 2000
MOST_LISTS = 12


class PriceComparisonParameters(Parameters):
    price_list = price_lists_field(
        _("Price lists"), _("None chosen: all by which something is sold, at most 12.")
    )
    show = forms.ChoiceField(
        label=_("Show"),
        initial="all",
        choices=[
            ("all", _("every active product")),
            ("missing", _("without a price in one of them")),
            ("different", _("where lists of one currency differ")),
        ],
    )

    def clean_price_list(self) -> list[int]:
        keys = self.cleaned_data["price_list"]
        if len(keys) > MOST_LISTS:
            raise forms.ValidationError(_("At most 12 lists can be compared."), code="invalid")
        return keys


def lists(asked: Parameters) -> list[PriceList]:
    rows = offered_lists().order_by("currency_code", "name", "pk")
    keys = asked.value("price_list")
    return list((rows.filter(pk__in=keys) if keys else rows)[:MOST_LISTS])


def compared(found: Sequence[PriceList]) -> list[tuple[PriceList, PriceList | None]]:
    """Each list, and the first one of the same currency that it is compared with."""
    first: dict[str, PriceList] = {}
    told = []
    for each in found:
        told.append((each, first.get(each.currency_code)))
        first.setdefault(each.currency_code, each)
    return told


@register
class PriceComparison(Report):
    key = "price-comparison"
    place = 80
    icon = "compare_arrows"
    title = _("Price list comparison")
    question = _(
        "What does each product cost in each price list, by how much do they differ, and where is none?"
    )
    method = _(
        "The price of one piece in each chosen list, in that list's currency; of a list by percentage, its rule "
        "applied to the base price. The difference is that to the first list of the same currency, in percent of it; "
        "lists of different currencies are not compared. No price stays empty: never the base price, never 0."
    )
    permission = STOCK
    parameters = PriceComparisonParameters
    order = "product"

    def columns(self, asked: Parameters) -> list[Column]:
        told = [Column("product", _("product"), "product")]
        for each, first in compared(lists(asked)):
            name = each.name or each.external_id
            told.append(
                Column(f"price_{each.pk}", name, "money", f"={each.currency_code}", nothing=_("no price"))
            )
            if first is not None:
                title = _("%(list)s, difference")
                told.append(
                    Column(f"difference_{each.pk}", _Named(title, {"list": name}), "percent", note=str(first))
                )
        return told

    def rows(self, asked: Parameters) -> Iterable[Row]:
        found, show = lists(asked), asked.value("show")
        pairs = compared(found)
        for batch in _batches():
            prices = {each.pk: prices_of(batch, each) for each in found}
            for product in batch:
                told: dict[int, Decimal | None] = {}
                for each in found:
                    price = prices[each.pk][product.pk].at(Decimal(1))
                    told[each.pk] = price.amount if price else None
                cells = _cells(pairs, told)
                is_missing = None in told.values()
                is_different = any(cell for cell, is_difference in cells if is_difference)
                if show == "all" or (is_missing if show == "missing" else is_different):
                    yield (product.pk, *(cell for cell, _is_difference in cells))

    def notes(self, asked: Parameters) -> Iterable[Note]:
        yield from counted(
            "%(count)s list has not been read whole yet; prices that it lacks may come.",
            "%(count)s lists have not been read whole yet; prices that they lack may come.",
            sum(each.detail_at is None for each in lists(asked)),
            "warn",
        )

    def weight(self, asked: Parameters) -> int:
        return at_most(Product.objects.live()) * max(1, len(lists(asked)))


class _Named:
    """A translated sentence about a list, made when it is shown."""

    def __init__(self, text: Any, facts: dict[str, str]):
        self._text, self._facts = text, facts

    def __str__(self) -> str:
        return str(self._text) % self._facts


def _cells(
    pairs: Sequence[tuple[PriceList, PriceList | None]], told: dict[int, Decimal | None]
) -> list[tuple[Decimal | None, bool]]:
    """(value, is it a difference) in the order of the columns."""
    found: list[tuple[Decimal | None, bool]] = []
    for each, first in pairs:
        price = told[each.pk]
        found.append((price, False))
        if first is not None:
            base = told[first.pk]
            known = price is not None and base
            percent = (100 * (price - base) / base).quantize(Decimal("0.1")) if known else None  # type: ignore[operator]
            found.append((percent, True))
    return found


def _batches() -> Iterator[list[Product]]:
    """Active products that are still at the source; each with its organisation at hand."""
    companies = {each.pk: each for each in Organization.objects.all()}
    rows = Product.objects.live().exclude(is_active=False).order_by("pk")
    left = rows.only("pk", "organization_id", "unit_price", "removed_at").iterator(chunk_size=BATCH)
    while batch := list(islice(left, BATCH)):
        for product in batch:
            product.organization = companies[product.organization_id]
        yield batch
