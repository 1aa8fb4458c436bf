"""Warehouses: from /locations; else /warehouses, in older organisations; else as items' details mention them."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from inventory.models import Product

from ..connections import refresh_organization
from ..errors import ListingError, PayloadError, Refused, UnknownPath
from ..excerpts import quick_id
from ..payloads import decode
from ..processors.base import Kind
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho import clock
from ..zoho.client import ZohoClient
from ..zoho.details import read_details

_ASKED_PRODUCTS = 10
_encode = msgspec.json.Encoder(decimal_format="number").encode


def locations(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """One answer with all of them. Also the moment at which the organisation's own facts are learnt."""
    if not work.organization.currency_code:
        refresh_organization(client)
    asked_at = clock.now()
    rows = _listed(client, "locations", "locations")
    if not rows:
        rows = _listed(client, "warehouses", "warehouses")
    if not rows:
        rows = _mentioned(work, client)
    if not rows:
        raise ListingError(
            _(
                "Zoho named no location or warehouse, neither in its lists nor in any item. Nothing was changed."
            )
        )
    if wanted := frozenset(work.options.ids):
        rows = [
            row for row in rows if (quick_id(row, "location_id") or quick_id(row, "warehouse_id")) in wanted
        ]
    yield Page(1, rows, Kind.ROW, asked_at, {"page": 1, "more": False})


def _listed(client: ZohoClient, path: str, key: str) -> list[bytes]:
    """The list, or nothing when this organisation has no such list (404 code 5, or a refusal)."""
    try:
        return client.get(path).rows(key)
    except (UnknownPath, Refused):
        return []


def _mentioned(work: Work, client: ZohoClient) -> list[bytes]:
    products = Product.objects.live().filter(organization=work.organization, is_tracked=True).order_by("pk")
    ids = tuple(products.values_list("external_id", flat=True)[:_ASKED_PRODUCTS])
    found: dict[str, bytes] = {}
    for batch in read_details(client, ids, batch_size=_ASKED_PRODUCTS) if ids else ():
        for raw in batch.rows:
            for place in _places(raw):
                external_id = str(place.get("location_id") or place.get("warehouse_id") or "")
                if external_id:
                    found[external_id] = _encode(_named(place))
    return [found[external_id] for external_id in sorted(found)]


def _places(raw: bytes) -> list[dict]:
    try:
        payload = decode(raw)
    except PayloadError:
        return []
    return [
        each
        for each in (payload.get("locations") or payload.get("warehouses") or [])
        if isinstance(each, dict)
    ]


def _named(place: dict) -> dict:
    """What an item's detail tells of the place itself, without the item's figures."""
    keys = ("location_id", "location_name", "warehouse_id", "warehouse_name", "status", "is_primary")
    return {key: place[key] for key in keys if key in place}
