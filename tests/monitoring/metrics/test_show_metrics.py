"""`show_metrics`: a table for people, an object for programs, a sentence for a mistake."""

from __future__ import annotations

import json

import pytest
from django.core.management import load_command_class

from monitoring.metrics import buffer
from monitoring.metrics.catalogue import METRICS
from monitoring.metrics.sparkline import number, sparkline

pytestmark = [pytest.mark.django_db, pytest.mark.one_leg]


@pytest.fixture
def show(capsys, monkeypatch):
    """show(*words) -> (exit code, standard output, standard error)."""
    monkeypatch.delenv("COLUMNS", raising=False)  # as wide as for a pipe, whatever started the tests

    def give(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = 0
        try:
            load_command_class("monitoring", "show_metrics").run_from_argv(
                ["manage.py", "show_metrics", *words]
            )
        except SystemExit as end:
            code = int(end.code or 0)
        told = capsys.readouterr()
        return code, told.out, told.err

    return give


@pytest.fixture
def busy():
    for _ in range(20):
        buffer.add("calls", api="inventory", endpoint="items/{id}", status=200)
        buffer.observe("call_seconds", 0.2, api="inventory", endpoint="items/{id}")
    buffer.add("calls", 3, api="books", endpoint="contacts", status=500)
    buffer.observe("queue_jobs", 7)
    buffer.flush()


def line_of(out: str, *words: str) -> str:
    return next(line for line in out.splitlines() if all(word in line for word in words))


def test_every_metric_has_its_line_and_what_was_not_observed_says_so(show, busy):
    code, out, _err = show()
    assert code == 0
    assert all(any(line.split()[:1] == [name] for line in out.splitlines()) for name in METRICS)
    assert " 23 " in line_of(out, "Calls of Zoho")
    assert "no data" in line_of(out, "dead_letters")
    assert "█" in line_of(out, "queue_jobs")


def test_a_metric_that_is_named_is_told_by_its_labels(show, busy):
    _code, out, _err = show("calls", "call_seconds")
    assert " 3 " in line_of(out, "status=500")
    assert " 20 " in line_of(out, "status=200")
    assert "half ≤ " in line_of(out, "call_seconds")
    assert "queue_jobs" not in out


def test_programs_get_one_object(show, busy):
    code, out, _err = show("calls", "call_seconds", "dead_letters", "--json")
    calls, seconds, dead = json.loads(out)["metrics"]
    assert code == 0
    assert (calls["total"], len(calls["labels"])) == (23, 2)
    assert 0.1 <= seconds["p95"] <= 0.25
    assert (dead["total"], dead["last"], dead["points"]) == (None, None, [])


def test_without_any_data_it_says_where_data_come_from(show):
    assert "run_monitor" in show()[1]


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("cals",), "cals"),
        (("--since", "yesterday"), "yesterday"),
        (("--since", "0h"), "0h"),
        (("--since", "٣h"), "٣h"),
        (("--since", "9999d"), "9999d"),
        (("--until", "1h"), "--until"),
    ],
)
def test_a_mistake_is_told_in_one_sentence(show, words, named):
    code, out, err = show(*words)
    assert (code, out) == (2, "")
    assert named in err and len(err.strip().splitlines()) == 1


def test_a_curve_tells_nothing_from_zero():
    assert sparkline([None, 0, 5, 10]) == "·▁▅█"
    assert sparkline([0, 0]) == "▁▁"


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (1234567, "", "1,234,567"),
        (0.25, "", "0.25"),
        (0.034, "seconds", "34 ms"),
        (75, "seconds", "75 s"),
        (5400, "seconds", "90 min"),
        (36_000, "seconds", "10 h"),
        (259_200, "seconds", "3.0 d"),
        (None, "", ""),
    ],
)
def test_figures_are_as_people_read_them(value, unit, told):
    assert number(value, unit) == told
