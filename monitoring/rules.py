"""Judgement, pure: a window and a rule make a verdict; a time makes quiet hours, and since when something lasts."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Any

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


class Verdict(StrEnum):
    GOOD = "good"
    BAD = "bad"
    NO_DATA = "no_data"  # opens nothing, and resolves nothing


@dataclass(frozen=True)
class Window:
    """What was observed of one figure. failed: of `total`, where a share can be told. p95: seconds."""

    count: int = 0
    total: float | None = None
    failed: float | None = None
    highest: float | None = None
    lowest: float | None = None
    last: float | None = None
    p95: float | None = None


def value_of(statistic: str, window: Window) -> float | None:
    """The figure that is compared; None: no data. A share is in percent."""
    if statistic == "share":
        if not window.total or window.failed is None:
            return None
        return 100 * window.failed / window.total
    column = {"sum": "total", "highest": "highest", "lowest": "lowest", "last": "last", "p95": "p95"}[
        statistic
    ]
    return getattr(window, column)


def observations(statistic: str, window: Window) -> float:
    """How much there was to judge by: for sums and shares of what is counted, each thing counts."""
    return (window.total or 0) if statistic in ("sum", "share") else window.count


def judge(rule: Any, window: Window | None) -> tuple[Verdict, float | None]:
    """The verdict and the figure. rule: statistic, comparison, threshold, fewest."""
    if window is None:
        return Verdict.NO_DATA, None
    value = value_of(rule.statistic, window)
    if value is None or rule.threshold is None or observations(rule.statistic, window) < rule.fewest:
        return Verdict.NO_DATA, value
    is_bad = value > rule.threshold if rule.comparison == "above" else value < rule.threshold
    return (Verdict.BAD if is_bad else Verdict.GOOD), value


def lasting(
    breached: Mapping[str, datetime | None],
    known_since: Mapping[str, str],
    for_minutes: int,
    now: datetime,
) -> tuple[set[str], dict[str, str]]:
    """Which of the fingerprints have been bad for long enough, and since when each has been, for the next look.

    breached: bad now, each with its own beginning where that is known. known_since: ISO 8601, of the last look.
    """
    since: dict[str, datetime] = {}
    for fingerprint, began in breached.items():
        first = datetime.fromisoformat(known_since[fingerprint]) if fingerprint in known_since else now
        since[fingerprint] = min(first, began) if began is not None else first
    long_enough = {each for each, at in since.items() if now - at >= for_minutes * MINUTE}
    return long_enough, {each: at.isoformat() for each, at in since.items()}


def is_quiet(now: datetime, weekdays: Collection[int], begins: time | None, ends: time | None) -> bool:
    """Is it a quiet time? now: in the zone of the settings. weekdays: 0 is Monday; none: every day.

    Without times a quiet day is quiet from midnight to midnight, and without days nothing is. A time that ends before
    it begins goes on over midnight and belongs to the day on which it began; one that ends when it begins lasts a day.
    """
    if begins is None or ends is None:
        return now.weekday() in weekdays
    at, today = now.time(), _is_day(now, weekdays)
    if begins < ends:
        return today and begins <= at < ends
    return (today and at >= begins) or (_is_day(now - DAY, weekdays) and at < ends)


def _is_day(at: datetime, weekdays: Collection[int]) -> bool:
    return not weekdays or at.weekday() in weekdays
