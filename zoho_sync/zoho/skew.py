"""How far this machine's clock is from Zoho's, as the Date header of an answer tells it; noted now and then."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from django.utils import timezone

from ..models import RateBucket
from .wire import Answer

EVERY_SECONDS = 600.0  # a process notes it so often at most
_HALF = 0.5  # the header leaves out the fraction of its second

_noted: dict[int, float] = {}


def note(organization_id: int, answer: Answer) -> None:
    """Keep what this answer tells, unless this process did so lately. To be called as soon as it is here."""
    last = _noted.get(organization_id)
    if last is not None and time.monotonic() - last < EVERY_SECONDS:
        return
    seconds = measured(answer)
    if seconds is None:
        return
    _noted[organization_id] = time.monotonic()
    RateBucket.objects.filter(pk=organization_id).update(
        clock_skew_seconds=seconds, clock_seen_at=timezone.now()
    )


def measured(answer: Answer) -> float | None:
    """Seconds that our clock is ahead of the sender's, negative when it is behind; None where it does not tell."""
    theirs = _written_at(answer)
    if theirs is None:
        return None
    ours = timezone.now() - timedelta(seconds=answer.seconds / 2)  # it was written about half way
    return (ours - theirs).total_seconds() - _HALF


def sent_at(answer: Answer) -> datetime | None:
    """When the request was sent by the answerer's clock, or up to a second earlier; None where it does not tell."""
    theirs = _written_at(answer)
    return theirs - timedelta(seconds=answer.seconds) if theirs else None


def _written_at(answer: Answer) -> datetime | None:
    """The answer's Date, without the fraction of its second."""
    try:
        theirs = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (TypeError, ValueError):
        return None
    return theirs if theirs.tzinfo else None


def forget() -> None:
    """The next answer is noted, whenever the last one was."""
    _noted.clear()
