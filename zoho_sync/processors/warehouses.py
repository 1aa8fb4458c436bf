"""Zoho locations become warehouses. Source: Zoho Inventory API v1, "Locations"; older organisations: "Warehouses"."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import Warehouse

from .base import Expansion, Field, Kind, Mapping, Processor, Row, identify, picked
from .converters import equals, flag, key
from .registry import register

_ADDRESS = (
    "attention",
    "street_address1",
    "street_address2",
    "address",
    "city",
    "state",
    "state_code",
    "country",
    "zip",
)


def _address(payload: dict) -> dict[str, Any]:
    nested = payload.get("address")
    if isinstance(nested, dict):
        return {"address": picked(nested, _ADDRESS)}
    return {"address": picked(payload, _ADDRESS)} if "city" in payload else {}


def _named(id_key: str, name_key: str, name: str = "") -> Mapping:
    return Mapping(
        name=name,
        model=Warehouse,
        fields={
            "name": Field(name_key, required=True),
            "kind": Field("type"),
            "status": Field("status"),
            "is_active": Field("status", equals("active")),
            "is_primary": Field("is_primary", flag),
            "parent_external_id": Field("parent_location_id", key),
            "phone": Field("phone"),
            "email": Field("email"),
        },
        computed=_address,
    )


locations = _named("location_id", "location_name")
older = _named(
    "warehouse_id", "warehouse_name", "warehouse: older"
)  # the same ids: a migrated warehouse goes on as a location


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    """A location, a warehouse of an older organisation, or the mention of either in an item's detail."""
    is_location = "location_id" in payload
    external_id = identify(payload, "location_id" if is_location else "warehouse_id")
    mapping = locations if is_location else older
    return Expansion(
        [Row(mapping, external_id, mapping.values(payload), unit=external_id, raw=raw, kind=kind)]
    )


warehouses = register(
    Processor(
        entity="warehouses",
        label=_("Warehouses"),
        mapping=locations,
        path="locations",
        list_key="locations",
        id_key="location_id",
        detail_key="location",
        expand=expand,
        paged=False,
        lane="warehouses",
    )
)
