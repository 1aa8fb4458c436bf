"""What was sold, item by item."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from .. import sold
from ..base import Column, Note, Report, Row, counted, ratio, share
from ..parameters import CurrencyField, InPeriod, Parameters, warehouses_field
from ..registry import register


class SalesByItemParameters(InPeriod):
    currency = CurrencyField()
    warehouse = warehouses_field()


@register
class SalesByItem(Report):
    key = "sales-by-item"
    place = 40
    icon = "inventory_2"
    title = _("Sales by item")
    question = _("Which items were sold in a period: how many, for how much, at what price on average?")
    method = _(
        "Lines of invoices less lines of credit notes, by the document's date in the company's zone. Drafts, void, "
        "cancelled and rejected documents and those that wait for approval do not count. Revenue is the lines' total: "
        "after the line's own discount, before discounts of the whole document, shipping, and tax where prices "
        "exclude it. The average price is what was invoiced divided by how many were sold. The share is that of the "
        "revenue in the same currency. Currencies are never added together."
    )
    parameters = SalesByItemParameters
    order = "-revenue"

    def columns(self, asked: Parameters) -> list[Column]:
        return [
            Column("product", _("product"), "product", nothing=_("lines without a product")),
            Column("currency", _("currency")),
            Column("sold", _("sold"), "quantity", sums=True),
            Column("returned", _("returned"), "quantity", sums=True),
            Column("quantity", _("net quantity"), "quantity", sums=True),
            Column("revenue", _("net revenue"), "money", "currency", sums=True),
            Column("average_price", _("average price"), "money", "currency"),
            Column("documents", _("invoices"), "count"),
            Column("share", _("share"), "percent"),
        ]

    def rows(self, asked: Parameters) -> Iterable[Row]:
        found = sold.sold_by(
            ["product_id", "document__currency_code"],
            (asked.value("since"), asked.value("until")),
            asked.value("currency"),
            asked.value("warehouse"),
        )
        whole: dict[str, Decimal] = defaultdict(Decimal)
        for (_product, currency), each in found.items():
            whole[currency] += each.revenue
        for (product, currency), each in found.items():
            yield (
                product, currency, each.sold, each.returned, each.quantity, each.revenue,
                ratio(each.invoiced, each.sold), each.documents, share(each.revenue, whole[currency]),
            )  # fmt: skip

    def notes(self, asked: Parameters) -> Iterable[Note]:
        period = (asked.value("since"), asked.value("until"))
        yield from sold.notes(period)
        theirs = sold.lines(sold.InvoiceLine, period, asked.value("currency"), asked.value("warehouse"))
        yield from counted(
            "%(count)s line names a product that is not mirrored yet; it stands among those without one.",
            "%(count)s lines name products that are not mirrored yet; they stand among those without one.",
            theirs.filter(product=None).exclude(product_external_id="").count(),
            "warn",
        )

    def weight(self, asked: Parameters) -> int:
        return sold.weight((asked.value("since"), asked.value("until")))
