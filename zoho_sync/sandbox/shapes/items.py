"""Items: a list row without any warehouse, and a detail with every one of them."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..encoding import Fragment, encode_text
from ..records import NO_STOCK, Record, Stock
from ..times import write_time

if TYPE_CHECKING:
    from ..world import World

_SIX_PLACES = Decimal("0.000000")
ROW_DEFAULTS: dict[str, Any] = {
    "name": "",
    "item_name": "",
    "sku": "",
    "category_id": "",
    "category_name": "",
    "brand": "",
    "manufacturer": "",
    "unit": "",
    "status": "active",
    "source": "user",
    "description": "",
    "is_combo_product": False,
    "is_linked_with_zohocrm": False,
    "zcrm_product_id": "",
    "rate": Decimal("0.00"),
    "purchase_rate": Decimal("0.00"),
    "tax_id": "",
    "tax_name": "",
    "tax_percentage": 0,
    "account_id": "5100000000000000388",
    "account_name": "Sales",
    "purchase_account_id": "5100000000000034003",
    "purchase_account_name": "Cost of Goods Sold",
    "can_be_sold": True,
    "can_be_purchased": True,
    "track_inventory": True,
    "item_type": "inventory",
    "product_type": "goods",
    "is_returnable": True,
    "reorder_level": "",
    "upc": "",
    "ean": "",
    "isbn": "",
    "part_number": "",
    "has_attachment": False,
    "image_name": "",
    "image_type": "",
    "image_document_id": "",
    "length": "",
    "width": "",
    "height": "",
    "weight": "",
    "weight_unit": "kg",
    "dimension_unit": "cm",
    "tags": [],
}
DETAIL_DEFAULTS: dict[str, Any] = {
    "unit_id": "",
    "unit_group_id": "",
    "unit_conversions": [],
    "item_tax_preferences": [],
    "tax_type": "",
    "purchase_tax_id": "",
    "inventory_account_id": "5100000000000034001",
    "inventory_account_name": "Inventory Asset",
    "vendor_id": "",
    "vendor_name": "",
    "preferred_vendors": [],
    "pricebook_rate": "",
    "pricing_scheme": "unit",
    "price_brackets": [],
    "default_price_brackets": [],
    "minimum_order_quantity": "",
    "maximum_order_quantity": "",
    "inventory_valuation_method": "fifo",
    "track_serial_number": False,
    "track_batch_number": False,
    "is_fulfillable": True,
    "combo_type": "",
    "documents": [],
    "sales_channels": [],
}
_PACKAGE_KEYS = ("length", "width", "height", "weight", "weight_unit", "dimension_unit")
_STOCK_SUMS = (
    ("stock_on_hand", "on_hand"),
    ("available_stock", "available"),
    ("actual_available_stock", "actual"),
)


def row(world: World, record: Record) -> dict[str, Any]:
    """A row of GET /items: no locations, custom fields flattened, stock only for what is counted."""
    form = {"item_id": record.id, **ROW_DEFAULTS, **record.fields}
    form.pop("image_content", None)  # what the picture shows, which no list tells
    form["item_name"] = form["name"]
    if record.stock is not None:
        figures = record.stock.values()
        for key, name in _STOCK_SUMS:
            form[key] = sum((getattr(one, name) for one in figures), _SIX_PLACES)
    for name in world.custom_fields["items"]:
        value = record.custom.get(name, "")
        form[name] = value if isinstance(value, str) else _display(value)
        form[f"{name}_unformatted"] = value
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def detail(world: World, record: Record) -> dict[str, Any]:
    """GET /items/{id} and one element of GET /itemdetails."""
    form = {"item_id": record.id, **ROW_DEFAULTS, **DETAIL_DEFAULTS, **record.fields, **record.detail}
    form.pop("image_content", None)
    form["item_name"] = form["name"]
    form["sales_rate"] = form["rate"]
    form["package_details"] = {key: form[key] for key in _PACKAGE_KEYS}
    form["custom_fields"] = custom_fields(world, "items", record)
    form["custom_field_hash"] = custom_field_hash(record)
    if record.stock is not None:
        _add_stock(world, record, form)
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def _add_stock(world: World, record: Record, form: dict[str, Any]) -> None:
    figures = list(record.shelves.values())
    for key, name in _STOCK_SUMS:
        form[key] = sum((getattr(one, name) for one in figures), _SIX_PLACES)
    committed = sum((one.committed for one in figures), _SIX_PLACES)
    actual_committed = sum((one.actual_committed for one in figures), _SIX_PLACES)
    form["committed_stock"] = committed
    form["actual_committed_stock"] = actual_committed
    form["available_for_sale_stock"] = form["available_stock"] - committed
    form["actual_available_for_sale_stock"] = form["actual_available_stock"] - actual_committed
    form["initial_stock"] = sum((one.initial for one in figures), _SIX_PLACES)
    form["asset_value"] = sum((one.asset_value for one in figures), Decimal("0.00"))
    word = "location" if world.locations_enabled else "warehouse"
    parts = (
        _location_text(world, word, place, record.shelves.get(place.id)) for place in world.table("locations")
    )
    form[f"{word}s"] = Fragment(f"[{','.join(parts)}]")


def _location_text(world: World, word: str, place: Record, stock: Stock | None) -> str:
    """Most items lie in few locations: the empty form of each is written once and kept."""
    if stock is not None:
        return encode_text(_location(word, place, stock))
    key = (word, place.id)
    if key not in world.empty_places:
        world.empty_places[key] = encode_text(_location(word, place, NO_STOCK))
    return world.empty_places[key]


def _location(word: str, place: Record, stock: Stock) -> dict[str, Any]:
    """One element of locations[]; an organisation without Locations says warehouse in every key."""
    form = {
        f"{word}_id": place.id,
        f"{word}_name": place.fields["location_name"],
        "status": place.fields["status"],
        "is_primary": place.fields["is_primary"],
        f"is_primary_{word}": place.fields["is_primary"],
        "is_item_mapped": True,
        f"is_general_{word}": place.fields["type"] == "general",
        f"{word}_stock_on_hand": stock.on_hand,
        f"{word}_available_stock": stock.available,
        f"{word}_actual_available_stock": stock.actual,
        f"{word}_committed_stock": stock.committed,
        f"{word}_actual_committed_stock": stock.actual_committed,
        f"{word}_available_for_sale_stock": stock.available - stock.committed,
        f"{word}_actual_available_for_sale_stock": stock.actual - stock.actual_committed,
        f"{word}_quantity_in_transit": stock.in_transit,
        f"{word}_asset_value": stock.asset_value,
        "initial_stock": stock.initial,
        "initial_stock_rate": stock.initial_rate,
        "batches": [],
        "serial_numbers": [],
        "storages": [],
        "is_storage_location_enabled": False,
        "sales_channels": [],
    }
    if word == "warehouse":
        del form["is_general_warehouse"]
    return form


def custom_fields(world: World, kind: str, record: Record) -> list[dict[str, Any]]:
    """custom_fields[] of a detail; empty ones are left out."""
    found = []
    for name, value in record.custom.items():
        if value == "":
            continue
        known = world.custom_fields[kind].get(name)
        if known is None:  # a field somebody added through the control door
            known = {"customfield_id": "", "label": name, "data_type": "string", "index": 99}
        found.append({**known, "api_name": name, "value": value, "value_formatted": _display(value)})
    return found


def custom_field_hash(record: Record) -> dict[str, Any]:
    pairs: dict[str, Any] = {}
    for name, value in record.custom.items():
        if value != "":
            pairs[name] = _display(value)
            pairs[f"{name}_unformatted"] = value
    return pairs


def _display(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
