"""Zoho packages with their shipment, for which there is no listing of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import Package, PackageLine, SalesOrder

from .base import Field, Mapping
from .converters import day, key, number
from .documents import CUSTOMER, TO_CUSTOMER, Lines, document
from .registry import register

_SHIPMENT = {
    "shipment_external_id": ("shipment_id", key),
    "shipment_number": ("shipment_number", None),
    "shipment_status": ("shipment_status", None),
    "shipment_date": ("shipment_date", day),
    "carrier": ("carrier", None),
    "tracking_number": ("tracking_number", None),
    "delivery_method": ("delivery_method", None),
}
_shipment = Mapping(
    model=Package,
    fields={column: Field(name, convert) for column, (name, convert) in _SHIPMENT.items()},
    name="shipment",
)


def _shipped(payload: dict) -> dict[str, Any]:
    """A detail keeps the shipment in an object with other names; a list row may tell it flat."""
    told = {name: payload[name] for name, _convert in _SHIPMENT.values() if name in payload}
    if isinstance(order := payload.get("shipment_order"), dict):
        told |= {name: order[name] for name, _convert in _SHIPMENT.values() if name in order}
        for name, other in (("shipment_status", "status"), ("shipment_date", "shipping_date")):
            if other in order:
                told[name] = order[other]
    return _shipment.values(told)


packages = register(
    document(
        entity="packages",
        label=_("Packages"),
        model=Package,
        path="packages",
        detail_key="package",
        id_key="package_id",
        number_key="package_number",
        fields={
            **CUSTOMER,
            "quantity": Field("total_quantity", number),
            "sales_order_number": Field("salesorder_number"),
        },
        links={**TO_CUSTOMER, "sales_order": (SalesOrder, ("salesorder_id",))},
        computed=_shipped,
        lines=Lines(model=PackageLine),
        sorts=True,
        depends_on=("sales_orders",),
        events=("package",),
    )
)
