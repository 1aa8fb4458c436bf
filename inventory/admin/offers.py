"""A product that was looked up, as it is told: a card of everything a salesman says, or a row among others."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from ..look_up import Offer
from ..models import PriceList, Product
from . import cells
from .history import brackets_in_words
from .pictures import picture_panel, thumbnail
from .sellable_words import why_unknown

_CODES = (("SKU", "sku"), ("EAN", "ean"), ("UPC", "upc"), ("ISBN", "isbn"))


def card(request: HttpRequest, offer: Offer, chosen: PriceList | None) -> dict[str, Any]:
    product = offer.product
    may_open = request.user.has_perm("inventory.view_product")
    return {
        "name": cells.words(product.name or product.external_id),
        "codes": codes(product),
        "tag": state_tag(product),
        "picture": picture_panel(product),
        "sellable": cells.number(offer.known.total),
        "unit": cells.words(product.unit) if product.unit else "",
        "mood": mood_of(offer),
        "why": why_unknown(product, offer.known),
        "places": [(cells.words(part.warehouse), cells.number(part.quantity)) for part in offer.known.parts],
        "verified": cells.age(offer.verified_at) if offer.verified_at else _("not read yet"),
        "price": price_cell(offer),
        "price_why": price_why(offer, chosen),
        "brackets": brackets_in_words(list(offer.listed.brackets), offer.listed.currency_code)
        if offer.listed.brackets
        else "",
        "price_age": price_age(product, chosen),
        "page_url": reverse("admin:inventory_product_change", args=[product.pk]) if may_open else "",
    }


def row(offer: Offer, *, has_list: bool) -> dict[str, Any]:
    product = offer.product
    return {
        "thumbnail": thumbnail(product),
        "name": cells.words(product.name or product.external_id),
        "code": cells.ltr(product.sku or product.ean or product.upc or product.external_id),
        "tag": state_tag(product),
        "sellable": cells.number(offer.known.total),
        "mood": mood_of(offer),
        "price": price_cell(offer) if has_list else "",
    }


def codes(product: Product) -> list[tuple[str, object]]:
    """Those that it has; the external id at least."""
    told = [
        (name, cells.ltr(getattr(product, column))) for name, column in _CODES if getattr(product, column)
    ]
    if product.part_number:
        told.append((_("part number"), cells.ltr(product.part_number)))
    return [*told, (_("external id"), cells.ltr(product.external_id))]


def state_tag(product: Product) -> object:
    """Only what hinders a sale: not active."""
    return cells.tag(_("inactive"), "warn") if product.is_active is False else ""


def mood_of(offer: Offer) -> str:
    if offer.known.total is None:
        return "quiet"
    return "good" if offer.known.total > 0 else "bad"


def price_cell(offer: Offer) -> object:
    """The price of one piece in the list, with its currency; "—" where there is none, never another list's."""
    price = offer.listed.at(Decimal(1))
    shown = cells.money(price.amount, price.currency_code) if price else cells.UNKNOWN
    return cells.inline(shown, cells.tag(_("by quantity"))) if offer.listed.brackets else shown


def price_why(offer: Offer, chosen: PriceList | None) -> str:
    """Why there is no price."""
    if chosen is None:
        return _("Choose a price list above to see the price.")
    if offer.listed.price is None and not offer.listed.brackets:
        return _("This list has no price for it. Ask before you name one.")
    return ""


def price_age(product: Product, chosen: PriceList | None) -> object:
    """When the list's prices were last read; a percentage list has none of its own, there it is the product's."""
    if chosen is None:
        return ""
    read_at = product.synced_at if chosen.kind == "fixed_percentage" else chosen.detail_at
    return cells.age(read_at) if read_at else _("not read yet")
