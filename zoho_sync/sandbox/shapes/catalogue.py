"""Item groups with their variants and composite items with their parts, with the stock of the moment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time
from . import items

if TYPE_CHECKING:
    from ..world import World

_VARIANT = (
    "name",
    "status",
    "rate",
    "purchase_rate",
    "reorder_level",
    "stock_on_hand",
    "available_stock",
    "actual_available_stock",
    "sku",
    "upc",
    "ean",
    "isbn",
    "part_number",
    "image_name",
    "image_type",
)
_PART = (
    "name",
    "rate",
    "purchase_rate",
    "sku",
    "image_name",
    "image_type",
    "unit",
    "is_combo_product",
    "description",
    "stock_on_hand",
    "available_stock",
    "actual_available_stock",
)
_PLACES = ("1", "2", "3")
# Keys of an item that a row of GET /compositeitems has.
_COMPOSITE = (
    "name",
    "status",
    "source",
    "description",
    "rate",
    "tax_id",
    "tax_name",
    "tax_percentage",
    "purchase_rate",
    "item_type",
    "product_type",
    "stock_on_hand",
    "available_stock",
    "actual_available_stock",
    "sku",
    "upc",
    "ean",
    "isbn",
    "part_number",
    "reorder_level",
    "image_name",
    "image_type",
    "unit",
    "category_id",
    "category_name",
    "brand",
    "manufacturer",
    "purchase_account_id",
    "purchase_account_name",
    "account_id",
    "account_name",
)


def group(world: World, record: Record) -> dict[str, Any]:
    """A row of GET /itemgroups."""
    members = _members(world, record)
    form: dict[str, Any] = {"group_id": record.id, **record.fields}
    form |= {"is_taxable": True, "tax_id": "", "tax_name": "", "tax_percentage": 0}
    for place in _PLACES:
        named = next((one for one in members if one.fields.get(f"attribute_id{place}")), None)
        for key in (f"attribute_id{place}", f"attribute_name{place}"):
            form[key] = named.fields[key] if named else ""
    form["items"] = [_variant(world, one) for one in members]
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def group_detail(world: World, record: Record) -> dict[str, Any]:
    """GET /itemgroups/{id}: the attributes with all their options besides."""
    form = group(world, record)
    members = _members(world, record)
    form["attributes"] = [
        {
            "id": form[f"attribute_id{place}"],
            "name": form[f"attribute_name{place}"],
            "options": _options(members, place),
        }
        for place in _PLACES
        if form[f"attribute_id{place}"]
    ]
    return form


def composite(world: World, record: Record) -> dict[str, Any]:
    """A row of GET /compositeitems: the item under a key of its own, without its parts."""
    told = items.row(world, record)
    form = {"composite_item_id": record.id} | {key: told[key] for key in _COMPOSITE if key in told}
    form |= {"is_combo_product": True, "is_taxable": True, "combo_type": combo_type(record)}
    for key in told:
        if key.startswith("cf_"):
            form[key] = told[key]
    form["created_time"], form["last_modified_time"] = told["created_time"], told["last_modified_time"]
    return form


def composite_detail(world: World, record: Record) -> dict[str, Any]:
    """GET /compositeitems/{id}: the item's detail with mapped_items[]."""
    form = items.detail(world, record)
    form["composite_item_id"] = form.pop("item_id")
    form["combo_type"] = combo_type(record)
    form["mapped_items"] = [
        told
        for order, part in enumerate(record.parts or (), start=1)
        if (told := _part(world, part, order)) is not None
    ]
    return form


def combo_type(record: Record) -> str:
    """Every third is an assembly, which is put together beforehand; the others are kits."""
    return str(record.detail.get("combo_type") or ("assembly" if int(record.id[-6:]) % 3 == 0 else "kit"))


def _members(world: World, record: Record) -> list[Record]:
    table = world.table("items").records
    ids = (record.links or {}).get("items", ())
    return [table[one] for one in ids if one in table and table[one].fields.get("group_id") == record.id]


def _variant(world: World, item: Record) -> dict[str, Any]:
    told = items.row(world, item)
    form: dict[str, Any] = {"item_id": item.id} | {key: told.get(key, "") for key in _VARIANT}
    for place in _PLACES:
        for key in (f"attribute_option_id{place}", f"attribute_option_name{place}"):
            form[key] = told.get(key, "")
    return form


def _options(members: list[Record], place: str) -> list[dict[str, str]]:
    pairs = {
        one.fields[f"attribute_option_id{place}"]: one.fields[f"attribute_option_name{place}"]
        for one in members
        if one.fields.get(f"attribute_option_id{place}")
    }
    return [{"id": key, "name": name} for key, name in pairs.items()]


def _part(world: World, part: dict[str, Any], order: int) -> dict[str, Any] | None:
    item = world.record("items", part["item_id"])
    if item is None:
        return None
    told = items.row(world, item)
    return {**part, "item_order": order, **{key: told.get(key, "") for key in _PART}}
