"""Half a year of business: orders, invoices, money, purchases and movements between warehouses.

One seed, one size and one day always give the same documents. They move no stock: the items' figures hold what they did
already. With Size.documents at 0 nothing of it exists.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...balances import settle_everybody
from .desk import open_desk
from .money import build_credit_notes, build_payments
from .purchases import build_purchases
from .sales import build_sales
from .stock import build_movements

if TYPE_CHECKING:
    from ...world import World


def build_history(world: World) -> None:
    """Needs all other tables. Who owes how much is made to agree with the documents."""
    if not world.size.documents:
        return
    with _nothing_to_collect():
        desk = open_desk(world)
        sales = build_sales(desk)
        build_credit_notes(desk, sales)
        build_payments(desk, sales)
        build_purchases(desk)
        build_movements(desk)
        settle_everybody(world)


@contextmanager
def _nothing_to_collect() -> Iterator[None]:
    """All of it stays: looking for garbage in it again and again would take longer than making it."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
