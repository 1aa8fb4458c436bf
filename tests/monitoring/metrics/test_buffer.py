"""What processes observe gets into the rows, all of it and once; what cannot be meant is refused."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import time

import pytest

from monitoring.metrics import buffer, catalogue, reading
from monitoring.metrics.buffer import Buffer
from monitoring.metrics.labels import unpack
from monitoring.models import MetricSample
from tests.conftest import PROJECT

Width = MetricSample.Width


def total(name: str, width: int = Width.EVER) -> float:
    return sum(MetricSample.objects.filter(name=name, width=width).values_list("total", flat=True))


@pytest.mark.django_db
def test_what_counts_is_in_its_minute_and_in_the_row_that_never_ends():
    for _ in range(3):
        buffer.add("rows", 5, entity="products", result="created")
        buffer.flush()
    assert (total("rows", Width.MINUTE), total("rows", Width.EVER)) == (15, 15)
    assert reading.window("rows", minutes=5).total == 15  # and is not read twice


@pytest.mark.django_db
def test_how_things_stand_does_not_add_up_for_ever():
    buffer.observe("queue_jobs", 4)
    buffer.flush()
    assert set(MetricSample.objects.values_list("width", flat=True)) == {Width.MINUTE}


@pytest.mark.django_db
def test_a_histogram_keeps_its_bounds_when_there_are_too_many_labels():
    for number in range(505):
        buffer.observe("call_seconds", 0.2, api="books", endpoint=f"strange/{number}")
    buffer.flush()
    labels = [unpack(text) for text in MetricSample.objects.filter(width=60).values_list("labels", flat=True)]
    assert len(labels) == 501
    assert {"api": "other", "endpoint": "other", "le": "0.25"} in labels
    assert sum(MetricSample.objects.filter(width=60).values_list("count", flat=True)) == 505


@pytest.mark.parametrize(
    ("ask", "error"),
    [
        (lambda own: own.add("cals"), LookupError),
        (lambda own: own.add("runs", entity="products"), ValueError),  # a label is missing
        (lambda own: own.add("runs", entity="products", result="failed", mode="full"), ValueError),
        (lambda own: own.add("runs", -1, entity="products", result="failed"), ValueError),
        (lambda own: own.add("queue_jobs", 1), ValueError),  # a gauge is observed
        (lambda own: own.observe("runs", 1, entity="products", result="failed"), ValueError),
        (lambda own: own.observe("queue_jobs", float("nan")), ValueError),
    ],
)
def test_what_is_not_in_the_catalogue_is_refused(ask, error):
    own = Buffer(0)
    with pytest.raises(error):
        ask(own)
    assert own.is_empty


def test_every_metric_takes_its_own_labels_and_fits_into_its_column():
    own = Buffer(0)
    for metric in catalogue.METRICS.values():
        put = own.add if metric.kind is catalogue.Kind.COUNTER else own.observe
        put(metric.name, 1, **dict.fromkeys(metric.labels, "ق" * 100))
        assert len(metric.name) <= 48
    assert len(own._sums) == len(catalogue.METRICS)
    assert max(len(labels) for _name, _minute, labels in own._sums) <= 255


@pytest.mark.django_db(transaction=True)
def test_a_database_that_fails_costs_nothing_but_time(caplog):
    """A table that is away stands for whatever may be wrong with a database."""
    from django.db import connection

    own = Buffer(0.05)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE monitoring_metricsample RENAME TO away")
        try:
            with caplog.at_level(logging.WARNING, "monitoring.metrics.buffer"):
                own.add("rows", 2, entity="products", result="created")
                deadline = time.monotonic() + 20
                while own._pause < 0.2:  # it was tried, and tried again
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
        finally:
            cursor.execute("ALTER TABLE away RENAME TO monitoring_metricsample")
    own.add("rows", 3, entity="products", result="created")
    deadline = time.monotonic() + 20
    while not total("rows"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert total("rows") == 5
    assert len([record for record in caplog.records if "cannot be written" in record.message]) == 1
    while own._timer is not None:
        time.sleep(0.01)


# --- Processes -----------------------------------------------------------------------------------------

MANY = """
import os, django; django.setup()
from monitoring.metrics import buffer
children = []
for _ in range(4):
    children.append(os.fork())
    if not children[-1]:
        for number in range(300):
            buffer.add("rows", entity="products", result=("created", "updated", "failed")[number % 3])
            if number % 10 == 0:
                buffer.flush()
        raise SystemExit
raise SystemExit(sum(os.waitpid(child, 0)[1] for child in children))
"""


def start(code: str, environment: dict[str, str], **more) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", code], cwd=PROJECT, env=environment, text=True, **more)


@pytest.mark.slow
def test_many_processes_at_once_lose_nothing(process_environment):
    assert start(MANY, process_environment).wait(60) == 0
    assert (total("rows", Width.MINUTE), total("rows")) == (1200, 1200)


CHILDREN = """
import multiprocessing, os, django; django.setup()
from monitoring.metrics import buffer

def work():
    buffer.add("rows", 10, entity="products", result="created")

buffer.add("rows", 1, entity="products", result="created")
child = multiprocessing.get_context("fork").Process(target=work)
child.start()
child.join()
pid = os.fork()
if not pid:
    buffer.add("rows", 100, entity="products", result="created")
    raise SystemExit
os.waitpid(pid, 0)
"""


def test_whoever_exits_writes_what_he_has_in_hand_and_nothing_of_his_parents(process_environment):
    """As the queue's workers are forked, and as the web server's are."""
    assert start(CHILDREN, process_environment | {"METRICS_FLUSH_SECONDS": "60"}).wait(60) == 0
    assert total("rows") == 111


KILLED = """
import time, django; django.setup()
from monitoring.metrics import buffer
buffer.add("rows", 10, entity="products", result="created")
buffer.flush()
buffer.add("rows", 1, entity="products", result="created")
print("ready", flush=True)
time.sleep(60)
"""


@pytest.mark.one_leg
def test_a_killed_process_loses_only_what_it_had_in_hand(process_environment):
    process = start(KILLED, process_environment | {"METRICS_FLUSH_SECONDS": "60"}, stdout=subprocess.PIPE)
    assert process.stdout.readline() == "ready\n"
    os.kill(process.pid, signal.SIGKILL)
    process.communicate(timeout=20)
    assert total("rows") == 10


@pytest.mark.django_db(transaction=True)
def test_it_is_written_by_itself_and_not_in_the_transaction_of_whoever_counts():
    from django.db import transaction

    own = Buffer(0.05)
    with transaction.atomic():
        own.add("rows", 7, entity="products", result="created")
        transaction.set_rollback(True)
    deadline = time.monotonic() + 20
    while not total("rows"):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    while own._timer is not None:  # its thread ends when nothing is left
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert total("rows") == 7
