"""Zoho items become products. Source: Zoho Inventory API v1, "Items"; list rows and details as captured live."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import Product

from . import stock
from .base import Details, Expansion, Field, Kind, Mapping, Processor, Row, custom_fields, identify
from .converters import equals, flag, key, names, number, plain
from .product_prices import PRICES, STAMPS
from .registry import register


def _computed(payload: dict) -> dict[str, Any]:
    """What is spread over several keys: custom fields, variants' attributes, the parcel's size."""
    result = custom_fields(payload)
    if "group_id" in payload or "attribute_name1" in payload:
        result["attributes"] = [
            {
                "id": key(payload.get(f"attribute_id{n}")),
                "name": plain(payload.get(f"attribute_name{n}")),
                "option_id": key(payload.get(f"attribute_option_id{n}")),
                "option": plain(payload.get(f"attribute_option_name{n}")),
            }
            for n in (1, 2, 3)
            if payload.get(f"attribute_name{n}")
        ]
    parcel = payload.get("package_details")
    if isinstance(parcel, dict):
        for name in ("length", "width", "height", "weight"):
            if name in parcel and name not in payload:
                result[name] = number(parcel[name])
        for name in ("weight_unit", "dimension_unit"):
            if name in parcel and name not in payload:
                result[name] = str(plain(parcel[name]) or "")
    return result


mapping = Mapping(
    model=Product,
    fields={
        "name": Field("name", required=True),
        "sku": Field("sku"),  # more than half the rows have none: the key is the id
        "description": Field("description"),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
        "unit": Field("unit"),
        "item_type": Field("item_type"),
        "product_type": Field("product_type"),
        "can_be_sold": Field("can_be_sold", flag),
        "can_be_purchased": Field("can_be_purchased", flag),
        "is_tracked": Field("track_inventory", flag),
        "is_returnable": Field("is_returnable", flag),
        "is_combo": Field("is_combo_product", flag),
        "tax_external_id": Field("tax_id", key),
        "tax_name": Field("tax_name"),
        "tax_percentage": Field("tax_percentage", number),
        "account_external_id": Field("account_id", key),
        "account_name": Field("account_name"),
        "purchase_account_external_id": Field("purchase_account_id", key),
        "purchase_account_name": Field("purchase_account_name"),
        "category_external_id": Field("category_id", key),
        "category_name": Field("category_name"),
        "brand": Field("brand"),
        "manufacturer": Field("manufacturer"),
        "group_external_id": Field("group_id", key),
        "group_name": Field("group_name"),
        "upc": Field("upc"),
        "ean": Field("ean"),
        "isbn": Field("isbn"),
        "part_number": Field("part_number"),
        "reorder_level": Field("reorder_level", number),  # "" in one organisation, 0.0 in another
        "length": Field("length", number),
        "width": Field("width", number),
        "height": Field("height", number),
        "dimension_unit": Field("dimension_unit"),
        "weight": Field("weight", number),
        "weight_unit": Field("weight_unit"),
        "image_name": Field("image_name"),
        "image_type": Field("image_type"),
        "image_document_id": Field("image_document_id", key),
        "tags": Field("tags", names),
        "vendor_external_id": Field("vendor_id", key),  # from here on in details only
        "vendor_name": Field("vendor_name"),
        "minimum_order_quantity": Field("minimum_order_quantity", number),
        "maximum_order_quantity": Field("maximum_order_quantity", number),
    }
    | PRICES
    | STAMPS,
    computed=_computed,
    history=("unit_price", "purchase_price"),
)


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    """A list row is a product; a detail is a product with its stock, read by the same call."""
    item_id = identify(payload, "item_id")
    product = Row(mapping, item_id, mapping.values(payload), unit=item_id, raw=raw, kind=kind)
    result = Expansion(rows=[product])
    if (
        kind is Kind.DETAIL
        and payload.get("track_inventory")
        and (payload.get("locations") or payload.get("warehouses"))
    ):
        kept = stock.stock_of(stock.read(raw), item_id)
        result.rows += kept.rows
        result.sets += kept.sets
        result.rejected += kept.rejected
        result.stock_totals = kept.stock_totals
    return result


products = register(
    Processor(
        entity="products",
        label=_("Products"),
        mapping=mapping,
        path="items",
        list_key="items",
        id_key="item_id",
        detail_key="item",
        expand=expand,
        details=Details.BULK,
        params={"filter_by": "Status.All"},  # the default hides inactive rows
        modified_filter=True,
        sorts=True,
        depends_on=("warehouses",),
        events=("item",),
    )
)
