"""What the queue runs for the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from .integrity import runs
from .integrity.runs import Outcome


def check_integrity() -> str:
    """Every check, whether or not anything has changed: every night."""
    return _told(runs.run())


def check_changes() -> str:
    """The checks whose rows have changed since they ran, or that somebody still waits for; a few look-ups where nothing
    has changed."""
    return _told(runs.run(only_changed=True))


def check_asked() -> str:
    """The checks that somebody asked for."""
    return _told(runs.run(only_asked=True))


def _told(outcomes: Iterable[Outcome]) -> str:
    """A line for the queue's own table."""
    counts: Counter[str] = Counter()
    for each in outcomes:
        counts["failed" if each.error else each.skipped or "checked"] += 1
        if each.counts:
            counts["opened"] += each.counts.opened + each.counts.reopened
            counts["closed"] += each.counts.closed
    return ", ".join(f"{count} {name}" for name, count in counts.items()) or "nothing to check"
