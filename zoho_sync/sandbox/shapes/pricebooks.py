"""Price lists: a list row without items, and a detail with them but without any time of change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time

if TYPE_CHECKING:
    from ..world import World


def row(world: World, record: Record) -> dict[str, Any]:
    """A row of GET /pricebooks."""
    return {"pricebook_id": record.id, **record.fields, "last_modified_time": write_time(record.modified)}


def detail(world: World, record: Record) -> dict[str, Any]:
    """GET /pricebooks/{id}: unit rows carry a rate, volume rows only brackets, percentage lists no rows."""
    form = {"pricebook_id": record.id, **record.fields, "is_default": False, "products": []}
    if record.fields["pricebook_type"] == "per_item":
        items = world.table("items").records
        form["pricebook_items"] = [
            _item(items[item_id], own) for item_id, own in record.prices.items() if item_id in items
        ]
    return form


def _item(item: Record, own: dict[str, Any]) -> dict[str, Any]:
    return {
        "item_id": item.id,
        "name": item.fields.get("name", ""),
        **own,
        "can_be_sold": item.fields.get("can_be_sold", True),
        "can_be_purchased": item.fields.get("can_be_purchased", True),
    }
