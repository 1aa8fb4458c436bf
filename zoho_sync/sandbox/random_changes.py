"""A busy day in the organisation: seeded changes of every kind that a mirror has to notice."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import edits
from .random_documents import DOCUMENT_MAKERS, DOCUMENT_WEIGHTS
from .records import Record
from .world import World

Done = dict[str, Any]


def random_changes(world: World, count: int, seed: int, documents: bool = False) -> list[Done]:
    """Make `count` changes; the list says of each what was done, to which kind, and to which id.

    documents: stock moves by bills, invoices, orders and their like, as in real life, so that webhooks tell of it.
    """
    draw = random.Random(f"changes-{seed}")
    makers = _MAKERS | _BY_DOCUMENT if documents else _MAKERS
    if documents and world.size.documents:
        makers = makers | DOCUMENT_MAKERS
    done: list[Done] = []
    for _ in range(count):
        kinds = [name for name in makers for _ in range(_WEIGHTS[name])]
        for name in draw.sample(kinds, len(kinds)):  # the first that is possible in this organisation
            made = makers[name](world, draw)
            if made is not None:
                done.append({"what": name, **made})
                break
    return done


def _pick(draw: random.Random, records: list[Record]) -> Record | None:
    return draw.choice(records) if records else None


def _items(world: World) -> list[Record]:
    return world.table("items").listing("every item", lambda records: sorted(records, key=lambda r: r.id))


def _counted(world: World) -> list[Record]:
    build = lambda records: sorted((r for r in records if r.stock is not None), key=lambda r: r.id)  # noqa: E731
    return world.table("items").listing("every counted item", build)


def _locations(world: World) -> list[str]:
    return [record.id for record in world.table("locations")]


def _rename(world: World, draw: random.Random) -> Done | None:
    item = _pick(draw, _items(world))
    if item is None:
        return None
    name = f"{str(item.fields.get('name', '')).strip()} v{draw.randrange(2, 99)}"
    edits.change(world, "items", item.id, {"name": name}, bump=True, drop=[])
    return {"kind": "items", "id": item.id}


def _reprice(world: World, draw: random.Random) -> Done | None:
    item = _pick(draw, _items(world))
    if item is None:
        return None
    rate = Decimal(draw.randrange(250, 400_000, 250)).quantize(Decimal("0.01"))
    edits.change(world, "items", item.id, {"rate": rate}, bump=True, drop=[])
    return {"kind": "items", "id": item.id}


def _status(world: World, draw: random.Random) -> Done | None:
    item = _pick(draw, _items(world))
    if item is None:
        return None
    status = "inactive" if item.fields.get("status", "active") == "active" else "active"
    edits.change(world, "items", item.id, {"status": status}, bump=True, drop=[])
    return {"kind": "items", "id": item.id}


def _stock(world: World, draw: random.Random) -> Done | None:
    """A sale or a receipt: no modification time moves."""
    item = _pick(draw, _counted(world))
    if item is None:
        return None
    place = draw.choice(_locations(world))
    old = item.shelves.get(place)
    amount = (old.on_hand if old else Decimal(0)) + draw.choice((-3, -2, -1, 1, 5, 40))
    edits.set_stock(world, item.id, place, {"on_hand": amount})
    return {"kind": "items", "id": item.id, "location_id": place}


def _commitment(world: World, draw: random.Random) -> Done | None:
    """A confirmed order: neither the time nor any total of the list row moves."""
    item = _pick(draw, _counted(world))
    if item is None:
        return None
    place = draw.choice(_locations(world))
    old = item.shelves.get(place)
    amount = (old.committed if old else Decimal(0)) + draw.randrange(1, 5)
    edits.set_stock(world, item.id, place, {"committed": amount, "actual_committed": amount})
    return {"kind": "items", "id": item.id, "location_id": place}


def _transfer(world: World, draw: random.Random) -> Done | None:
    """From one location to another: every total stays as it was."""
    places = _locations(world)
    item = _pick(draw, _counted(world))
    if item is None or len(places) < 2:
        return None
    source, target = draw.sample(places, 2)
    amount = draw.randrange(1, 9)
    for place, moved in ((source, -amount), (target, amount)):
        old = item.shelves.get(place)
        edits.set_stock(world, item.id, place, {"on_hand": (old.on_hand if old else Decimal(0)) + moved})
    return {"kind": "items", "id": item.id, "location_id": source, "to_location_id": target}


def _document(world: World, draw: random.Random, kind: str, quantity: int) -> Done | None:
    item = _pick(draw, _counted(world))
    if item is None:
        return None
    line = {"item_id": item.id, "quantity": quantity, "location_id": draw.choice(_locations(world))}
    made = edits.add(world, kind, {"line_items": [line], "moves_stock": True})
    return {"kind": kind, "id": made, "item_id": item.id, "location_id": line["location_id"]}


def _stock_document(world: World, draw: random.Random) -> Done | None:
    kind = draw.choice(
        ("bills", "invoices", "inventoryadjustments", "packages", "creditnotes", "salesreturns")
    )
    return _document(world, draw, kind, draw.randrange(1, 9))


def _order(world: World, draw: random.Random) -> Done | None:
    return _document(world, draw, "salesorders", draw.randrange(1, 5))


def _transfer_order(world: World, draw: random.Random) -> Done | None:
    if len(_locations(world)) < 2:
        return None
    return _document(world, draw, "transferorders", draw.randrange(1, 9))


def _new_item(world: World, draw: random.Random) -> Done | None:
    place = draw.choice(_locations(world))
    fields = {"name": f"Newly added {draw.randrange(10**6)}", "stock": {place: draw.randrange(0, 50)}}
    return {"kind": "items", "id": edits.add(world, "items", fields)}


def _new_contact(world: World, draw: random.Random) -> Done | None:
    fields = {"contact_name": f"زبون جديد {draw.randrange(10**6)}", "contact_type": "customer"}
    return {"kind": "contacts", "id": edits.add(world, "contacts", fields)}


def _contact(world: World, draw: random.Random) -> Done | None:
    contact = _pick(draw, list(world.table("contacts")))
    if contact is None:
        return None
    edits.change(
        world, "contacts", contact.id, {"mobile": f"+9647{draw.randrange(10**8, 10**9)}"}, bump=True, drop=[]
    )
    return {"kind": "contacts", "id": contact.id}


def _contact_list(world: World, draw: random.Random) -> Done | None:
    customers = [r for r in world.table("contacts") if r.fields.get("contact_type") == "customer"]
    pricebook = _pick(draw, list(world.table("pricebooks")))
    if not customers or pricebook is None:
        return None
    contact = draw.choice(customers)
    edits.change(world, "contacts", contact.id, {"pricebook_id": pricebook.id}, bump=True, drop=[])
    return {"kind": "contacts", "id": contact.id, "pricebook_id": pricebook.id}


def _list_row(world: World, draw: random.Random) -> Done | None:
    """A price changed, added or taken out of a list; no modification time moves."""
    lists = [r for r in world.table("pricebooks") if r.fields["pricebook_type"] == "per_item"]
    pricebook, item = _pick(draw, lists), _pick(draw, _items(world))
    if pricebook is None or item is None:
        return None
    rate = None if draw.random() < 0.15 else Decimal(draw.randrange(25, 90_000)) / 100
    brackets = None
    if rate is not None and pricebook.fields["pricing_scheme"] == "volume":
        brackets = [{"start_quantity": 1, "end_quantity": 9, "pricebook_rate": rate}]
        brackets.append({"start_quantity": 10, "end_quantity": "", "pricebook_rate": rate / 2})
    edits.set_price(world, pricebook.id, item.id, rate, brackets, bump=False)
    return {"kind": "pricebooks", "id": pricebook.id, "item_id": item.id}


_MAKERS: dict[str, Callable[[World, random.Random], Done | None]] = {
    "rename": _rename,
    "reprice": _reprice,
    "status": _status,
    "stock": _stock,
    "commitment": _commitment,
    "transfer": _transfer,
    "new item": _new_item,
    "new contact": _new_contact,
    "contact": _contact,
    "contact price list": _contact_list,
    "price list row": _list_row,
}
_BY_DOCUMENT: dict[str, Callable[[World, random.Random], Done | None]] = {
    "stock": _stock_document,
    "commitment": _order,
    "transfer": _transfer_order,
}
_WEIGHTS = {
    "rename": 3,
    "reprice": 3,
    "status": 1,
    "stock": 5,
    "commitment": 2,
    "transfer": 3,
    "new item": 2,
    "new contact": 1,
    "contact": 2,
    "contact price list": 2,
    "price list row": 3,
} | DOCUMENT_WEIGHTS
