"""Zoho sales returns: their listing obeys nothing but paging (zoho-api.md, 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import SalesOrder, SalesReturn, SalesReturnLine

from .base import Field
from .converters import number
from .documents import CUSTOMER, LINE, TO_CUSTOMER, Lines, document
from .registry import register

sales_returns = register(
    document(
        entity="sales_returns",
        label=_("Sales returns"),
        model=SalesReturn,
        path="salesreturns",
        detail_key="salesreturn",
        id_key="salesreturn_id",
        number_key="salesreturn_number",
        fields={
            **CUSTOMER,
            "status": Field("salesreturn_status"),
            "receive_status": Field("receive_status"),
            "refund_status": Field("refund_status"),
            "reason": Field("reason"),
            "quantity": Field("quantity", number),
            "refunded": Field("refunded_amount", number),
            "sales_order_number": Field("salesorder_number"),
        },
        links={**TO_CUSTOMER, "sales_order": (SalesOrder, ("salesorder_id",))},
        lines=Lines(model=SalesReturnLine, fields={**LINE, "rate": Field("rate", number)}),
        watches_all=True,
        newest_by="",
        depends_on=("sales_orders",),
        events=("salesreturn",),
    )
)
