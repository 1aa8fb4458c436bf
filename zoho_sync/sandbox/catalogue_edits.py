"""Item groups and composite items as items change: who belongs to a group, what a composite is made of."""

from __future__ import annotations

from typing import Any

from .dataset.catalogue import join_group, part_id
from .lookup import EditError, find
from .records import Record
from .shapes.amounts import number
from .world import World

Part = tuple[str, Any]


def read_parts(world: World, given: Any) -> list[Part]:
    """mapped_items=[{item_id, quantity}] as pairs; EditError for anything else."""
    if not isinstance(given, list) or not all(isinstance(one, dict) for one in given):
        raise EditError("mapped_items must be a list of objects.")
    parts = []
    for one in given:
        quantity = one.get("quantity", 1)
        if number(quantity) <= 0:
            raise EditError(f"A part's quantity must be more than nothing, not {quantity!r}.")
        parts.append((find(world, "items", str(one.get("item_id"))).id, quantity))
    return parts


def give_parts(item: Record, parts: list[Part]) -> None:
    item.parts = [
        {"line_item_id": part_id(item, order), "item_id": item_id, "quantity": quantity}
        for order, (item_id, quantity) in enumerate(parts, start=1)
    ]


def set_parts(world: World, item: Record, fields: dict[str, Any]) -> dict[str, Any]:
    """Give a composite other parts if fields name them; the rest of the fields."""
    if "mapped_items" in fields:
        give_parts(item, read_parts(world, fields["mapped_items"]))
    return {key: value for key, value in fields.items() if key != "mapped_items"}


def follow_item(world: World, item: Record) -> None:
    """An item was added, changed or deleted: it is in the list of composites, and in the group it names."""
    composites = world.table("compositeitems")
    if world.record("items", item.id) is item and item.fields.get("is_combo_product"):
        composites.put(item)
    else:
        composites.remove(item.id)
    if world.record("items", item.id) is item:
        join_group(world, item)
    world.table("itemgroups").changed()


def follow_group(world: World, group: Record) -> None:
    """Its items say the group's name; a group that is deleted leaves them ungrouped."""
    is_there = world.record("itemgroups", group.id) is group
    for item_id in (group.links or {}).get("items", ()):
        item = world.record("items", item_id)
        if item is None or item.fields.get("group_id") != group.id:
            continue
        if is_there:
            item.fields["group_name"] = group.fields["group_name"]
        else:
            item.fields.update(group_id="", group_name="")
        item.touch()
    world.table("items").changed()
