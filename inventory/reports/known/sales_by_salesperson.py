"""What was sold, salesperson by salesperson."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from .. import sold
from ..base import Column, Note, Report, Row
from ..parameters import Parameters
from ..registry import register
from .sales_by_customer import METHOD, SalesByCustomerParameters, sales_columns, sales_rows

WHO = "salesperson_external_id"


@register
class SalesBySalesperson(Report):
    key = "sales-by-salesperson"
    place = 60
    icon = "badge"
    title = _("Sales by salesperson")
    question = _("Who sold in a period: how many invoices, how many goods, for how much?")
    method = METHOD
    parameters = SalesByCustomerParameters
    order = "-revenue"

    def columns(self, asked: Parameters) -> list[Column]:
        return sales_columns(Column("salesperson", _("salesperson"), nothing=_("no salesperson")))

    def rows(self, asked: Parameters) -> Iterable[Row]:
        """Told apart by the source's id of the person, under the name of the latest spelling."""
        period, currency = (asked.value("since"), asked.value("until")), asked.value("currency")
        names = _names(period)
        told = sales_rows(
            sold.invoiced_by([WHO, "currency_code"], period, currency),
            sold.sold_by([f"document__{WHO}", "document__currency_code"], period, currency),
        )
        for person, *figures in told:
            yield (names.get(person) or person, *figures)

    def notes(self, asked: Parameters) -> Iterable[Note]:
        yield from sold.notes((asked.value("since"), asked.value("until")))

    def weight(self, asked: Parameters) -> int:
        return sold.weight((asked.value("since"), asked.value("until")))


def _names(period: sold.Period) -> dict[str, str]:
    found: dict[str, str] = {}
    for model in (sold.CreditNote, sold.Invoice):
        rows: Any = sold.counting(model, period).exclude(**{WHO: ""}).values_list(WHO)
        found |= dict(rows.annotate(Max("salesperson_name")))
    return found
