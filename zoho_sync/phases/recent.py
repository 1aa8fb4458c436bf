"""Listings of documents: the newest first, what changed, and what is still open.

Zoho can be asked for changed documents of some kinds only, of some in Books alone (zoho-api.md, 6): each way is tried
before it is believed. Where none works, the newest documents are read down to the last run's time, whatever stands
among them is compared, and once a week those that are still open are listed: what is open here and not there has been
closed.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from django.utils import timezone

from ..allowances import detail_calls
from ..errors import BudgetExhausted, PayloadError, RecordRejected, Refused
from ..loader import unlisted_open
from ..options import Priority
from ..payloads import decode
from ..processors.base import Details
from ..processors.converters import day, moment
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.probes import filter_time, filter_works, is_refused, kept_as, note_refusal, ordering
from . import details, listing

log = logging.getLogger(__name__)

SWEEP_EVERY = timedelta(days=7)
MOST_CLOSED = 500  # details that one sweep asks for; an empty answer of Zoho must not spend the day's calls
_MODIFIED = "last_modified_time"
_FILTER = "filter_by"
_LATE = timedelta(days=1)  # documents may be entered a day after their date


def listed(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Every document, or those since `work.oldest_day` and the open ones among the older, newest first where Zoho sorts
    by date. It ends with that day where the older open ones can be listed apart (`still_open` comes first)."""
    oldest = work.oldest_day
    for page in _sorted_pages(work, client, at, "date" if work.processor.newest_by else ""):
        more = page.cursor["more"]
        if oldest is not None:
            days = [_day(row) for row in page.rows]
            may_end = page.cursor["sorted_by"] and (_lists_open(work) or not _open_states(work))
            more = more and not (may_end and _ends_before(days, oldest))
            page = replace(page, rows=_kept(work, page.rows, days, oldest), ids=())
        yield replace(page, cursor={**page.cursor, "more": more})
        if not more:
            return


