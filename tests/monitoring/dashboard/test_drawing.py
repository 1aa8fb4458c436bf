"""Shapes, axes and words of a chart, from its values; no database is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from monitoring.dashboard import scales
from monitoring.dashboard.charts import Chart, Series, quantile
from monitoring.dashboard.drawing import HEIGHT, draw, value_text
from monitoring.dashboard.periods import DAY, PERIODS, period_of
from monitoring.metrics.catalogue import BOUNDS

BAGHDAD = ZoneInfo("Asia/Baghdad")
NOW = datetime(2026, 11, 21, 9, 47, tzinfo=UTC)  # 12:47 in Baghdad
DAY_PERIOD, WEEK_PERIOD, MONTH_PERIOD = PERIODS


def chart(*series: Series, is_bars: bool = True, unit: str = "", starts=None) -> Chart:
    starts = starts or DAY_PERIOD.starts(NOW, BAGHDAD)[-len(series[0].values) :]
    return Chart("calls", "Calls", "", is_bars, unit, starts, series)


@pytest.mark.parametrize("period", PERIODS, ids=lambda period: period.key)
def test_a_period_ends_with_the_step_that_is_going_on(period):
    starts = period.starts(NOW, BAGHDAD)

    assert starts[-1] <= NOW < starts[-1] + timedelta(seconds=period.step)
    assert len(starts) == period.length.total_seconds() / period.step
    assert {after - before for before, after in pairwise(starts)} == {timedelta(seconds=period.step)}


def test_steps_of_hours_begin_at_the_hours_of_the_zone():
    kolkata = ZoneInfo("Asia/Kolkata")  # half an hour beside the others

    hours = {start.astimezone(kolkata).hour % 4 for start in WEEK_PERIOD.starts(NOW, kolkata)}
    minutes = {start.astimezone(kolkata).minute for start in WEEK_PERIOD.starts(NOW, kolkata)}

    assert (hours, minutes) == ({0}, {0})


def test_a_period_that_there_is_not_is_refused():
    with pytest.raises(LookupError):
        period_of("1y")


@pytest.mark.parametrize(
    ("highest", "end"),
    [(0, 1), (0.3, 0.4), (1, 1), (1.1, 2), (3, 4), (4.2, 5), (7, 8), (97, 100), (100, 100), (1240, 2000)],
)
def test_an_axis_ends_at_a_round_value(highest, end):
    assert scales.top(highest) == pytest.approx(end)


@pytest.mark.parametrize(
    ("highest", "marks"),
    [(0, [0, 1]), (2, [0, 1, 2]), (97, [0, 25, 50, 75, 100]), (4, [0, 1, 2, 3, 4])],
)
def test_what_is_counted_has_whole_marks_only(highest, marks):
    assert scales.marks(highest, whole=True) == marks


def test_bars_stand_on_each_other():
    drawn = draw(
        chart(Series("good", "good", [30.0, 60.0]), Series("bad", "bad", [10.0, 20.0])), DAY_PERIOD, BAGHDAD
    )

    good, bad = (
        shape.path.split("M")[2] for shape in drawn.shapes
    )  # of the second step; the axis ends at 80
    assert good == f"327.0 {HEIGHT / 4:.1f}h246.0v{HEIGHT * 3 / 4:.1f}h-246.0z"
    assert bad == f"327.0 0.0h246.0v{HEIGHT / 4:.1f}h-246.0z"


def test_a_line_breaks_where_nothing_is_known():
    drawn = draw(chart(Series("", "busy", [1.0, 2.0, None, 1.0]), is_bars=False), DAY_PERIOD, BAGHDAD)

    assert drawn.shapes[0].path.count("M") == 2
    assert drawn.shapes[0].path.count("L") == 1


def test_what_is_not_known_is_no_zero_in_the_figures():
    drawn = draw(chart(Series("jobs", "busy", [None, 0.0])), DAY_PERIOD, BAGHDAD)

    assert [row[1] for row in drawn.figures] == ["0"]
    assert len(drawn.spots) == 1


def test_the_time_axis_is_in_the_zone_of_the_organisation():
    drawn = draw(
        chart(Series("", "busy", [1.0] * 48), starts=DAY_PERIOD.starts(NOW, BAGHDAD)), DAY_PERIOD, BAGHDAD
    )

    assert [mark.text for mark in drawn.columns] == ["16:00", "20:00", "00:00", "04:00", "08:00", "12:00"]
    assert drawn.figures[0][0] == "21/11/2026 12:30"


def test_days_are_told_as_days():
    starts = MONTH_PERIOD.starts(NOW, BAGHDAD)

    drawn = draw(chart(Series("", "busy", [1.0] * 30), starts=starts), MONTH_PERIOD, BAGHDAD)

    assert drawn.columns[-1].text == "21/11"
    assert drawn.figures[0][0] == "21/11/2026"
    assert starts[-1] == datetime(2026, 11, 21, tzinfo=UTC)
    assert MONTH_PERIOD.step == DAY


def test_the_digits_are_western_in_arabic_too():
    with translation.override("ar"):
        drawn = draw(chart(Series("", "busy", [1234.0]), is_bars=False), DAY_PERIOD, BAGHDAD)

    assert drawn.figures[0] == ["21/11/2026 12:30", "1,234"]


def test_sums_are_summed_up_and_levels_are_not():
    sums = draw(chart(Series("good", "good", [30.0, 60.0])), DAY_PERIOD, BAGHDAD)
    levels = draw(chart(Series("jobs", "busy", [30.0, 12.0]), is_bars=False), DAY_PERIOD, BAGHDAD)

    assert sums.summary == "good: 90"
    assert levels.summary == "jobs: last 12, highest 30"


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (None, "", "—"),
        (1234, "", "1,234"),
        (2.5, "", "2.5"),
        (0.25, "s", "0.25 s"),
        (2.5, "s", "2.5 s"),
        (75, "s", "75 s"),
    ],
)
def test_values_are_written_as_they_are(value, unit, text):
    assert value_text(value, unit) == text


@pytest.mark.parametrize(
    ("counted", "q", "expected"),
    [
        ({}, 0.95, None),  # no data
        ({"1": 0, "+Inf": 0}, 0.95, None),
        ({str(BOUNDS[3]): 10}, 0.5, (BOUNDS[2] + BOUNDS[3]) / 2),  # though nothing fell up to the bound below
        ({str(BOUNDS[0]): 10}, 0.5, BOUNDS[0] / 2),
        ({str(BOUNDS[3]): 10, str(BOUNDS[5]): 10}, 1, BOUNDS[5]),
        ({str(BOUNDS[3]): 1, "+Inf": 9}, 0.95, BOUNDS[-1]),  # more than the last bound is not known
    ],
)
def test_a_quantile_lies_between_the_bounds_that_were_counted(counted, q, expected):
    assert quantile(counted, q) == pytest.approx(expected)
