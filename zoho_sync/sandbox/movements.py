"""What documents do to stock: invoices and bills to the books, packages to the shelves, orders to commitments.

Plain figures are the accounting ones and `actual` the physical ones (zoho-api.md, 5.4).
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .records import Record, Stock
from .shapes.kinds import DOCUMENTS
from .world import World

# kind: (figures of Stock, sign). A transfer takes from one location and gives to the other.
_BOOKS, _ALL = ("on_hand", "available"), ("on_hand", "available", "actual")
_MOVES: dict[str, tuple[tuple[str, ...], int]] = {
    "invoices": (_BOOKS, -1),
    "salesorders": (("committed", "actual_committed"), 1),
    "bills": (_BOOKS, 1),
    "packages": (("actual",), -1),
    "creditnotes": (_BOOKS, 1),
    "salesreturns": (("actual",), 1),
    "inventoryadjustments": (_ALL, 1),
    "transferorders": (_ALL, -1),
    "purchaseorders": ((), 0),  # ordered is not yet had
    "vendorcredits": (_BOOKS, -1),
    "customerpayments": ((), 0),  # money moves nothing
}


def move(world: World, kind: str, fields: dict[str, Any], times: int) -> None:
    """Let the lines of a document count once (times=1), or take back what they did (times=-1)."""
    (figures, sign), about = _MOVES[kind], DOCUMENTS[kind]
    for line in fields.get("line_items", ()):
        item = world.record("items", line["item_id"])
        if item is None or item.stock is None:
            continue
        amount = Decimal(str(line[about.quantity])) * sign * times
        if about.two_places:
            _add(world, item, fields["from_location_id"], figures, amount)
            _add(world, item, fields["to_location_id"], figures, -amount)
        else:
            _add(world, item, line["location_id"], figures, amount)
        item.touch()
    world.table("items").changed()


def _add(world: World, item: Record, location_id: str, figures: tuple[str, ...], amount: Decimal) -> None:
    if world.record("locations", location_id) is None:  # it left, and took its stock with it
        return
    stock = item.shelves.setdefault(location_id, Stock())
    for name in figures:
        setattr(stock, name, getattr(stock, name) + amount)
