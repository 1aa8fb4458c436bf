"""A run's way through Zoho: which calls bring which pages, in which order, and where to go on after a stop.

A phase is a generator of pages that starts at a place (`at`, plain JSON) and says in every page where to go on; a place
with "more": false has nothing after it. Nothing here writes; the runner stores a page together with its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..models import PlannedChange
from ..options import SyncMode
from ..work import Page, Work
from ..zoho.client import ZohoClient
from . import applying, details, documents, listing, pictures, recent, removals, stock, warehouses

Pages = Callable[[Work, ZohoClient, dict], Iterator[Page]]
_REMOVALS = "removals"


@dataclass(frozen=True)
class Phase:
    """remembers: the ids that its pages show are kept, to find out what is missing at the end."""

    name: str
    pages: Pages
    remembers: bool = False


def phases_of(work: Work) -> list[Phase]:
    """The phases of this run, in order."""
    phases = _usual(work)
    if work.is_approved and work.run.cursor.get("held"):
        # What it has listed is in; what a person has agreed to is done.
        return [Phase("held", details.held), *(each for each in phases if each.name == _REMOVALS)]
    return phases


def _usual(work: Work) -> list[Phase]:
    processor, options = work.processor, work.options
    is_realtime = options.mode is SyncMode.REALTIME
    if options.plan:
        return [Phase("apply", applying.planned)]
    if processor.lane == "pictures":
        if is_realtime:
            return [Phase("ids", pictures.chosen)]
        gone = [] if options.sees_part else [Phase("left", pictures.left)]
        return [*gone, Phase("pictures", pictures.wanted)]
    if processor.lane == "warehouses":
        return [Phase("list", warehouses.locations, remembers=not is_realtime), *_removals(work)]
    if is_realtime and not processor.reads_every_detail:
        named = [Phase("documents", documents.documents)] if options.documents else []
        return [*named, Phase("ids", details.chosen)]
    if processor.lane == "stock":
        return _stock(work)
    if processor.lane == "details":
        return [Phase("details", details.due)]
    if processor.lane == "documents":
        return _documents(work)
    if processor.can_increment and listing.goes_on(work):
        return [Phase("changed", listing.changed_rows)]
    phases = [Phase("list", listing.listed_rows, remembers=not options.sees_part)]
    if processor.reads_every_detail:
        phases.append(Phase("details", details.every))
    return [*phases, *_removals(work)]


def _removals(work: Work) -> list[Phase]:
    return [] if work.options.sees_part else [Phase(_REMOVALS, removals.confirmed)]


def _stock(work: Work) -> list[Phase]:
    to_come = [Phase("planned", stock.planned)] if work.run.is_dry and work.run.group else []
    if work.options.mode is SyncMode.FULL or work.options.low_stock:
        return [Phase("details", stock.all_details), *to_come]
    return [
        Phase("totals", stock.totals),
        Phase("changed", stock.unverified),
        *to_come,
        Phase("sweep", stock.oldest),
    ]


def _documents(work: Work) -> list[Phase]:
    rest = Phase("details", recent.waiting)
    is_open, closed = Phase("open", recent.still_open, remembers=True), Phase("closed", recent.closed)
    if listing.goes_on(work):
        return [Phase("changed", recent.changed), is_open, closed, rest]
    listed = [Phase("list", recent.listed, remembers=True)]
    if work.oldest_day is not None:
        listed = [is_open, *listed, closed]
    return [*listed, *_removals(work), rest]


def expected(work: Work) -> int | None:
    """About how many records this run will see; None when nothing is known."""
    options, processor = work.options, work.processor
    if options.plan:
        return PlannedChange.objects.filter(run=work.run.plan_id, state=PlannedChange.State.PLANNED).count()
    if options.mode is SyncMode.REALTIME:
        return len(options.ids) or None
    if processor.lane == "stock":
        return stock.expected(work)
    if processor.lane == "pictures":
        return pictures.expected(work)
    if processor.reads_every_detail:
        return work.checkpoint.records_count  # its rows are counted one by one, not its lists
    live = processor.model.objects.live().filter(organization=work.organization)
    if processor.lane == "details":
        return live.filter(detail_is_due=True).count()
    if processor.lane == "documents":
        return None  # how many details follow is known when the listing is through
    if processor.can_increment and listing.goes_on(work):
        return None
    return work.checkpoint.records_count or live.count() or None
