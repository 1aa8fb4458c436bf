"""Changes to the organisation, as its staff would make them in Zoho. Call them with the world's lock held."""

from __future__ import annotations

import random
from decimal import Decimal, InvalidOperation
from typing import Any

from .dataset.contacts import build_contact
from .dataset.documents import build_document, document_lines
from .dataset.places import build_location
from .dataset.pricebooks import build_pricebook
from .encoding import to_bytes
from .movements import move
from .records import Record, Stock
from .shapes import SHAPES
from .shapes.contacts import DETAIL_KEYS as CONTACT_DETAIL_KEYS
from .shapes.documents import DOCUMENTS
from .shapes.items import DETAIL_DEFAULTS as ITEM_DETAIL_DEFAULTS
from .times import read_time
from .world import World

# Argument of set_stock: attribute of Stock. The sums and the figures for sale follow from these.
STOCK_FIGURES = {
    "on_hand": "on_hand",
    "available": "available",
    "actual": "actual",
    "committed": "committed",
    "actual_committed": "actual_committed",
    "in_transit": "in_transit",
    "asset_value": "asset_value",
    "initial_stock": "initial",
    "initial_stock_rate": "initial_rate",
}
_COUNTED = {"stock_on_hand", "available_stock", "actual_available_stock", "locations", "warehouses"}
_DETAIL_KEYS = {"items": frozenset(ITEM_DETAIL_DEFAULTS), "contacts": CONTACT_DETAIL_KEYS}


class EditError(ValueError):
    """A change that makes no sense; the text says why."""


def find(world: World, kind: str, record_id: str) -> Record:
    """The record, or EditError."""
    if kind not in world.tables:
        raise EditError(f"There is no kind {kind!r}; there are {', '.join(sorted(world.tables))}.")
    record = world.record(kind, str(record_id))
    if record is None:
        raise EditError(f"There is no record {record_id} among the {kind}.")
    return record


def change(
    world: World, kind: str, record_id: str, fields: dict[str, Any], *, bump: bool, drop: list[str]
) -> None:
    """Set fields, and leave out the keys named in `drop`. bump moves the modification time to now."""
    record = find(world, kind, record_id)
    if kind == "items" and record.stock is not None and _COUNTED & fields.keys():
        raise EditError("Stock of a counted item is set location by location, with set_stock.")
    if kind in DOCUMENTS:
        _rewrite(world, kind, record, fields)
    else:
        _apply(world, kind, record, fields)
    if drop:
        record.dropped = (record.dropped or set()) | set(drop)
    if bump:
        record.modified = max(world.now(), record.modified)
    _announce(world, kind, record)
    world.happened(kind, "edited", record)


def add(world: World, kind: str, fields: dict[str, Any]) -> str:
    """A new record with sensible defaults; the id is answered. Items take stock={location_id: on hand}.

    Documents take line_items=[{item_id, quantity, location_id}], and moves_stock=True to count in the stock.
    """
    makers = {
        "items": _new_item,
        "contacts": _new_contact,
        "pricebooks": _new_pricebook,
        "locations": _new_location,
    }
    if kind in DOCUMENTS:
        record = build_document(world, kind, fields)
    elif kind in makers:
        record = makers[kind](world, fields)
    else:
        raise EditError(f"Records can be added to {', '.join((*makers, *DOCUMENTS))}, not to {kind!r}.")
    record.created = record.modified = world.now()
    if kind in DOCUMENTS:
        _rewrite(world, kind, record, fields)
    else:
        _apply(world, kind, record, fields)
    world.table(kind).put(record)
    _announce(world, kind, record)
    world.happened(kind, "created", record)
    return record.id


def delete(world: World, kind: str, record_id: str) -> None:
    """The record leaves every list; what pointed at it stops doing so."""
    record = find(world, kind, record_id)
    world.table(kind).remove(record.id)
    if record.moves_stock:
        move(world, kind, record.fields, -1)
    if kind == "items":
        for pricebook in world.table("pricebooks"):
            if pricebook.rows and pricebook.rows.pop(record.id, None) is not None:
                pricebook.touch()
    if kind == "pricebooks":
        for contact in world.table("contacts"):
            if contact.detail.get("pricebook_id") == record.id:
                contact.detail["pricebook_id"] = ""
    if kind == "locations":
        for item in world.table("items"):
            if item.stock and item.stock.pop(record.id, None) is not None:
                item.touch()
    _announce(world, kind, record)
    world.happened(kind, "deleted", record)


