"""Item groups and composite items, as they follow from the items themselves.

A group is there because items name it; a composite item is an item of its own that says so. No chance is drawn from the
items' own source, and no id is taken, so that the items are what they were.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from ..records import Record

if TYPE_CHECKING:
    from ..world import World

FEWEST_COMPOSITES = 3
_SHARED = ("brand", "manufacturer", "unit", "description", "product_type")


def build_catalogue(world: World) -> None:
    """Where documents are generated there are at least one group and a few composites, however few the items."""
    if world.size.documents:
        _see_to_composites(world)
        _see_to_a_group(world)
    draw = random.Random(f"composites-{world.seed}")
    for item in world.table("items"):
        join_group(world, item)
        if item.fields.get("is_combo_product"):
            item.parts = _parts(world, draw, item)
            world.table("compositeitems").put(item)


def join_group(world: World, item: Record) -> None:
    """Write an item into the group that it names, which is made if it is the first one."""
    group_id = str(item.fields.get("group_id") or "")
    if not group_id:
        return
    group = world.record("itemgroups", group_id)
    if group is None:
        group = _group(world, group_id, item)
    members = group.links["items"] if group.links else []
    if item.id not in members:
        members.append(item.id)
        group.created, group.modified = min(group.created, item.created), max(group.modified, item.modified)


def _group(world: World, group_id: str, item: Record) -> Record:
    fields = {key: item.fields.get(key, "") for key in _SHARED}
    fields["product_type"] = fields["product_type"] or "goods"
    fields |= {"group_name": item.fields.get("group_name", ""), "status": "active", "source": "user"}
    group = Record(group_id, fields, {}, item.created, item.modified, links={"items": []})
    return world.table("itemgroups").put(group)


def part_id(item: Record, order: int) -> str:
    """The id of a part of a composite: below all ids that are given out, so that none is used up."""
    return str(4 * 10**18 + int(item.id) % 10**16 * 10 + order)


def _parts(world: World, draw: random.Random, item: Record) -> list[dict[str, Any]]:
    plain = world.table("items").listing("what composites are made of", _plain)
    chosen = draw.sample(plain, min(2 + int(draw.random() * 2), len(plain)))
    return [
        {"line_item_id": part_id(item, order), "item_id": one.id, "quantity": 1 + int(draw.random() * 3)}
        for order, one in enumerate(chosen, start=1)
    ]


def _plain(records: list[Record]) -> list[Record]:
    return [r for r in records if r.stock is not None and not r.fields.get("is_combo_product")]


def _free(world: World) -> list[Record]:
    """Active items that are counted and neither a variant nor a composite."""
    return [
        item
        for item in world.table("items")
        if item.stock is not None
        and item.fields["status"] == "active"
        and not item.fields.get("is_combo_product")
        and not item.fields.get("group_id")
    ]


def _see_to_composites(world: World) -> None:
    have = sum(bool(item.fields.get("is_combo_product")) for item in world.table("items"))
    free = _free(world)
    for item in free[: max(min(FEWEST_COMPOSITES - have, len(free) // 4), 0)]:
        item.fields["is_combo_product"] = True


def _see_to_a_group(world: World) -> None:
    free = _free(world)
    if any(item.fields.get("group_id") for item in world.table("items")) or len(free) < 4:
        return
    group_id, attribute_id = world.new_id(), world.new_id()
    for item, size in zip(free[-2:], ("Small", "Large"), strict=True):
        item.fields.update(
            group_id=group_id,
            group_name="Assorted",
            attribute_id1=attribute_id,
            attribute_name1="Size",
            attribute_option_id1=world.new_id(),
            attribute_option_name1=size,
        )
