"""New records of each kind, with sensible defaults, before anything that was said of them is written in."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

from .dataset.contacts import build_contact
from .dataset.documents import build_document
from .dataset.places import build_location, build_user
from .dataset.pricebooks import build_pricebook
from .lookup import EditError, figure, find
from .records import Record, Stock
from .shapes.kinds import DOCUMENTS
from .world import World


def new_record(world: World, kind: str, fields: dict[str, Any]) -> Record:
    """Not yet in its table. Raises EditError for a kind that nobody can add to."""
    makers = {
        "items": _new_item,
        "users": _new_user,
        "contacts": _new_contact,
        "pricebooks": _new_pricebook,
        "locations": _new_location,
    }
    if kind in DOCUMENTS:
        return build_document(world, kind, fields)
    if kind in makers:
        return makers[kind](world, fields)
    known = ", ".join((*makers, "compositeitems", *DOCUMENTS))
    raise EditError(f"Records can be added to {known}, not to {kind!r}.")


def _new_item(world: World, fields: dict[str, Any]) -> Record:
    form = {"name": f"New item {len(world.table('items')) + 1}", "rate": Decimal("1000.00"), "unit": "pcs"}
    counted = (
        fields.get("track_inventory", True) is not False and fields.get("product_type", "goods") == "goods"
    )
    record = Record(world.new_id(), form, {}, 0, 0, stock={} if counted else None)
    for location_id, amount in (fields.get("stock") or {}).items():
        if not counted:
            raise EditError("An item that is not counted cannot have stock.")
        number = figure("stock", amount)
        place = find(world, "locations", location_id)
        record.shelves[place.id] = Stock(on_hand=number, available=number, actual=number)
    return record


def _new_user(world: World, fields: dict[str, Any]) -> Record:
    return build_user(world, str(fields.get("name") or f"Clerk {len(world.table('users')) + 1}"), "Staff")


def _new_contact(world: World, fields: dict[str, Any]) -> Record:
    number = len(world.table("contacts"))
    record = build_contact(world, random.Random(number), number, str(fields.get("contact_type", "customer")))
    record.fields["status"] = "active"
    if world.size.documents:  # nobody owes anything that no document tells of
        owed = [key for key in record.fields if key.startswith(("outstanding_", "unused_"))]
        record.fields.update(dict.fromkeys(owed, Decimal("0.00")))
    return record


def _new_pricebook(world: World, fields: dict[str, Any]) -> Record:
    chosen = {
        key: fields[key] for key in ("currency_code", "pricebook_type", "pricing_scheme") if key in fields
    }
    return build_pricebook(world, **chosen)


def _new_location(world: World, fields: dict[str, Any]) -> Record:
    return build_location(world, len(world.table("locations")))
