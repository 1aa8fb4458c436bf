"""What lies and does not sell."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ...days import company_zone
from ...models import Invoice, InvoiceLine, Product, StockLevel
from .. import sold
from ..base import STOCK, Column, Note, Report, Row, at_most, counted, days_between
from ..parameters import FIRST_DAY, Parameters, days_field, warehouses_field
from ..registry import register
from ..sums import ExactSum


class DeadStockParameters(Parameters):
    days = days_field(_("Not sold for … days"), 90)
    warehouse = warehouses_field()


def levels(asked: Parameters) -> QuerySet:
    rows = StockLevel.objects.live().filter(product__removed_at=None, warehouse__removed_at=None).order_by()
    places = asked.value("warehouse")
    return rows.filter(warehouse__in=places) if places else rows


@register
class DeadStock(Report):
    key = "dead-stock"
    place = 30
    icon = "hourglass_disabled"
    title = _("Dead stock")
    question = _(
        "What lies in stock and has not been sold for a long time, since when, and what did it cost?"
    )
    method = _(
        "Products with more than nothing on hand in the chosen warehouses and no sale in the chosen days, today "
        "included. A sale is a line of an invoice that is in force (no draft, not void, not waiting for approval), in "
        "whatever warehouse; returns do not count. Products that were added at the source within these days are left "
        "out: they had no time to sell. The value is on hand × purchase price, in the company's currency."
    )
    permission = STOCK
    behind = _("stock levels")
    parameters = DeadStockParameters
    order, open_order = "-value", "-on_hand"

    def columns(self, asked: Parameters) -> list[Column]:
        return [
            Column("product", _("product"), "product"),
            Column("on_hand", _("on hand"), "quantity", sums=True),
            Column("last_sale", _("last sold"), "date", nothing=_("no sale known")),
            Column("days", _("days without sale"), "count", nothing=_("no sale known")),
            Column("added", _("added at the source"), "date"),
            Column("currency", _("currency"), is_money=True),
            Column("value", _("value at cost"), "money", "currency", sums=True, is_money=True),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        first = self._first_day(asked)
        last_sales, zone = _last_sales(asked.today), company_zone()
        held = levels(asked).values_list("product_id").annotate(ExactSum("on_hand"))
        there = {key: on_hand for key, on_hand in held.iterator(chunk_size=5000) if on_hand and on_hand > 0}
        columns = Product.objects.live().order_by().values_list(
            "pk", "purchase_price", "source_created_at", "organization__currency_code"
        )  # fmt: skip
        for key, price, created_at, currency in columns.iterator(chunk_size=5000):
            on_hand, last = there.get(key), last_sales.get(key)
            added = created_at.astimezone(zone).date() if created_at else None
            is_young = added is not None and added >= first
            if on_hand is None or is_young or (last is not None and last >= first):
                continue
            value = None if price is None else on_hand * price
            yield (key, on_hand, last, days_between(last, asked.today), added, currency, value)

    def notes(self, asked: Parameters) -> Iterable[Note]:
        since = datetime.combine(self._first_day(asked), time(), company_zone())
        young = levels(asked).filter(on_hand__gt=0, product__source_created_at__gte=since)
        yield from counted(
            "%(count)s product with stock was added within these days and is left out.",
            "%(count)s products with stock were added within these days and are left out.",
            young.values("product_id").distinct().count(),
        )
        bare = levels(asked).filter(on_hand__gt=0, product__purchase_price=None)
        yield from counted(
            "%(count)s product with stock has no purchase price and is not valued.",
            "%(count)s products with stock have no purchase price and are not valued.",
            bare.values("product_id").distinct().count(),
            "warn",
        )
        yield from sold.notes((self._first_day(asked), asked.today))

    def weight(self, asked: Parameters) -> int:
        return at_most(StockLevel.objects.live()) + at_most(InvoiceLine.objects.live())

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        return f"{reverse('admin:inventory_stocklevel_changelist')}?product__id__exact={row['product']}"

    def _first_day(self, asked: Parameters) -> date:
        return asked.today - timedelta(days=asked.value("days") - 1)


def _last_sales(today: date) -> dict[int, date]:
    """{product's key: day of its last sale}. Joined here: the database would read a wide row for every line."""
    days = dict(
        sold.counting(Invoice, (FIRST_DAY, today)).values_list("pk", "date").iterator(chunk_size=5000)
    )
    found: dict[int, date] = {}
    lines = InvoiceLine.objects.live().filter(quantity__gt=0).exclude(product=None).order_by()
    for product, document in lines.values_list("product_id", "document_id").iterator(chunk_size=5000):
        day = days.get(document)
        if day is not None and (product not in found or found[product] < day):
            found[product] = day
    return found
