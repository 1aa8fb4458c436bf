"""Details that may have been read within the very second of the change that they tell.

Zoho tells times of change in whole seconds (zoho-api.md, 6). A record that changes, is read, and changes again within
one second has the same time after both, so that no listing shows that its detail is old. Such a detail stays due: the
next run reads it once more.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ..work import Page

_SECOND = timedelta(seconds=1)
_BELIEVABLE = timedelta(
    minutes=1
)  # a change further ahead than this is a clock that is wrong, not a change just now


def doubtful_times(page: Page) -> tuple[datetime, datetime]:
    """(after, until): a record of the page whose time of change lies there may have changed since, unseen."""
    read_at = page.there_at or page.asked_at
    return read_at - _SECOND, read_at + _BELIEVABLE


def is_early(page: Page, modified_at: datetime | None) -> bool:
    """May the record have changed again in the second that it tells as its time of change, after it was read?"""
    after, until = doubtful_times(page)
    return modified_at is not None and after < modified_at <= until
