"""Who wins when a record arrives that is stored already. Pure: times in, a verdict out.

There is one rule, because every column has one owner: the source owns the mirrored ones, staff the local ones, and
neither writes the other's. What is left to decide is age: an older message never overwrites newer data.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum


class Verdict(Enum):
    APPLY = "apply"
    STALE = "stale"  # older than what is stored


def decide(stored: datetime | None, incoming: datetime | None) -> Verdict:
    """Compare the source's modification times (aware). Equal times apply: some changes do not move them."""
    if stored is not None and incoming is not None and incoming < stored:
        return Verdict.STALE
    return Verdict.APPLY
