"""A listing, page by page, believed only as long as it does not contradict itself.

A scan that stops early looks like mass deletion, and one that goes round in circles spends the day's calls; so a page
without its paging flag, or without a single record that is new, ends the scan with an error (zoho-api.md, 4).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import ListingError
from ..excerpts import quick_ids
from ..sentences import sentence as _
from .client import ZohoClient

MOST_PAGES = 5_000  # a million rows


@dataclass(frozen=True)
class ListPage:
    """number: from 1. rows: raw JSON text of each record. ids: theirs, "" where there is none that can be read.

    has_more: Zoho says another page follows. asked_at: ZohoClient's, of the call that brought it.
    """

    number: int
    rows: list[bytes]
    ids: list[str]
    has_more: bool
    asked_at: datetime


def iter_pages(
    client: ZohoClient,
    path: str,
    list_key: str,
    id_key: str,
    *,
    params: Mapping[str, Any] | None = None,
    per_page: int = 200,
    start: int = 1,
    api: str = "inventory",
) -> Iterator[ListPage]:
    """Every page of `path` from number `start` on; each is asked for only when the consumer wants it.

    list_key, id_key: where the records and their ids stand, such as "items" and "item_id".
    Raises ListingError on a contradiction, and whatever ZohoClient.get raises.
    """
    seen: set[int] = set()  # hashes of 8 bytes: a quarter of a million records fit into a few megabytes
    for number in range(start, start + MOST_PAGES):
        asked = {**(params or {}), "page": number, "per_page": per_page}
        envelope = client.get(path, asked, api=api, list_key=list_key)
        rows = envelope.rows(list_key)
        more = has_more(envelope.page_context, number, path)
        before = len(seen)
        ids = quick_ids(rows, id_key)
        # Of a record without a readable id all its bytes stand for it.
        seen.update(map(hash, ids if all(ids) else map(_known_by, ids, rows)))
        if more and not rows:
            raise ListingError(
                _("Page %(page)s of %(path)s is empty, and yet more is to follow.")
                % {"page": number, "path": path}
            )
        if rows and len(seen) == before:
            raise ListingError(
                _("Page %(page)s of %(path)s repeats records of earlier pages only.")
                % {"page": number, "path": path}
            )
        yield ListPage(number, rows, ids, more, client.asked_at)
        if not more:
            return
    raise ListingError(_("%(path)s has no end after %(pages)s pages.") % {"path": path, "pages": MOST_PAGES})


def _known_by(external_id: str, row: bytes) -> str | bytes:
    return external_id or row


def has_more(context: dict[str, Any] | None, number: int, path: str) -> bool:
    """What the page says of the next one. Raises ListingError when it says nothing, or is another page."""
    flag = (context or {}).get("has_more_page")
    if not isinstance(flag, bool):
        raise ListingError(
            _("Page %(page)s of %(path)s does not say whether more follows.") % {"page": number, "path": path}
        )
    told = (context or {}).get("page", number)
    if str(told) != str(number):
        raise ListingError(
            _("Page %(page)s of %(path)s was asked for, and page %(told)s came.")
            % {"page": number, "path": path, "told": str(told)[:20]}
        )
    return flag
