"""Which products' stock has just been verified: a narrow row each, written whether or not a figure changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inventory.models import Product, StockCheck, StockLevel

from ..processors.base import Kind, Row
from ..processors.stock import levels
from ..upsert import upsert
from ..work import Work
from . import doubts, lookups
from .outcomes import Outcomes

_NAMES = ("product_id", "organization_id", "verified_at", "detail_hash")
_ALL = (*_NAMES, "listed_on_hand", "listed_available", "listed_physical_available")
_LISTED = frozenset(_ALL) - frozenset(_NAMES)


def store(work: Work, prepared, failed_units: set[str], outcomes: Outcomes) -> None:
    """Note the products of this page whose stock is now known to be what Zoho says."""
    if prepared.page.kind is not Kind.DETAIL:
        return
    complete = {
        each.parent_external_id: expansion.stock_totals
        for expansion in prepared.expansions
        for each in expansion.sets
        if each.mapping is levels
    }
    fresh = set(complete) - failed_units - outcomes.stale_units - outcomes.shortened_units
    if not work.is_approved:  # places that it does not show any more are still here
        fresh -= set(work.run.cursor.get("held", ()))
    touched = dict(_touched(prepared))
    _doubt(work, touched.keys() - fresh)
    if touched and work.processor.lane == "stock":
        _refute(work, touched)
    asked_at, organization = prepared.page.asked_at, work.organization
    if prepared.unchanged and work.processor.lane == "stock":
        lookups.verify(organization.pk, prepared.unchanged, asked_at)
    keys = {touched[external_id].values["product_id"]: external_id for external_id in fresh & touched.keys()}
    rows = [
        (key, organization.pk, asked_at, prepared.hashes.get(external_id, ""), *complete[external_id])
        for key, external_id in sorted(keys.items())
    ]
    # The totals are kept from the first reading on; afterwards only the listing's own may replace them, lest a
    # listing that differs from the detail for good had its items read again for ever.
    upsert(StockCheck, _ALL, rows, key=("product_id",), keep=_LISTED)


def _touched(prepared) -> Iterator[tuple[str, Row]]:
    """(external id of a product, one of its levels on this page)."""
    for expansion in prepared.expansions:
        for row in expansion.rows:
            if row.mapping.model is StockLevel:
                yield row.unit, row
                break  # an expansion tells of one product


def _doubt(work: Work, partly: set[str]) -> None:
    """Products of which only some figures were taken: the rest would never come in."""
    if partly:
        doubts.of_products(lookups.keys(Product, work.organization.pk, partly).values())


def _refute(work: Work, touched: Iterable[str]) -> None:
    """The stock lane has read another stock than the product's own detail told: its bytes again would be news."""
    lookups.forget_details(Product, work.organization.pk, touched)
