"""How figures went over time, as steps: a stored figure stays what it is until a change is seen.

Drawn from the changes that are kept, so a line begins at its first one, with what was before it as a short lead; what
was earlier nobody knows. Time runs from left to right in every language, as on the charts that Arabic readers know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import floor, log10

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from . import cells
from .panels import Custom

WIDTH, HEIGHT = 600, 160
STYLES = ("busy", "good", "warn", "bad", "quiet")  # each a colour and a way of dashing
_LEAD = 0.04  # of the width, before the first change
_SHORTEST = timedelta(hours=1)
_COLUMNS = 4


@dataclass(frozen=True)
class Point:
    """A change: of what, to what, when. None is unknown, and leaves a gap."""

    at: datetime
    before: Decimal | None
    after: Decimal | None


@dataclass(frozen=True)
class Curve:
    """label: whose figure. points: oldest first, at least one."""

    label: object
    points: Sequence[Point]


def chart(title: str, curves: Sequence[Curve], *, unit: str = "", note: str = "") -> Custom:
    """One drawing of at most five curves, those with the most changes; `note` and the legend say what they are.

    unit: what stands behind a figure in words, such as a currency.
    """
    now = timezone.now()
    shown = sorted(curves, key=lambda each: -len(each.points))[: len(STYLES)]
    first = min(point.at for each in shown for point in each.points)
    start = first - max(now - first, _SHORTEST) * _LEAD
    low, high, marks = scale([value for each in shown for value in values_of(each)])

    def x(at: datetime) -> float:
        return WIDTH * ((at - start) / (now - start))

    def y(value: Decimal) -> float:
        return HEIGHT * (1 - float((value - low) / (high - low)))

    left_out = len(curves) - len(shown)
    return Custom(
        template="admin/panels/curves.html",
        values={
            "title": title,
            "note": note,
            "left_out": _("%(count)s more are in the list below.") % {"count": left_out} if left_out else "",
            "width": WIDTH,
            "height": HEIGHT,
            "lines": [
                {"style": style, "label": each.label, "path": path_of(each, start, now, x, y)}
                for style, each in zip(STYLES, shown, strict=False)
            ],
            "grid": [f"{y(mark):.1f}" for mark in marks],
            "rows": [(100 - y(mark) * 100 / HEIGHT, cells.decimal_text(mark)) for mark in marks],
            "columns": columns(start, now),
            "summary": summary(shown, unit),
        },
    )


def values_of(curve: Curve) -> list[Decimal]:
    told = [curve.points[0].before, *(point.after for point in curve.points)]
    return [value for value in told if value is not None]


def path_of(curve: Curve, start: datetime, now: datetime, x, y) -> str:
    """A step for each change, a gap where the figure is unknown; the last one holds until now."""
    parts: list[str] = []
    value, is_open = curve.points[0].before, False
    for at, after in [
        (start, value),
        *((point.at, point.after) for point in curve.points),
        (now, curve.points[-1].after),
    ]:
        if value is not None and is_open:
            parts.append(f"H{x(at):.1f}")
        if after is None:
            is_open = False
        elif is_open:
            parts.append(f"V{y(after):.1f}")
        else:
            parts.append(f"M{x(at):.1f} {y(after):.1f}")
            is_open = True
        value = after
    return "".join(parts)


def scale(values: Sequence[Decimal]) -> tuple[Decimal, Decimal, list[Decimal]]:
    """(lowest, highest, values to write beside): round ones around all that is shown.

    From 0 where the figures come near it, else closer, so that a price of 12,500 that rose to 12,750 shows a step.
    """
    lowest, highest = min(values, default=Decimal(0)), max(values, default=Decimal(0))
    spread = highest - lowest
    if lowest >= 0 and spread * 2 >= highest:
        lowest = Decimal(0)
    if lowest == highest:
        lowest, highest = (lowest, lowest + 1) if lowest == 0 else sorted((Decimal(0), lowest))
    step = _round_step((highest - lowest) / 4)
    low, high = floor(lowest / step) * step, -floor(-highest / step) * step
    count = int((high - low) / step)
    return low, high, [low + step * place for place in range(count + 1)]


def _round_step(least: Decimal) -> Decimal:
    """1, 2, 2.5 or 5 times a power of ten, not below `least`."""
    power = Decimal(10) ** floor(log10(least))
    return next(
        power * factor for factor in map(Decimal, ("1", "2", "2.5", "5", "10")) if power * factor >= least
    )


def columns(start: datetime, end: datetime) -> list[tuple[float, str]]:
    """Moments along the bottom: times of the day where all is within one, else dates."""
    shape = "H:i" if end - start < timedelta(days=1) else "j/n/y"
    moments = [start + (end - start) * place / _COLUMNS for place in range(_COLUMNS + 1)]
    return [
        (100 * place / _COLUMNS, formats.date_format(timezone.localtime(at), shape))
        for place, at in enumerate(moments)
    ]


def summary(curves: Sequence[Curve], unit: str) -> str:
    """For those who do not see the drawing."""
    told = _("%(label)s: now %(now)s, lowest %(low)s, highest %(high)s")
    lines = []
    for each in curves:
        values = values_of(each)
        if not values:
            continue
        last = each.points[-1].after
        facts = {
            "label": str(each.label),
            "now": _amount(last, unit),
            "low": _amount(min(values), unit),
            "high": _amount(max(values), unit),
        }
        lines.append(told % facts)
    return "; ".join(lines)


def _amount(value: Decimal | None, unit: str) -> str:
    return cells.UNKNOWN if value is None else f"{cells.decimal_text(value)} {unit}".strip()
