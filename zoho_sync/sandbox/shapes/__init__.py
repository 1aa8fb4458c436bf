"""How each record looks in a Zoho answer: a list row and a detail are different things.

Sources: zoho-api.md 5.2 to 5.4, 7, 8 and 10, which rest on captures of the live API.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..encoding import encode
from . import contacts, documents, items, places, pricebooks
from .documents import DOCUMENTS

if TYPE_CHECKING:
    from ..records import Record
    from ..world import World

Shape = Callable[["World", "Record"], dict[str, Any]]

# kind: (key of the id, root of a list, root of a detail, list row, detail)
SHAPES: dict[str, tuple[str, str, str, Shape, Shape]] = {
    "items": ("item_id", "items", "item", items.row, items.detail),
    "contacts": ("contact_id", "contacts", "contact", contacts.row, contacts.detail),
    "pricebooks": ("pricebook_id", "pricebooks", "pricebook", pricebooks.row, pricebooks.detail),
    "locations": ("location_id", "locations", "location", places.location, places.location),
    "currencies": ("currency_id", "currencies", "currency", places.currency, places.currency),
    "taxes": ("tax_id", "taxes", "tax", places.tax, places.tax),
    "users": ("user_id", "users", "user", places.user, places.user),
    "categories": ("category_id", "categories", "category", places.category, places.category),
    "brands": ("brand_id", "brands", "brand", places.brand, places.brand),
}
for _kind, _about in DOCUMENTS.items():
    _shape = partial(documents.detail, _kind)
    SHAPES[_kind] = (_about.id_key, _kind, _about.root, _shape, _shape)  # no list of documents is served


def true_form(world: World, kind: str, record: Record) -> bytes:
    """The detail as Zoho would send it, whatever poison was put in its place."""
    form = SHAPES[kind][4](world, record)
    if record.dropped:
        form = {key: value for key, value in form.items() if key not in record.dropped}
    return encode(form)


def row_body(world: World, kind: str, record: Record) -> bytes:
    """The list row as JSON; kept until the record changes."""
    if record.poison and "list" in record.poison:
        return record.poison["list"]
    if record.row_body is None:
        form = SHAPES[kind][3](world, record)
        if record.dropped:
            form = {key: value for key, value in form.items() if key not in record.dropped}
        record.row_body = encode(form)
    return record.row_body


def detail_body(world: World, kind: str, record: Record) -> bytes:
    """The detail as JSON; kept until the record, or something it quotes, changes."""
    if record.poison and "detail" in record.poison:
        return record.poison["detail"]
    if record.detail_body is None:
        record.detail_body = true_form(world, kind, record)
    return record.detail_body
