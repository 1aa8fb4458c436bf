"""How the sellable figure comes about, in words; and why there is none where there is none."""

from __future__ import annotations

from django.utils.translation import gettext as _

from ..models import Product
from ..status import Sellable, warehouses_sell
from . import cells


def formula(known: Sellable) -> object:
    """ "Main 3", below it "+ Shop −1": what each selling warehouse adds; "" where none is known."""
    return cells.stacked(
        *(
            cells.inline("+" if place else "", cells.words(part.warehouse), cells.number(part.quantity))
            for place, part in enumerate(known.parts)
        )
    )


def why_unknown(product: Product, known: Sellable) -> str:
    """Why nothing can be said; "" where a figure is known."""
    if known.total is not None:
        return ""
    if product.is_tracked is False:
        return _("The source keeps no stock of this product.")
    blanks = [part for part in known.parts if part.quantity is None]
    if blanks:
        names = ", ".join(str(part.warehouse) for part in blanks)
        return _("The figure is not known in: %(names)s. A sum without it would be a guess.") % {
            "names": names
        }
    if not warehouses_sell():
        return _("No warehouse is marked as selling, so nothing counts as sellable.")
    return _("No warehouse that sells has a figure of it.")
