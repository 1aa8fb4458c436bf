"""From a chart's values to shapes: paths in a field of WIDTH x HEIGHT, and marks along its edges in percent.

The browser stretches the field to the room that there is; text stands outside it, so that it is never stretched.
Time runs from left to right in every language, as on the charts that Arabic readers know; words beside a chart run in
the page's own direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo

from django.utils import formats
from django.utils.translation import gettext as _

from inventory.admin import cells

from . import scales
from .charts import Chart
from .periods import DAY, Period

WIDTH, HEIGHT = 600, 160
_GAP = 0.18  # of a step, between two bars


@dataclass(frozen=True)
class Shape:
    """A path. mood: its colour and texture. is_filled: a field, else a line."""

    path: str
    mood: str
    is_filled: bool


@dataclass(frozen=True)
class Mark:
    """A text beside the field; at: percent from the left, or from below."""

    at: float
    text: str


@dataclass(frozen=True)
class Spot:
    """Where the pointer is told what was there. left, width: as SVG writes them."""

    left: str
    width: str
    text: str


@dataclass(frozen=True)
class Drawing:
    shapes: Sequence[Shape]
    rows: Sequence[Mark]
    lines: Sequence[str]  # how far from above each of the rows lies
    columns: Sequence[Mark]
    spots: Sequence[Spot]
    headers: Sequence[str]
    figures: Sequence[Sequence[str]]  # the same values as a table, the newest first
    summary: str


def draw(chart: Chart, period: Period, zone: tzinfo) -> Drawing:
    highest = max(_heights(chart), default=0.0)
    end = scales.top(highest)
    moments = [_moment(start, period, zone) for start in chart.starts]
    told = [
        [value_text(each.values[place], chart.unit) for each in chart.series] for place in range(len(moments))
    ]
    known = [any(each.values[place] is not None for each in chart.series) for place in range(len(moments))]
    marks = scales.marks(highest, whole=not chart.unit)
    return Drawing(
        shapes=_bars(chart, end) if chart.is_bars else _lines(chart, end),
        rows=[Mark(100 * each / end, value_text(each, chart.unit)) for each in marks],
        lines=[f"{HEIGHT * (1 - each / end):.1f}" for each in marks],
        columns=_columns(chart.starts, period, zone),
        spots=[
            Spot(
                f"{place * WIDTH / len(moments):.1f}",
                f"{WIDTH / len(moments):.1f}",
                _spot_text(chart, moments[place], told[place]),
            )
            for place in range(len(moments))
            if known[place]
        ],
        headers=[_("from"), *(each.label for each in chart.series)],
        figures=[[moments[at], *told[at]] for at in range(len(moments) - 1, -1, -1) if known[at]],
        summary=_summary(chart),
    )


def value_text(value: float | None, unit: str) -> str:
    """ "1,234", "0.5 s", or "—" for what is not known."""
    if value is None:
        return cells.UNKNOWN
    if unit == "s":
        shown = f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
        return _("%(seconds)s s") % {"seconds": shown}
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def _heights(chart: Chart) -> list[float]:
    if not chart.is_bars:
        return [value for each in chart.series for value in each.values if value is not None]
    return [sum(each.values[place] or 0.0 for each in chart.series) for place in range(len(chart.starts))]


def _bars(chart: Chart, end: float) -> list[Shape]:
    """Stacked, the first series at the bottom."""
    step = WIDTH / len(chart.starts)
    floor = [0.0] * len(chart.starts)
    shapes = []
    for each in chart.series:
        parts = []
        for place, value in enumerate(each.values):
            if not value:
                continue
            low, high = floor[place], floor[place] + value
            floor[place] = high
            x, wide = step * (place + _GAP / 2), step * (1 - _GAP)
            y, tall = HEIGHT * (1 - high / end), HEIGHT * (high - low) / end
            parts.append(f"M{x:.1f} {y:.1f}h{wide:.1f}v{tall:.1f}h-{wide:.1f}z")
        if parts:
            shapes.append(Shape("".join(parts), each.mood, is_filled=True))
    return shapes


def _lines(chart: Chart, end: float) -> list[Shape]:
    """A gap where nothing is known; a value without neighbours is a dot."""
    step = WIDTH / len(chart.starts)
    shapes = []
    for each in chart.series:
        parts, is_open = [], False
        for place, value in enumerate(each.values):
            if value is None:
                is_open = False
                continue
            x, y = step * (place + 0.5), HEIGHT * (1 - value / end)
            parts.append(f"L{x:.1f} {y:.1f}" if is_open else f"M{x:.1f} {y:.1f}h.1")
            is_open = True
        if parts:
            shapes.append(Shape("".join(parts), each.mood, is_filled=False))
    return shapes


def _columns(starts: Sequence[datetime], period: Period, zone: tzinfo) -> list[Mark]:
    """A mark where the zone's clock shows a multiple of the period's tick; for days, every so many."""
    marks = []
    for place, start in enumerate(starts):
        local = start.astimezone(zone)
        if period.step >= DAY:
            back = len(starts) - 1 - place
            if back % (period.tick // DAY):
                continue
            text = formats.date_format(start, "j/n")
        else:
            seconds = local.hour * 3600 + local.minute * 60
            if seconds % min(period.tick, DAY):
                continue
            text = formats.date_format(local, "j/n" if period.tick >= DAY else "H:i")
        marks.append(Mark(100 * (place + (0.5 if period.step >= DAY else 0)) / len(starts), text))
    return marks


def _moment(start: datetime, period: Period, zone: tzinfo) -> str:
    if period.step >= DAY:
        return formats.date_format(start, "SHORT_DATE_FORMAT")
    return formats.date_format(start.astimezone(zone), "SHORT_DATETIME_FORMAT")


def _spot_text(chart: Chart, moment: str, told: Sequence[str]) -> str:
    values = (f"{each.label}: {text}" for each, text in zip(chart.series, told, strict=True))
    return "\n".join([moment, *values])


def _summary(chart: Chart) -> str:
    """For those who do not see the drawing: of sums their sum, of levels the last and the highest."""
    parts = []
    for each in chart.series:
        known = [value for value in each.values if value is not None]
        if not known:
            continue
        words = {"label": each.label, "sum": value_text(sum(known), chart.unit)}
        words |= {"last": value_text(known[-1], chart.unit), "high": value_text(max(known), chart.unit)}
        if chart.is_bars:
            parts.append(_("%(label)s: %(sum)s") % words)
        else:
            parts.append(_("%(label)s: last %(last)s, highest %(high)s") % words)
    return "; ".join(parts)
