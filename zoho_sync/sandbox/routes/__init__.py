"""The table of paths: what Zoho answers to, and nothing more.

A pattern is what follows /inventory/v1 or /books/v3; `{id}` is one segment. A route may belong to one API.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from ..answers import Listing, Reply, Single
from ..shapes.kinds import DOCUMENTS
from . import catalogue, contacts, documents, items, organization, pricebooks

Handler = Callable[..., Listing | Single | Reply]


@dataclass(frozen=True, slots=True)
class Route:
    """scopes: modules of which a token needs one, for Inventory and for Books."""

    pattern: re.Pattern[str]
    handler: Handler
    scopes: tuple[str, ...]
    apis: tuple[str, ...]
    needs_organization: bool


def _route(
    path: str,
    handler: Handler,
    module: str,
    books_module: str | None = None,
    apis: tuple[str, ...] = ("inventory", "books"),
    needs_organization: bool = True,
) -> Route:
    pattern = re.compile(path.replace("{id}", "([^/]+)"))
    scopes = (f"ZohoInventory.{module}", f"ZohoBooks.{books_module or module}") if module else ()
    return Route(pattern, handler, scopes, apis, needs_organization)


ROUTES = (
    _route("/items", items.listing, "items", "settings"),
    _route("/items/pricebookrate", pricebooks.rates, "settings", apis=("books",)),
    _route("/items/{id}", items.detail, "items", "settings"),
    _route("/items/{id}/image", items.image, "items", "settings"),
    _route("/itemdetails", items.details, "items", "settings"),
    _route("/categories", items.categories, "items", "settings"),
    _route("/brands", items.brands, "items", "settings"),
    _route("/itemgroups", catalogue.groups, "items", "settings"),
    _route("/itemgroups/{id}", catalogue.group, "items", "settings"),
    _route("/compositeitems", catalogue.composites, "compositeitems", "settings"),
    _route("/compositeitems/{id}", catalogue.composite, "compositeitems", "settings"),
    _route("/contacts", contacts.listing, "contacts"),
    _route("/contacts/{id}", contacts.detail, "contacts"),
    _route("/contacts/{id}/contactpersons", contacts.persons, "contacts"),
    _route("/contacts/{id}/address", contacts.addresses, "contacts"),
    _route("/pricebooks", pricebooks.listing, "settings"),
    _route("/pricebooks/{id}", pricebooks.detail, "settings"),
    _route("/locations", organization.locations, "settings"),
    _route("/warehouses", organization.warehouses, "settings"),
    _route("/settings/warehouses", organization.warehouses, "settings"),
    _route("/settings/currencies", organization.currencies, "settings"),
    _route("/settings/taxes", organization.taxes, "settings"),
    _route("/settings/taxes/{id}", organization.tax, "settings"),
    _route("/users", organization.users, "settings"),
    _route("/users/{id}", organization.user, "settings"),
    _route("/shipmentorders/{id}", documents.shipment, "shipmentorders"),
    _route("/organizations", organization.organizations, "settings", needs_organization=False),
    _route("/organizations/{id}", organization.organization, "settings"),
    _route("/apiusage", organization.api_usage, ""),
    *(_route(f"/{kind}", partial(documents.listing, kind), about.scope) for kind, about in DOCUMENTS.items()),
    *(
        _route(f"/{kind}/{{id}}", partial(documents.detail, kind), about.scope)
        for kind, about in DOCUMENTS.items()
    ),
)


def find_route(api: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    """The route of a path and the ids in it, or None where Zoho says 404 with code 5."""
    for route in ROUTES:
        found = route.pattern.fullmatch(path)
        if found and api in route.apis:
            return route, found.groups()
    return None