def set_stock(world: World, item_id: str, location_id: str, figures: dict[str, Any]) -> None:
    """Set figures of one item in one location, and never its modification time.

    on_hand moves `available` and `actual` with it by the same amount, unless they are given too.
    """
    item, place = find(world, "items", item_id), find(world, "locations", location_id)
    if item.stock is None:
        raise EditError(f"Zoho does not count item {item.id}; it has no stock to set.")
    unknown = figures.keys() - STOCK_FIGURES.keys()
    if unknown:
        raise EditError(f"There is no figure {sorted(unknown)[0]!r}; there are {', '.join(STOCK_FIGURES)}.")
    stock = item.stock.get(place.id) or Stock()
    numbers = {STOCK_FIGURES[name]: _figure(name, value) for name, value in figures.items()}
    if "on_hand" in numbers:
        moved = numbers["on_hand"] - stock.on_hand
        numbers.setdefault("available", stock.available + moved)
        numbers.setdefault("actual", stock.actual + moved)
    for name, value in numbers.items():
        setattr(stock, name, value)
    item.stock[place.id] = stock
    item.touch()
    world.table("items").changed()


def set_price(
    world: World,
    pricebook_id: str,
    item_id: str,
    rate: Any,
    brackets: list[dict[str, Any]] | None,
    *,
    bump: bool,
) -> None:
    """Set, or with neither rate nor brackets remove, one row of a per-item price list."""
    pricebook, item = find(world, "pricebooks", pricebook_id), find(world, "items", item_id)
    if pricebook.fields["pricebook_type"] != "per_item":
        raise EditError(f"Price list {pricebook.id} is a percentage; it has no rows.")
    if rate is None and not brackets:
        pricebook.prices.pop(item.id, None)
    elif brackets:
        pricebook.prices[item.id] = {"price_brackets": [_bracket(world, one) for one in brackets]}
    else:
        old = pricebook.prices.get(item.id) or {}
        row_id = old.get("pricebook_item_id") or world.new_id()
        pricebook.prices[item.id] = {
            "pricebook_item_id": row_id,
            "pricebook_rate": rate,
            "pricebook_discount": "",
        }
    if bump:
        pricebook.modified = max(world.now(), pricebook.modified)
    pricebook.touch()
    world.table("pricebooks").changed()
    world.happened("pricebooks", "edited", pricebook)


def poison(world: World, kind: str, record_id: str, text: str | None, place: str) -> None:
    """Send exactly this text in the record's place; None makes it well again."""
    record = find(world, kind, record_id)
    places = {"list": ("list",), "detail": ("detail",), "both": ("list", "detail")}.get(place)
    if places is None:
        raise EditError(f"place must be list, detail or both, not {place!r}.")
    sent = dict(record.poison or {})
    for one in places:
        if text is None:
            sent.pop(one, None)
        else:
            sent[one] = to_bytes(text)
    record.poison = sent or None
    record.touch()


def _rewrite(world: World, kind: str, record: Record, fields: dict[str, Any]) -> None:
    """Set fields of a document; its lines are replaced as a whole, and the stock follows them if it shall."""
    moves = fields.get("moves_stock", record.moves_stock)
    if not isinstance(moves, bool):
        raise EditError(f"moves_stock must be true or false, not {moves!r}.")
    told = {key: value for key, value in fields.items() if key != "moves_stock"}
    if "line_items" in told:
        told["line_items"] = document_lines(world, kind, told["line_items"])
    for key in [key for key in told if key.endswith("location_id")]:
        told[key] = find(world, "locations", told[key]).id
    for key in {"customer_id", "vendor_id"} & told.keys():
        if not isinstance(told[key], str):
            raise EditError(f"{key} must be text, not {told[key]!r}.")
    before = dict(record.fields)
    _apply(world, kind, record, told)
    if record.moves_stock:
        move(world, kind, before, -1)
    record.moves_stock = moves
    if moves:
        move(world, kind, record.fields, 1)


