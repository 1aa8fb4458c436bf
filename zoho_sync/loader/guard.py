"""How many rows may leave in one run before a person has to agree."""

from __future__ import annotations

ROWS, SHARE_PERCENT = 10, 5


def allowance(live_count: int) -> int:
    """max(10 rows, 5 %) of `live_count`: more than that looks like a short, empty or foreign listing."""
    return max(ROWS, live_count * SHARE_PERCENT // 100)
