"""How each record looks in a Zoho answer: a list row and a detail are different things.

Sources: zoho-api.md 5.2 to 5.4, 7, 8 and 10, which rest on captures of the live API.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from ..encoding import encode
from . import catalogue, contacts, documents, items, places, pricebooks
from .kinds import DOCUMENTS

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
    "itemgroups": ("group_id", "itemgroups", "item_group", catalogue.group, catalogue.group_detail),
    "compositeitems": (
        "composite_item_id",
        "composite_items",
        "composite_item",
        catalogue.composite,
        catalogue.composite_detail,
    ),
    "brands": ("brand_id", "brands", "brand", places.brand, places.brand),
}
# Quote the stock of items, which moves without a word: never kept. A composite is the item's own record besides.
_NOT_KEPT = ("itemgroups", "compositeitems")
for _kind, _about in DOCUMENTS.items():
    _row, _detail = partial(documents.row, _kind), partial(documents.detail, _kind)
    SHAPES[_kind] = (_about.id_key, _about.list_root or _kind, _about.root, _row, _detail)


def true_form(world: World, kind: str, record: Record) -> bytes:
    """The detail as Zoho would send it, whatever poison was put in its place."""
    return _written(world, kind, record, 4)


def _written(world: World, kind: str, record: Record, place: int) -> bytes:
    """place: where the form stands in SHAPES, 3 for a row and 4 for a detail."""
    form = SHAPES[kind][place](world, record)  # type: ignore[operator]
    if record.dropped:
        form = {key: value for key, value in form.items() if key not in record.dropped}
    return encode(form)


def row_body(world: World, kind: str, record: Record) -> bytes:
    """The list row as JSON; kept until the record changes."""
    if record.poison and "list" in record.poison:
        return record.poison["list"]
    if kind in _NOT_KEPT:
        return _written(world, kind, record, 3)
    if record.row_body is None:
        record.row_body = _written(world, kind, record, 3)
    return record.row_body


def detail_body(world: World, kind: str, record: Record) -> bytes:
    """The detail as JSON; kept until the record, or something it quotes, changes."""
    if record.poison and "detail" in record.poison:
        return record.poison["detail"]
    if kind in _NOT_KEPT:
        return true_form(world, kind, record)
    if record.detail_body is None:
        record.detail_body = true_form(world, kind, record)
    return record.detail_body
