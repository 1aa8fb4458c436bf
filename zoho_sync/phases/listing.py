"""Listings: the whole of one, or what changed in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import compress, pairwise

from django.conf import settings

from ..errors import PayloadError, RecordRejected
from ..excerpts import quick_ids
from ..models import FilterVerdict
from ..options import SyncMode
from ..payloads import decode
from ..processors.base import Kind
from ..processors.converters import moment
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.pages import ListPage, iter_pages
from ..zoho.probes import NEWEST_FIRST, filter_time, filter_works, order_known

_MODIFIED = "last_modified_time"


def has_start(work: Work) -> bool:
    """Without a watermark nothing is known yet: the first incremental run has to list everything."""
    return work.options.since is not None or work.checkpoint.watermark is not None


def goes_on(work: Work) -> bool:
    """Does this run ask for what changed since the last one, and not for everything?"""
    return work.options.mode is SyncMode.INCREMENTAL and has_start(work)


def since(work: Work) -> datetime:
    """From when on changes are wanted: what was asked for, else the watermark with its overlap."""
    if work.options.since is not None:
        return work.options.since
    if work.checkpoint.watermark is None:
        raise ValueError("there is no watermark to start from")
    return work.checkpoint.watermark - timedelta(seconds=settings.ZOHO["OVERLAP_SECONDS"])


def listed_rows(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Every row, in the order of creation where Zoho can sort: edits do not move rows from page to page then."""
    order = {"sort_column": "created_time", "sort_order": "A"} if work.processor.sorts else {}
    if work.options.active_only and work.run.entity == "products":
        order["filter_by"] = "Status.Active"
    wanted = frozenset(work.options.ids)
    for page in _pages(work, client, order, start=at.get("page", 0) + 1):
        if wanted:
            chosen = [each in wanted for each in page.ids]
            page = replace(page, rows=list(compress(page.rows, chosen)), ids=list(compress(page.ids, chosen)))
        yield _page(page, more=page.has_more)


def changed_rows(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Rows changed since the watermark, newest first; what changes meanwhile moves up, where the next run finds it.

    With a filter that was seen working Zoho ends the list; without one we stop after the first page that ends before
    the watermark, provided that the page really is sorted.
    """
    processor, start = work.processor, since(work)
    params = dict(NEWEST_FIRST) if processor.sorts and not _refuses_order(work) else {}
    if processor.modified_filter and filter_works(client, processor.path, _MODIFIED, params=processor.params):
        params[_MODIFIED] = filter_time(start)
        yield from pages_with(work, client, params, start=at.get("page", 0) + 1)
        return
    for page in _pages(work, client, params, start=at.get("page", 0) + 1):
        more = page.has_more and not _is_past(page.rows, start)
        yield _page(page, more=more)
        if not more:
            return


def pages_with(
    work: Work, client: ZohoClient, params: dict, *, start: int, api: str = "inventory"
) -> Iterator[Page]:
    """The pages of the listing with these parameters, to its end."""
    for page in _pages(work, client, params, start=start, api=api):
        yield _page(page, more=page.has_more)


def _refuses_order(work: Work) -> bool:
    """Was Zoho seen to refuse the sorting? Then the list is read unsorted, to its end."""
    return order_known(work.organization, work.processor.path) == FilterVerdict.Verdict.REFUSED


def _pages(
    work: Work, client: ZohoClient, params: dict, *, start: int, api: str = "inventory"
) -> Iterator[ListPage]:
    processor = work.processor
    if not processor.paged:
        yield _only_page(work, client, params, api)
        return
    yield from iter_pages(
        client,
        processor.path,
        processor.list_key,
        processor.id_key,
        params={**processor.params, **params},
        per_page=work.options.batch_size,
        start=start,
        api=api,
    )


def _only_page(work: Work, client: ZohoClient, params: dict, api: str) -> ListPage:
    """A listing that comes in one answer, and says nothing of pages."""
    processor = work.processor
    rows = client.get(processor.path, {**processor.params, **params}, api=api).rows(processor.list_key)
    ids = quick_ids(rows, processor.id_key)
    return ListPage(1, rows, ids, has_more=False, asked_at=client.asked_at)


def _page(page: ListPage, *, more: bool) -> Page:
    place = {"page": page.number, "more": more}
    return Page(page.number, page.rows, Kind.ROW, page.asked_at, place, ids=page.ids)


def _is_past(rows: list[bytes], start: datetime) -> bool:
    """Does a page that is sorted by time, newest first, end before `start`? False whenever that is in doubt."""
    times = [_modified(row) for row in rows]
    known = [each for each in times if each is not None]
    is_sorted = all(newer >= older for newer, older in pairwise(known))
    return bool(known) and is_sorted and times[-1] is not None and times[-1] < start


def _modified(row: bytes) -> datetime | None:
    try:
        return moment(decode(row).get(_MODIFIED))
    except (PayloadError, RecordRejected):
        return None


def is_whole(work: Work) -> bool:
    """Does this run see every row of its listing?"""
    if work.options.sees_part:
        return False
    if work.processor.lane in ("stock", "details", "pictures"):  # they know what to read without a watermark
        return work.options.mode is SyncMode.FULL
    return not (work.processor.can_increment and goes_on(work))
