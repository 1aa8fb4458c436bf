"""What things cost at a past moment."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from ...models import PriceChange, PriceListItem, Product
from .. import past
from ..base import STOCK, Column, Note, Report, Row, at_most, ratio
from ..parameters import MomentField, Parameters, price_lists_field
from ..registry import register


class PastPricesParameters(Parameters):
    at = MomentField(label=_("At"), help_text=_("In the company's own time."))
    price_list = price_lists_field(_("Price lists"), _("None chosen: base prices."))
    show = forms.ChoiceField(
        label=_("Show"),
        initial="all",
        choices=[("all", _("every price")), ("changed", _("what is another now"))],
    )


def own(asked: Parameters) -> Any:
    there = Q(removed_at=None) | Q(removed_at__gt=asked.value("at"))
    return Product.objects.filter(there).order_by()


def listed(asked: Parameters) -> Any:
    there = Q(removed_at=None) | Q(removed_at__gt=asked.value("at"))
    return PriceListItem.objects.filter(there, price_list__in=asked.value("price_list")).order_by()


@register
class PastPrices(Report):
    key = "past-prices"
    place = 100
    icon = "manage_history"
    title = _("Prices at a past moment")
    question = _("What did each product cost at a moment, and what does it cost now?")
    method = _(
        "From the history of prices: what the first change after the moment found; without one, what is stored. A "
        "change counts from when the mirror saw it. What left the source since was there; what was not known yet is "
        "left out. Prices by quantity and lists by percentage are not told."
    )
    permission = STOCK
    behind = _("price changes")
    parameters = PastPricesParameters
    order = "product"

    def columns(self, asked: Parameters) -> list[Column]:
        return [
            Column("product", _("product"), "product"),
            Column("price_list", _("price list"), "price_list", nothing=_("base price")),
            Column("currency", _("currency")),
            Column("then", _("then"), "money", "currency"),
            Column("now", _("now"), "money", "currency"),
            Column("change", _("change since"), "money", "currency"),
            Column("percent", _("change in %"), "percent"),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        show = asked.value("show")
        for *subject, then, now in self._listed(asked) if asked.value("price_list") else self._own(asked):
            if (then is None and now is None) or (show == "changed" and then == now):
                continue
            change = None if then is None or now is None else now - then
            percent = None if change is None or not then else ratio(100 * change, then, "0.1")
            yield (*subject, then, now, change, percent)

    def _own(self, asked: Parameters) -> Iterable[tuple[int, None, str, Decimal | None, Decimal | None]]:
        at = asked.value("at")
        before = past.found_after(PriceChange, at, ("product_id",), price_list=None, figure="unit_price")
        unknown = past.unknown_at("product", asked)
        columns = own(asked).values_list("pk", "organization__currency_code", "unit_price", "removed_at")
        for key, currency, now, removed_at in columns.iterator(chunk_size=5000):
            if key not in unknown:
                yield (key, None, currency, before.get((key,), now), None if removed_at else now)

    def _listed(self, asked: Parameters) -> Iterable[tuple[int, int, str, Decimal | None, Decimal | None]]:
        at = asked.value("at")
        whose = ("product_id", "price_list_id", "currency_code")
        chosen = asked.value("price_list")
        before = past.found_after(PriceChange, at, whose, price_list__in=chosen, figure="rate")
        unknown = past.unknown_at("price", asked)
        columns = listed(asked).values_list("pk", *whose, "rate", "removed_at")
        for key, product, price_list, currency, now, removed_at in columns.iterator(chunk_size=5000):
            if key not in unknown:
                then = before.get((product, price_list, currency), now)
                yield (product, price_list, currency, then, None if removed_at else now)

    def notes(self, asked: Parameters) -> Iterable[Note]:
        kind = "price" if asked.value("price_list") else "product"
        yield from past.notes(kind, len(past.unknown_at(kind, asked)))
        if asked.value("price_list") and listed(asked).exclude(brackets=[]).exists():
            yield Note(gettext_noop("Some products have prices by quantity; those are not told here."))

    def weight(self, asked: Parameters) -> int:
        return 2 * at_most(listed(asked) if asked.value("price_list") else own(asked))

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        return f"{reverse('admin:inventory_pricechange_changelist')}?product__id__exact={row['product']}"
