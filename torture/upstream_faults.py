"""What Zoho, or the way to it, does to us: every kind of failure at every kind of call."""

from __future__ import annotations

from typing import Any

from .faults import add

# Where: the call's own name, and its path.
PLACES = {
    "warehouses": "/locations",
    "products": "/items",
    "details": "/itemdetails",
    "price-lists": "/pricebooks",
    "prices": "/pricebooks/*",
    "customers": "/contacts",
    "token": "/oauth/v2/token",
}
LISTS = ("products", "price-lists", "customers")


def upstream(name: str, place: str, kind: str, *, group: str, tokens: bool = False, **order: Any) -> None:
    """One answer, or so many, spoilt at one place. tokens: a token must be asked for, so that it can be met."""
    facts = {key: order.pop(key) for key in ("needs_full", "mode", "is_slow", "is_lonely") if key in order}

    def apply(world, dice) -> None:
        if place == "token":
            world.sandbox.tokens("expire")
        world.sandbox.order_fault(kind, path=PLACES[place], **order)

    add(name=f"{place}-{name}", group=group, apply=apply, **facts)


for _place in PLACES:
    upstream("status-500", _place, "status", group="status", status=500)
