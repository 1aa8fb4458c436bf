"""Zoho transfer orders: from one place to another."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import TransferOrder, TransferOrderLine, Warehouse

from .base import Field
from .converters import flag
from .documents import TO_PRODUCT, Lines, document
from .registry import register

transfer_orders = register(
    document(
        entity="transfer_orders",
        label=_("Transfer orders"),
        model=TransferOrder,
        path="transferorders",
        list_key="transfer_orders",
        detail_key="transfer_order",
        id_key="transfer_order_id",
        number_key="transfer_order_number",
        fields={
            "source_notes": Field("description"),
            "is_in_transit": Field("is_intransit_order", flag),
        },
        links={
            "warehouse": (Warehouse, ("from_location_id", "from_warehouse_id")),
            "to_warehouse": (Warehouse, ("to_location_id", "to_warehouse_id")),
        },
        lines=Lines(
            model=TransferOrderLine, quantity="quantity_transfer", links={"product": TO_PRODUCT["product"]}
        ),
        sorts=True,
        depends_on=("products",),
        events=("transfer_order",),
    )
)
