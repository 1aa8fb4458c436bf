"""Judgement: tables of windows and rules, of quiet times, and of how long something has lasted."""

from __future__ import annotations

from datetime import datetime, time
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from monitoring.rules import Verdict, Window, is_quiet, judge, lasting
from tests.monitoring.alerts.conftest import after

FRIDAY = 4


@pytest.mark.parametrize(
    ("statistic", "comparison", "threshold", "fewest", "window", "verdict", "value"),
    [
        ("share", "above", 10, 1, Window(total=20, failed=3), Verdict.BAD, 15),
        ("share", "above", 10, 1, Window(total=20, failed=2), Verdict.GOOD, 10),  # as much as is allowed
        ("share", "above", 10, 5, Window(total=1, failed=1), Verdict.NO_DATA, 100),  # one is no trend
        ("share", "above", 10, 1, Window(total=0, failed=0), Verdict.NO_DATA, None),
        ("share", "above", 10, 1, Window(total=4), Verdict.NO_DATA, None),  # no failures are told of it
        ("share", "above", 10, 1, None, Verdict.NO_DATA, None),
        ("sum", "above", 5, 1, Window(total=6), Verdict.BAD, 6),
        ("sum", "below", 5, 0, Window(total=0), Verdict.BAD, 0),
        ("p95", "above", 5, 3, Window(count=3, p95=5.5), Verdict.BAD, 5.5),
        ("p95", "above", 5, 4, Window(count=3, p95=5.5), Verdict.NO_DATA, 5.5),
        ("p95", "above", 5, 1, Window(count=3), Verdict.NO_DATA, None),
        ("highest", "above", 5, 1, Window(count=1, highest=6, lowest=1, last=2), Verdict.BAD, 6),
        ("lowest", "below", 5, 1, Window(count=1, highest=6, lowest=1, last=2), Verdict.BAD, 1),
        ("last", "above", 5, 1, Window(count=1, highest=6, lowest=1, last=2), Verdict.GOOD, 2),
    ],
)
def test_a_window_and_a_rule_make_a_verdict(statistic, comparison, threshold, fewest, window, verdict, value):
    rule = SimpleNamespace(statistic=statistic, comparison=comparison, threshold=threshold, fewest=fewest)

    assert judge(rule, window) == (verdict, value)


@pytest.mark.parametrize(
    ("day", "clock", "weekdays", "begins", "ends", "quiet"),
    [
        (20, "23:00", [], "22:00", "07:00", True),  # every day, over midnight
        (21, "06:59", [], "22:00", "07:00", True),
        (21, "07:00", [], "22:00", "07:00", False),  # the end is over
        (20, "21:59", [], "22:00", "07:00", False),
        (20, "22:00", [FRIDAY], "22:00", "07:00", True),
        (21, "03:00", [FRIDAY], "22:00", "07:00", True),  # Saturday morning is Friday's night
        (20, "03:00", [FRIDAY], "22:00", "07:00", False),  # Friday morning is Thursday's
        (21, "23:00", [FRIDAY], "22:00", "07:00", False),
        (20, "12:00", [], "09:00", "17:00", True),
        (20, "17:00", [], "09:00", "17:00", False),
        (21, "12:00", [FRIDAY], "09:00", "17:00", False),
        (20, "00:00", [FRIDAY], None, None, True),  # a whole day
        (20, "23:59", [FRIDAY], None, None, True),
        (21, "00:00", [FRIDAY], None, None, False),
        (20, "12:00", [], None, None, False),  # nothing is quiet
        (20, "12:00", [FRIDAY], "00:00", "00:00", True),  # it ends when it begins: a day long
        (21, "11:59", [FRIDAY], "12:00", "12:00", True),
        (21, "12:00", [FRIDAY], "12:00", "12:00", False),
    ],
)
def test_quiet_hours(day, clock, weekdays, begins, ends, quiet):
    now = datetime.combine(datetime(2026, 11, day), time.fromisoformat(clock), ZoneInfo("Asia/Baghdad"))
    given = [time.fromisoformat(each) if each else None for each in (begins, ends)]

    assert is_quiet(now, weekdays, *given) is quiet


def iso(minutes: float) -> str:
    return after(minutes).isoformat()


@pytest.mark.parametrize(
    ("breached", "known", "for_minutes", "enough", "since"),
    [
        ({"a": None}, {}, 0, {"a"}, {"a": iso(0)}),
        ({"a": None}, {}, 5, set(), {"a": iso(0)}),
        ({"a": None}, {"a": iso(-5)}, 5, {"a"}, {"a": iso(-5)}),
        ({"a": None}, {"b": iso(-9)}, 5, set(), {"a": iso(0)}),  # another one, and that is good now
        ({"a": after(-6)}, {}, 5, {"a"}, {"a": iso(-6)}),  # it knows its own beginning
        ({"a": after(-1)}, {"a": iso(-6)}, 5, {"a"}, {"a": iso(-6)}),
        ({}, {"a": iso(-6)}, 5, set(), {}),
    ],
)
def test_how_long_something_has_lasted(breached, known, for_minutes, enough, since):
    assert lasting(breached, known, for_minutes, after(0)) == (enough, since)
