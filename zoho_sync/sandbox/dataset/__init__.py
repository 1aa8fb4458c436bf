"""A seeded organisation: one seed and one size always give the same records, texture and traps included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .catalogue import build_catalogue
from .contacts import build_contacts
from .history import build_history
from .items import build_items
from .places import build_places
from .pricebooks import build_pricebooks

if TYPE_CHECKING:
    from ..world import World


def build(world: World) -> None:
    """Fill the tables of an empty world; later builders point at the records of earlier ones."""
    build_places(world)
    build_items(world)
    build_pricebooks(world)
    build_contacts(world)
    build_catalogue(world)
    build_history(world)
