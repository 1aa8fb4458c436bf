"""Nothing is lost and nothing counted twice while minutes become hours, whoever does it, and however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Count, Sum

from monitoring.metrics import rollup, rows
from monitoring.metrics.labels import pack
from monitoring.metrics.rows import HOUR, MINUTE, Key, Sums
from monitoring.models import MetricSample
from tests.conftest import PROJECT

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)
OLD = NOW - timedelta(days=4)


def fill(count: int) -> None:
    """One row a minute and status, from OLD on, each of a total of 1."""
    rows.add(
        (
            Key(
                "calls", MINUTE, (OLD + timedelta(minutes=n // 3)).replace(second=0), pack({"status": n % 3})
            ),
            Sums(1, 1.0),
        )
        for n in range(count)
    )


def sums() -> tuple[int, float]:
    found = MetricSample.objects.aggregate(count=Sum("count"), total=Sum("total"))
    return found["count"], found["total"]


def widths() -> dict[int, int]:
    return dict(MetricSample.objects.order_by().values_list("width").annotate(Count("pk")))


@pytest.mark.django_db(transaction=True)
def test_several_at_once_while_somebody_still_adds_to_old_minutes_lose_nothing():
    from django.db import connection

    fill(3000)
    errors: list[Exception] = []

    def within_a_thread(work) -> threading.Thread:
        def body() -> None:
            try:
                work()
            except Exception as error:
                errors.append(error)
            finally:
                connection.close()

        return threading.Thread(target=body)

    threads = [
        within_a_thread(lambda: rollup.roll_up(NOW)),
        within_a_thread(lambda: rollup.roll_up(NOW)),
        within_a_thread(lambda: [fill(30) for _ in range(10)]),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert errors == []
    assert sums() == (3300, 3300.0)
    rollup.roll_up(NOW)  # what was added after the others had passed
    assert sums() == (3300, 3300.0)
    assert set(widths()) == {HOUR}


KILLED = f"""
import django; django.setup()
from datetime import datetime
from monitoring.metrics import rollup
rollup._BATCH = 20  # so that it takes long enough to be killed in the middle
rollup.roll_up(datetime.fromisoformat("{NOW.isoformat()}"))
"""


def test_one_that_is_killed_in_the_middle_is_gone_on_with(process_environment):
    fill(6000)
    process = subprocess.Popen([sys.executable, "-c", KILLED], cwd=PROJECT, env=process_environment)
    deadline = time.monotonic() + 60
    while HOUR not in widths():
        assert time.monotonic() < deadline and process.poll() is None
        time.sleep(0.01)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(20)
    assert set(widths()) == {MINUTE, HOUR}
    assert sums() == (6000, 6000.0)
    rollup.roll_up(NOW)
    assert set(widths()) == {HOUR}
    assert sums() == (6000, 6000.0)