def changed(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Documents changed since the watermark, by the cheapest way that Zoho was seen to obey."""
    if (api := obeying_api(work, client)) is None:
        yield from _newest(work, client, at)
        return
    params = {_MODIFIED: filter_time(listing.since(work))}
    yield from _sorted_pages(work, client, at, _sort_of(work), params=params, api=api)


def still_open(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The documents in which somebody still has to do something: all of them, once a week, where changes cannot be
    asked for; those before `work.oldest_day`, where the listing will end with it."""
    oldest = None if listing.goes_on(work) else work.oldest_day
    is_due = bool(at) or oldest is not None or (_is_unswept(work) and obeying_api(work, client) is None)
    if not is_due or not _lists_open(work):
        return
    params = {_FILTER: work.processor.open_filter}
    try:
        for page in listing.pages_with(work, client, params, start=at.get("page", 0) + 1):
            if oldest is not None:
                page = replace(page, rows=_old_and_open(work, page.rows, oldest), ids=())
            yield page
    except Refused as error:
        if at:
            raise
        log.warning("run %s: open ones cannot be listed apart: %s", work.run.pk, error)
        note_refusal(work.organization, work.processor.path, _FILTER)


def closed(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The details of documents that are open here and were not among the open ones there, newest first."""
    for page in details.of_ids(work, client, tuple(unlisted_open(work, MOST_CLOSED)), at):
        yield replace(page, is_again=True)


def waiting(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Details that are due, newest first, with a share of the calls that nobody else will need. The others wait for the
    next run, which finds them."""
    if work.processor.details is Details.NONE:
        return
    most, done = at.get("most", 0) or detail_calls(work), at.get("done", 0)
    before, client.priority = client.priority, Priority.BACKGROUND
    try:
        for page in details.due(work, client, at) if done < most else ():
            done += 1
            yield replace(page, is_again=True, cursor={**page.cursor, "most": most, "done": done})
            if done >= most:
                return
    except BudgetExhausted as error:
        log.info("run %s: details wait: %s", work.run.pk, error)
    finally:
        client.priority = before


def _lists_open(work: Work) -> bool:
    """Can Zoho be asked for the open ones alone? Where it refused, the next week's runs do without."""
    processor = work.processor
    return bool(processor.open_filter) and not is_refused(work.organization, processor.path, _FILTER)


def _is_unswept(work: Work) -> bool:
    seen = [at for at in (work.checkpoint.swept_at, work.checkpoint.full_at) if at is not None]
    return not seen or timezone.now() - max(seen) >= SWEEP_EVERY


def obeying_api(work: Work, client: ZohoClient) -> str | None:
    """The API whose listing was seen to obey the filter by time of change; None where neither does."""
    processor = work.processor
    if not processor.modified_filter:
        return None
    path, params = processor.path, processor.params
    return next((api for api in processor.apis if filter_works(client, path, params=params, api=api)), None)


def _newest(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The documents changed last, or the newest ones, until a page ends before the last run's time; all of them where
    nothing is sorted."""
    start, processor = listing.since(work), work.processor
    for page in _sorted_pages(work, client, at, _sort_of(work), processor.newest_by):
        key = page.cursor["sorted_by"]
        more = page.cursor["more"] and not (key and _is_past(page.rows, key, start))
        yield replace(page, cursor={**page.cursor, "more": more})
        if not more:
            return


def _sort_of(work: Work) -> str:
    return _MODIFIED if work.processor.sorts else ""


def _sorted_pages(
    work: Work,
    client: ZohoClient,
    at: dict,
    *columns: str,
    params: Mapping[str, str] = MappingProxyType({}),
    api: str = "inventory",
) -> Iterator[Page]:
    """Pages of the listing with `params`, newest first by the first of `columns` that Zoho does not refuse, which is
    remembered; unsorted where it refuses all. The cursor says by which, under "sorted_by"."""
    organization, resource = work.organization, kept_as(work.processor.path, api)
    start = at.get("page", 0) + 1
    for column in columns:
        if not column or is_refused(organization, resource, ordering(column)):
            continue
        order = {**params, "sort_column": column, "sort_order": "D"}
        is_taken = False
        try:
            for page in listing.pages_with(work, client, order, start=start, api=api):
                is_taken = True
                yield replace(page, cursor={**page.cursor, "sorted_by": column})
        except Refused:
            if start > 1 or is_taken:
                raise
            note_refusal(organization, resource, ordering(column))
        else:
            return
    for page in listing.pages_with(work, client, dict(params), start=start, api=api):
        yield replace(page, cursor={**page.cursor, "sorted_by": ""})


def _open_states(work: Work) -> tuple[str, ...]:
    return getattr(work.processor.model, "OPEN", ())


def _is_open(work: Work, row: bytes) -> bool:
    return _told(row).get("status") in _open_states(work)


def _old_and_open(work: Work, rows: list[bytes], oldest: date) -> list[bytes]:
    """Those before `oldest` among the open ones, whether or not Zoho obeyed the filter."""
    return [row for row in rows if (on := _day(row)) is not None and on < oldest and _is_open(work, row)]


def _kept(work: Work, rows: list[bytes], days: list[date | None], oldest: date) -> list[bytes]:
    return [
        row
        for row, each in zip(rows, days, strict=True)
        if each is None or each >= oldest or _is_open(work, row)
    ]


def _ends_before(days: list[date | None], oldest: date) -> bool:
    """Does a page that is sorted by day, newest first, end before `oldest`? False whenever that is in doubt."""
    known = [each for each in days if each is not None]
    return len(known) == len(days) > 0 and _falls(known) and known[-1] < oldest


def _is_past(rows: list[bytes], key: str, start: datetime) -> bool:
    if key == "date":
        return _ends_before([_day(row) for row in rows], start.date() - _LATE)
    times = [_time(row, key) for row in rows]
    known = [each for each in times if each is not None]
    return len(known) == len(times) > 0 and _falls(known) and known[-1] < start


def _falls(values: list[Any]) -> bool:
    return all(newer >= older for newer, older in pairwise(values))


def _told(row: bytes) -> dict:
    try:
        return decode(row)
    except PayloadError:
        return {}


def _day(row: bytes) -> date | None:
    try:
        return day(_told(row).get("date"))
    except RecordRejected:
        return None


def _time(row: bytes, key: str) -> datetime | None:
    try:
        return moment(_told(row).get(key))
    except RecordRejected:
        return None
