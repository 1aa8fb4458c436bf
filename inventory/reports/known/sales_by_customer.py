"""What was sold, customer by customer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .. import sold
from ..base import Column, Note, Report, Row, counted, ratio, share
from ..parameters import CurrencyField, InPeriod, Parameters
from ..registry import register
from ..sold import Sold


class SalesByCustomerParameters(InPeriod):
    currency = CurrencyField()


def sales_rows(by_document: dict[tuple, Sold], by_line: dict[tuple, Sold]) -> Iterable[Row]:
    """(subject, currency, invoices, credit notes, quantity, invoiced, credited, revenue, average, share) of each;
    the keys are (subject, currency)."""
    whole: dict[str, Decimal] = defaultdict(Decimal)
    for (_subject, currency), each in by_document.items():
        whole[currency] += each.revenue
    for key, each in by_document.items():
        goods = by_line.get(key)
        yield (
            *key, each.documents, each.credit_notes, goods.quantity if goods else None, each.invoiced, each.credited,
            each.revenue, ratio(each.invoiced, each.documents), share(each.revenue, whole[key[1]]),
        )  # fmt: skip


def sales_columns(subject: Column) -> list[Column]:
    return [
        subject,
        Column("currency", _("currency")),
        Column("documents", _("invoices"), "count", sums=True),
        Column("credit_notes", _("credit notes"), "count", sums=True),
        Column(
            "quantity", _("net quantity"), "quantity", sums=True, note=_("From lines that have been read.")
        ),
        Column("invoiced", _("invoiced"), "money", "currency", sums=True),
        Column("credited", _("credited"), "money", "currency", sums=True),
        Column("revenue", _("net revenue"), "money", "currency", sums=True),
        Column("average", _("average invoice"), "money", "currency"),
        Column("share", _("share"), "percent"),
    ]


METHOD = _(
    "The totals of invoices less those of credit notes, with tax, shipping and discounts, by the document's date in "
    "the company's zone. Drafts, void, cancelled and rejected documents and those that wait for approval do not count. "
    "The quantity comes from the documents' lines. The share is that of the net revenue in the same currency. "
    "Currencies are never added together."
)


@register
class SalesByCustomer(Report):
    key = "sales-by-customer"
    place = 50
    icon = "group"
    title = _("Sales by customer")
    question = _("Who bought in a period: how many invoices, how many goods, for how much?")
    method = METHOD
    behind = _("invoices")
    parameters = SalesByCustomerParameters
    order = "-revenue"

    def columns(self, asked: Parameters) -> list[Column]:
        return sales_columns(
            Column("customer", _("customer"), "customer", nothing=_("customers not mirrored yet"))
        )

    def rows(self, asked: Parameters) -> Iterable[Row]:
        period, currency = (asked.value("since"), asked.value("until")), asked.value("currency")
        yield from sales_rows(
            sold.invoiced_by(["customer_id", "currency_code"], period, currency),
            sold.sold_by(["document__customer_id", "document__currency_code"], period, currency),
        )

    def notes(self, asked: Parameters) -> Iterable[Note]:
        period = (asked.value("since"), asked.value("until"))
        yield from sold.notes(period)
        yield from counted(
            "%(count)s invoice names a customer who is not mirrored yet.",
            "%(count)s invoices name customers who are not mirrored yet.",
            sold.counting(sold.Invoice, period).filter(customer=None).count(),
            "warn",
        )

    def weight(self, asked: Parameters) -> int:
        return sold.weight((asked.value("since"), asked.value("until")))

    def rows_url(self, asked: Parameters, row: dict[str, Any]) -> str:
        if not row["customer"]:
            return ""
        return f"{reverse('admin:inventory_invoice_changelist')}?customer__id__exact={row['customer']}"
