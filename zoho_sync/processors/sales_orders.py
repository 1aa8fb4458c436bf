"""Zoho sales orders. A line keeps how much of it was packed, shipped and invoiced."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import SalesOrder, SalesOrderLine

from .base import Field
from .converters import day, number
from .documents import CUSTOMER, PRICED, PRICED_LINE, TO_CUSTOMER, Lines, document
from .registry import register

_PROGRESS = {
    "quantity_packed": Field("quantity_packed", number),
    "quantity_shipped": Field("quantity_shipped", number),
    "quantity_invoiced": Field("quantity_invoiced", number),
}

sales_orders = register(
    document(
        entity="sales_orders",
        label=_("Sales orders"),
        model=SalesOrder,
        path="salesorders",
        detail_key="salesorder",
        id_key="salesorder_id",
        number_key="salesorder_number",
        fields={
            **PRICED,
            **CUSTOMER,
            **_PROGRESS,
            "order_status": Field("order_status"),
            "invoiced_status": Field("invoiced_status"),
            "paid_status": Field("paid_status"),
            "shipped_status": Field("shipped_status"),
            "shipment_date": Field("shipment_date", day),
            "quantity": Field("quantity", number),
            "delivery_method": Field("delivery_method"),
            "sales_channel": Field("sales_channel"),
        },
        links=TO_CUSTOMER,
        lines=Lines(model=SalesOrderLine, fields={**PRICED_LINE, **_PROGRESS}),
        modified_filter=True,
        sorts=True,
        apis=("books", "inventory"),
        open_filter="Status.Open",
        depends_on=("products", "customers"),
        events=("salesorder",),
    )
)
