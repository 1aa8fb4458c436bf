"""Zoho purchase orders. The published contract calls a detail purchase_order, live answers purchaseorder."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import PurchaseOrder, PurchaseOrderLine

from .base import Field
from .converters import day, number
from .documents import PRICED, PRICED_LINE, TO_VENDOR, VENDOR, Lines, document
from .registry import register

purchase_orders = register(
    document(
        entity="purchase_orders",
        label=_("Purchase orders"),
        model=PurchaseOrder,
        path="purchaseorders",
        detail_key="purchaseorder",
        id_key="purchaseorder_id",
        number_key="purchaseorder_number",
        fields={
            **PRICED,
            **VENDOR,
            "delivery_date": Field("delivery_date", day),
            "expected_date": Field("expected_delivery_date", day),
        },
        links=TO_VENDOR,
        lines=Lines(
            model=PurchaseOrderLine,
            fields={
                **PRICED_LINE,
                "quantity_received": Field("quantity_received", number),
                "quantity_billed": Field("quantity_billed", number),
            },
        ),
        modified_filter=True,
        apis=("books", "inventory"),
        open_filter="Status.Open",
        depends_on=("products", "vendors"),
        events=("purchaseorder",),
    )
)
