"""What a figure was at a time, from the changes that are kept: exact since its row is known, silent before.

History holds changes; what a first load brings did not change, so it leaves none. The value at a time is therefore what
the last change until then left; else what the first change after it found; else what is stored, if nothing changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

BEFORE_FIRST_SEEN, NOT_KNOWN_THEN = "before_first_seen", "not_known_then"


@dataclass(frozen=True)
class Step:
    """One change of one figure."""

    before: Any
    after: Any
    changed_at: datetime
    cause: str


@dataclass(frozen=True)
class ValueAt:
    """value: None where `reason` says why it is not known. since, cause: of the change that brought it, if one is
    kept."""

    value: Any
    reason: str | None
    since: datetime | None = None
    cause: str | None = None


def value_at(moment: datetime, steps: Sequence[Step], stored: Any, first_seen: datetime | None) -> ValueAt:
    """steps: all changes of one figure, oldest first. stored: its value now. first_seen: since when its row is known.

    Nothing is nothing: an empty list or text counts as unknown, 0 does not.
    """
    until = [step for step in steps if step.changed_at <= moment]
    if until:
        last = until[-1]
        return ValueAt(last.after, _reason(last.after), last.changed_at, last.cause)
    if first_seen is None or moment < first_seen:
        return ValueAt(None, BEFORE_FIRST_SEEN)
    value = steps[0].before if steps else stored
    return ValueAt(value, _reason(value))


def _reason(value: Any) -> str | None:
    return NOT_KNOWN_THEN if value is None or value in ([], "") else None
