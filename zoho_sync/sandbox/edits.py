"""Changes to the organisation, as its staff would make them in Zoho. Call them with the world's lock held."""

from __future__ import annotations

from typing import Any

from . import catalogue_edits
from .additions import new_record
from .dataset.documents import document_lines
from .encoding import to_bytes
from .lookup import EditError, figure, find
from .movements import move
from .payments import use_payment
from .records import Record, Stock
from .related import refresh
from .settling import follow_all, part
from .shapes import SHAPES
from .shapes.contacts import DETAIL_KEYS as CONTACT_DETAIL_KEYS
from .shapes.items import DETAIL_DEFAULTS as ITEM_DETAIL_DEFAULTS
from .shapes.kinds import DOCUMENTS
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
_SETTLED = ("invoices", "customerpayments", "creditnotes")
_DETAIL_KEYS = {"items": frozenset(ITEM_DETAIL_DEFAULTS), "contacts": CONTACT_DETAIL_KEYS}


def change(
    world: World, kind: str, record_id: str, fields: dict[str, Any], *, bump: bool, drop: list[str]
) -> None:
    """Set fields, and leave out the keys named in `drop`. bump moves the modification time to now."""
    record = find(world, kind, record_id)
    if kind == "compositeitems":
        kind, fields = "items", catalogue_edits.set_parts(world, record, fields)
    party = _party(kind, record)
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
    if "line_items" in fields and "status" not in fields:
        follow_all(world, kind, record)
    _announce(world, kind, record, party=party)
    world.happened(kind, "edited", record)


def add(world: World, kind: str, fields: dict[str, Any]) -> str:
    """A new record with sensible defaults; the id is answered. Items take stock={location_id: on hand}.

    Documents take line_items=[{item_id, quantity, location_id}], and moves_stock=True to count in the stock.
    Payments take amount, and invoices=[{invoice_id, amount_applied}] of their customer.
    """
    if kind == "compositeitems":
        return _new_composite(world, fields)
    record = new_record(world, kind, fields)
    record.created = record.modified = world.now()
    used: list[Record] = []
    if kind == "customerpayments":
        _rewrite(world, kind, record, {key: value for key, value in fields.items() if key != "invoices"})
        used = use_payment(world, record, fields.get("invoices", []))
    elif kind in DOCUMENTS:
        _rewrite(world, kind, record, fields)
    else:
        _apply(world, kind, record, fields)
    world.table(kind).put(record)
    _announce(world, kind, record)
    world.happened(kind, "created", record)
    _tell_others(world, used)
    return record.id


def delete(world: World, kind: str, record_id: str) -> None:
    """The record leaves every list; what pointed at it stops doing so."""
    record = find(world, kind, record_id)
    kind = "items" if kind == "compositeitems" else kind
    world.table(kind).remove(record.id)
    others = part(world, kind, record)
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
    _tell_others(world, others)


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
    numbers = {STOCK_FIGURES[name]: figure(name, value) for name, value in figures.items()}
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
    if kind == "customerpayments" and "invoices" in told:
        raise EditError("What a payment was used for cannot be changed; delete it and add another.")
    if "line_items" in told:
        told["line_items"] = document_lines(
            world, kind, told["line_items"], before=record.fields.get("line_items", ())
        )
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
        elif key in _DETAIL_KEYS.get(kind, ()) or (kind in DOCUMENTS and key in record.detail):
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


def _party(kind: str, record: Record) -> str:
    return str(record.fields.get(f"{DOCUMENTS[kind].party}_id", "")) if kind in DOCUMENTS else ""


def _tell_others(world: World, others: list[Record]) -> None:
    """Documents that are different because money was used for them, or is not any more."""
    for record in others:
        kind = next(kind for kind in _SETTLED if world.record(kind, record.id) is record)
        record.modified = max(world.now(), record.modified)
        _announce(world, kind, record)
        world.happened(kind, "edited", record)


def _announce(world: World, kind: str, record: Record, party: str = "") -> None:
    """Forget every serialised form that quotes this record."""
    record.touch()
    world.table(kind).changed()
    if kind == "items":
        catalogue_edits.follow_item(world, record)
        for pricebook in world.table("pricebooks"):
            if pricebook.rows and record.id in pricebook.rows:
                pricebook.detail_body = None
    elif kind == "itemgroups":
        catalogue_edits.follow_group(world, record)
    elif kind == "pricebooks":
        world.forget_details("contacts")
    elif kind == "contacts":
        world.forget_documents()
    elif kind == "locations":
        world.forget_details("items")
        world.forget_documents()
    elif kind in DOCUMENTS:
        refresh(world, kind, record, party=party)


def _new_composite(world: World, fields: dict[str, Any]) -> str:
    """An item that says it is one, with its parts; the parts are looked at first, so that nothing is left behind."""
    parts = catalogue_edits.read_parts(world, fields.get("mapped_items", []))
    told = {key: value for key, value in fields.items() if key != "mapped_items"}
    item_id = add(world, "items", told | {"is_combo_product": True})
    catalogue_edits.give_parts(find(world, "items", item_id), parts)
    return item_id


def _bracket(world: World, given: dict[str, Any]) -> dict[str, Any]:
    empty = {"start_quantity": 1, "end_quantity": "", "pricebook_rate": "", "pricebook_discount": ""}
    return {"pricebook_item_id": world.new_id()} | empty | given
