"""A curve in one line of text, and figures as people read them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from .catalogue import Kind, Metric
from .reading import Point

_HEIGHTS = "▁▂▃▄▅▆▇█"
NOTHING = "·"  # nobody observed anything then; that is not 0


def sparkline(values: Sequence[float | None]) -> str:
    """From 0 to the highest value; None is a dot."""
    highest = max((value for value in values if value is not None), default=0.0)
    return "".join(NOTHING if value is None else _height(value, highest) for value in values)


def _height(value: float, highest: float) -> str:
    place = round(value / highest * (len(_HEIGHTS) - 1)) if highest > 0 else 0
    return _HEIGHTS[max(0, place)]


def steps(
    metric: Metric, points: Sequence[Point], since: datetime, until: datetime, count: int
) -> list[float | None]:
    """The time cut into so many steps: what was counted in each, or the highest that a gauge stood at."""
    length = max((until - since) / count, timedelta(seconds=1))
    found: list[float | None] = [None] * count
    for point in points:
        place = min(max(int((point.at - since) / length), 0), count - 1)
        before = found[place]
        if metric.kind is Kind.GAUGE:
            found[place] = max(point.high or 0.0, before or 0.0)
        else:
            found[place] = (before or 0.0) + (point.total if metric.kind is Kind.COUNTER else point.count)
    return found


def number(value: float | None, unit: str = "") -> str:
    """Rounded to what a person reads; "" for what is not known."""
    if value is None:
        return ""
    if unit == "seconds":
        return _duration(value)
    return f"{value:,.0f}" if value == int(value) or abs(value) >= 1000 else f"{value:,.2f}"


def _duration(seconds: float) -> str:
    for limit, length, words in (
        (1, 0.001, _("%s ms")),
        (120, 1, _("%s s")),
        (7200, 60, _("%s min")),
        (172_800, 3600, _("%s h")),
    ):
        if seconds < limit:
            return words % f"{seconds / length:,.3g}"
    return _("%s d") % f"{seconds / 86_400:,.1f}"
