"""Where a chart's axis ends and which values are written beside it."""

from __future__ import annotations

import math


def top(highest: float) -> float:
    """The first of 1, 2, 4, 5, 8 times a power of ten that is not below; 1 for nothing at all.

    top(0.3) == 0.4
    top(97) == 100
    """
    if highest <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(highest))
    for factor in (1, 2, 4, 5, 8):
        if highest <= factor * power * (1 + 1e-9):
            return factor * power
    return 10 * power


def marks(highest: float, *, whole: bool) -> list[float]:
    """Values for the axis, 0 first and the top last. whole: halves of one are left out."""
    end = top(highest)
    parts = (
        [end * part / 4 for part in range(5)] if end / 4 == int(end / 4) or not whole else [0.0, end / 2, end]
    )
    return [part for part in parts if not whole or part == int(part)]
