"""How many calls a run may spend on what is useful but not urgent."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from .options import Priority
from .work import Work
from .zoho.budget import budget_left, next_day

USUAL_PAUSE = timedelta(minutes=30)  # between two incremental stock runs, while none has gone before


DETAIL_HOURS = 2  # of the day's calls that one run may spend on details; it goes on every hour
FEWEST_DETAILS = 10


def detail_calls(work: Work) -> int:
    """Calls that this run may make for details of documents: two hours' share of what the day's budget leaves to work
    that nobody waits for, so that a first load of many documents never eats what the other runs need."""
    left = budget_left(work.organization, Priority.BACKGROUND)
    remaining = (next_day(work.organization) - timezone.now()).total_seconds()
    share = min(1.0, DETAIL_HOURS * 3600 / max(remaining, 1.0))
    return min(left, max(FEWEST_DETAILS, int(left * share)))


def sweep_calls(work: Work, wanted: int) -> int:
    """Of `wanted` calls, those that this run may make: its fair share, by time, of what the day's budget leaves.

    The share is the time since the last good run over the time until the budget renews itself, so that the same
    appetite all day long never eats what other runs need.
    """
    left = budget_left(work.organization, Priority.BACKGROUND)
    if left <= 0:
        return 0
    now = timezone.now()
    remaining = max((next_day(work.organization) - now).total_seconds(), 1.0)
    last = work.checkpoint.incremental_at
    pause = min(now - last, timedelta(days=1)) if last else USUAL_PAUSE
    share = min(1.0, max(pause, timedelta(minutes=1)).total_seconds() / remaining)
    return min(wanted, max(1, int(left * share)))