def _apply(world: World, kind: str, record: Record, fields: dict[str, Any]) -> None:
    """All of the fields, or none when one makes no sense."""
    if SHAPES[kind][0] in fields:
        raise EditError(f"{SHAPES[kind][0]} cannot be changed; poison the record instead.")
    timed = {"created_time": "created", "last_modified_time": "modified"} if kind != "brands" else {}
    moments = {key: _moment(key, fields[key]) for key in timed.keys() & fields.keys()}
    for key, value in fields.items():
        if key in moments:
            setattr(record, timed[key], moments[key])
        elif key.startswith("cf_"):
            record.custom[key] = value
        elif key in _DETAIL_KEYS.get(kind, ()):
            record.detail[key] = value
        elif key != "stock":
            record.fields[key] = value
    currency = world.currency(str(fields.get("currency_code")))
    if currency is not None and kind in ("contacts", "pricebooks") and "currency_id" not in fields:
        record.fields["currency_id"] = currency.id


def _moment(key: str, value: Any) -> int:
    moment = read_time(value)
    if moment is None:
        raise EditError(f"{key} must look like 2025-05-15T13:44:25+0300, not {value!r}.")
    return moment


def _announce(world: World, kind: str, record: Record) -> None:
    """Forget every serialised form that quotes this record."""
    record.touch()
    world.table(kind).changed()
    if kind == "items":
        for pricebook in world.table("pricebooks"):
            if pricebook.rows and record.id in pricebook.rows:
                pricebook.detail_body = None
    elif kind == "pricebooks":
        world.forget_details("contacts")
    elif kind == "contacts":
        world.forget_details(*DOCUMENTS)
    elif kind == "locations":
        world.forget_details("items", *DOCUMENTS)


def _new_item(world: World, fields: dict[str, Any]) -> Record:
    form = {"name": f"New item {len(world.table('items')) + 1}", "rate": Decimal("1000.00"), "unit": "pcs"}
    counted = (
        fields.get("track_inventory", True) is not False and fields.get("product_type", "goods") == "goods"
    )
    record = Record(world.new_id(), form, {}, 0, 0, stock={} if counted else None)
    for location_id, amount in (fields.get("stock") or {}).items():
        if not counted:
            raise EditError("An item that is not counted cannot have stock.")
        number = _figure("stock", amount)
        place = find(world, "locations", location_id)
        record.shelves[place.id] = Stock(on_hand=number, available=number, actual=number)
    return record


def _new_contact(world: World, fields: dict[str, Any]) -> Record:
    number = len(world.table("contacts"))
    record = build_contact(world, random.Random(number), number, str(fields.get("contact_type", "customer")))
    record.fields["status"] = "active"
    return record


def _new_pricebook(world: World, fields: dict[str, Any]) -> Record:
    chosen = {
        key: fields[key] for key in ("currency_code", "pricebook_type", "pricing_scheme") if key in fields
    }
    return build_pricebook(world, **chosen)


def _new_location(world: World, fields: dict[str, Any]) -> Record:
    return build_location(world, len(world.table("locations")))


def _bracket(world: World, given: dict[str, Any]) -> dict[str, Any]:
    empty = {"start_quantity": 1, "end_quantity": "", "pricebook_rate": "", "pricebook_discount": ""}
    return {"pricebook_item_id": world.new_id()} | empty | given


def _figure(name: str, value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, (int, float, str, Decimal)):
        raise EditError(f"{name} must be a number, not {value!r}.")
    try:
        number = Decimal(str(value))
    except InvalidOperation as error:
        raise EditError(f"{name} must be a number, not {value!r}.") from error
    if not number.is_finite():
        raise EditError(f"{name} must be a finite number.")
    is_whole = number == number.to_integral_value() and "." not in format(number, "f")
    return number.quantize(Decimal("0.0")) if is_whole else number
