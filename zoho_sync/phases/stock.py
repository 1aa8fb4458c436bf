"""The stock lane. A stock movement does not touch an item's time of change, so stock goes its own way:

full: every tracked product, in batches of details. incremental: compare the totals of a listing with what it said last
time, read again what moved, then verify with the calls that are left those verified longest ago: a move between two
warehouses, or a commitment, changes no total.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from math import ceil

from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Sum

from inventory.models import Product, StockLevel, Warehouse

from ..allowances import sweep_calls
from ..options import SyncMode
from ..planned import new_rows
from ..processors import registry
from ..processors.base import Kind
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.details import known_size
from ..zoho.pages import iter_pages
from .details import bulk, of_ids

_BATCHES = 20  # how many batches' ids are looked up at once


def candidates(work: Work) -> QuerySet[Product]:
    """The products whose stock this run is about: live, tracked, and not left out by the options."""
    rows = Product.objects.live().filter(organization=work.organization, is_tracked=True)
    if work.options.active_only:
        rows = rows.exclude(is_active=False)
    if work.options.with_stock_only:
        rows = rows.filter(Q(stock_check=None) | _has_stock())
    if work.options.low_stock:
        rows = rows.filter(pk__in=_low(work))
    return rows


def _has_stock() -> Q:
    """Some figure known of the product is not zero (or nothing is known yet)."""
    moved = Q(removed_at=None) & (~Q(on_hand=0) | ~Q(available=0) | ~Q(physical_available=0))
    return Q(pk__in=StockLevel.objects.filter(moved).values("product_id")) | Q(stock_check__verified_at=None)


def _low(work: Work) -> QuerySet:
    """Products of which the selling warehouses (all, while none is marked) hold `threshold` or less to sell."""
    levels = StockLevel.objects.live().filter(organization=work.organization)
    warehouses = Warehouse.objects.live().filter(organization=work.organization)
    if work.options.warehouses:
        levels = levels.filter(warehouse__external_id__in=work.options.warehouses)
    elif warehouses.filter(sells=True).exists():
        levels = levels.filter(warehouse__sells=True)
    sellable = (
        levels.filter(product=OuterRef("pk"))
        .order_by()
        .values("product")
        .annotate(sum=Sum("available_for_sale"))
    )
    products = Product.objects.filter(organization=work.organization)
    return (
        products.annotate(sellable=Subquery(sellable.values("sum")))
        .filter(sellable__lte=work.options.threshold)
        .values("pk")
    )


def all_details(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Every candidate, in the order of our keys."""
    yield from _walk(work, client, candidates(work), at)


def totals(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The items' list rows, for their totals only."""
    products = registry.get("products")
    pages = iter_pages(
        client, products.path, products.list_key, products.id_key,
        params={**products.params, "sort_column": "created_time", "sort_order": "A"},
        per_page=work.options.batch_size,
        start=at.get("page", 0) + 1,
    )  # fmt: skip
    for page in pages:
        place = {"page": page.number, "more": page.has_more}
        yield Page(page.number, page.rows, Kind.ROW, page.asked_at, place, totals=True)


def unverified(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Candidates whose totals moved, or that were never verified; and those changed since a time that was asked for."""
    due = Q(stock_check__verified_at=None) | Q(pk__in=work.run.cursor.get("moved", ()))
    if work.options.since is not None:
        due |= Q(source_modified_at__gte=work.options.since)
    yield from _walk(work, client, candidates(work).filter(due), at)


def planned(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Products that a dry run of this group would have brought in before: they are not here, and would be by then."""
    if work.options.low_stock:
        return
    ids = []
    for row in new_rows(work.run, Product).order_by("external_id"):
        told = {name: both[1] for name, both in row.changes.items()}
        if told.get("is_tracked") and not (work.options.active_only and told.get("is_active") is False):
            ids.append(row.external_id)
    yield from of_ids(work, client, tuple(ids), at)


def oldest(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """With the calls that are left: candidates verified before this run, longest ago first."""
    size = known_size(work.organization, work.options.batch_size)
    if "calls" not in at:
        at = {"calls": sweep_calls(work, ceil(expected(work) / size))}
    rows = candidates(work).filter(stock_check__verified_at__lt=work.run.started_at)
    rows = rows.exclude(pk__in=work.run.cursor.get("moved", ()))
    while at["calls"] > 0:
        some = rows
        if "verified" in at:
            verified = datetime.fromisoformat(at["verified"])
            some = rows.filter(
                Q(stock_check__verified_at__gt=verified)
                | Q(stock_check__verified_at=verified, pk__gt=at["pk"])
            )
        batch = list(
            some.order_by("stock_check__verified_at", "pk").values_list(
                "external_id", F("stock_check__verified_at"), "pk"
            )[: size * min(at["calls"], _BATCHES)]
        )
        if not batch:
            return
        places = {
            each: {"verified": verified.astimezone(UTC).isoformat(), "pk": pk} for each, verified, pk in batch
        }
        for page, last in bulk(client, tuple(places), size):
            at = {"calls": at["calls"] - 1, **places[last]}
            yield replace(page, cursor=at)
            if at["calls"] <= 0:
                return


def _walk(work: Work, client: ZohoClient, rows: QuerySet[Product], at: dict) -> Iterator[Page]:
    size = work.options.batch_size
    last = at.get("pk", 0)
    while batch := dict(
        rows.filter(pk__gt=last).order_by("pk").values_list("external_id", "pk")[: size * _BATCHES]
    ):
        for page, external_id in bulk(client, tuple(batch), size):
            last = batch[external_id]
            yield replace(page, cursor={"pk": last})


def expected(work: Work) -> int:
    """How many products a full pass of this run would read."""
    rows = candidates(work)
    if work.options.mode is SyncMode.INCREMENTAL and not work.run.started_at:
        rows = rows.filter(stock_check__verified_at=None)
    return rows.count()
