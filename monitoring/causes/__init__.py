"""What is wrong now: asked anew each time, from facts, each cause once. One module per question.

A new cause is a generator of troubles and a line in its module's CAUSES.
"""

from __future__ import annotations

from django.db import DatabaseError, InterfaceError

from ..troubles import Severity, Trouble
from . import freshness, goods, ground, kept, measured, reach, waiting, watching
from .catalogue import Cause, Threshold
from .facts import Facts, gather

__all__ = ["CAUSES", "Cause", "Facts", "Threshold", "find_troubles", "gather", "judge", "look"]

CAUSES: dict[str, Cause] = {
    cause.word: cause
    for module in (ground, reach, waiting, freshness, goods, measured, kept, watching)
    for cause in module.CAUSES
}


def find_troubles() -> list[Trouble]:
    """The worst first; else in the order of CAUSES. Without a database nothing else can be said."""
    return look()[1]


def look() -> tuple[Facts | None, list[Trouble]]:
    """What can be answered quickly, with the facts it was answered from; None when the database does not answer."""
    if down := ground.down():
        return None, down
    try:
        facts = gather()
        return facts, judge(facts)
    except (DatabaseError, InterfaceError):  # it went away in between
        return None, [ground.database_away()]


def judge(facts: Facts) -> list[Trouble]:
    """What is wrong by these facts, as far as it can be answered quickly; the worst first."""
    found = [trouble for cause in CAUSES.values() if cause.is_quick for trouble in cause.ask(facts)]
    order = list(Severity)
    return sorted(found, key=lambda trouble: -order.index(trouble.severity))
