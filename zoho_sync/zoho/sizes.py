"""How long a listing is, without reading it. Zoho tells no totals, but each page says whether more follows
(zoho-api.md, 4).

Pages are asked for at doubled distances until one is the last or lies behind it, and then halfway between: 20,000
records take 14 calls instead of 100.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..errors import ListingError
from ..sentences import sentence as _
from .client import ZohoClient
from .pages import MOST_PAGES, has_more

PER_PAGE = 200


def count_records(
    client: ZohoClient,
    path: str,
    list_key: str,
    *,
    params: Mapping[str, Any] | None = None,
    per_page: int = PER_PAGE,
) -> int:
    """How many records the listing has now; about right where some are added meanwhile.

    Raises ListingError where the pages have no end or contradict each other, and whatever ZohoClient.get raises.
    """

    def look(number: int) -> tuple[int, bool]:
        asked = {**(params or {}), "page": number, "per_page": per_page}
        envelope = client.get(path, asked)
        return len(envelope.rows(list_key)), has_more(envelope.page_context, number, path)

    before, last = 0, 1  # more follows after page `before`, and none after page `last`
    rows, more = look(last)
    each = rows  # as many as Zoho really puts on a page; it need not be what was asked for
    if more and not rows:
        raise ListingError(
            _("Page %(page)s of %(path)s is empty, and yet more is to follow.") % {"page": 1, "path": path}
        )
    while more:
        before, last = last, last * 2
        if before >= MOST_PAGES:
            raise ListingError(
                _("%(path)s has no end after %(pages)s pages.") % {"path": path, "pages": before}
            )
        rows, more = look(last)
    while last - before > 1:
        middle = (before + last) // 2
        found, more = look(middle)
        if more:
            before = middle
        else:
            last, rows = middle, found
    return before * each + rows


def most_calls(count: int) -> int:
    """What it takes at most to find a number such as `count`."""
    pages = max(1, -(-count // PER_PAGE))
    return 1 + 2 * (pages - 1).bit_length()
