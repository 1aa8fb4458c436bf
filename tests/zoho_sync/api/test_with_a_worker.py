"""Runs that were started by the API and are worked on by a real worker, against a real server."""

from __future__ import annotations

import pytest

from inventory.models import Product
from zoho_sync.sandbox import Size

from ..engine.conftest import organization, sandbox, until, zoho_server  # noqa: F401
from ..engine.workers import worker  # noqa: F401

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def size() -> Size:
    return Size(items=120, customers=3, vendors=1, locations=2, price_lists=1, price_list_items=5)


@pytest.mark.slow
def test_a_run_that_was_started_is_seen_to_its_end(visitor, sandbox, organization, worker, until):  # noqa: F811
    started = visitor.post("runs/", {"entity": "products", "mode": "full", "batch_size": 40}, status=202)
    address = started.headers["Location"]

    worker(started["runs"][0]["id"])
    until(lambda: visitor.get(address)["finished_at"])

    run = visitor.get(address)
    counts = run["counts"]
    assert run["status"] == "succeeded"
    assert run["progress"]["percent"] == 100
    assert counts["fetched"] == counts["created"] == Product.objects.count() == 120
    assert run["calls_count"] == sum(
        row["calls_count"] for row in visitor.get(run["parts"]["calls"])["results"]
    )
    assert not any(run["can"][name] for name in ("cancel", "pause", "resume"))
    names = [event["name"] for event in visitor.get(run["parts"]["events"])["results"]]
    assert names[0] == "tds.zoho.sync.completed"
    assert "tds.zoho.sync.started" in names


@pytest.mark.slow
def test_a_run_that_is_worked_on_is_cancelled_and_resumed(visitor, sandbox, organization, worker, until):  # noqa: F811
    sandbox.order_fault("delay", delay=0.2, times=None)
    started = visitor.post("runs/", {"entity": "products", "mode": "full", "batch_size": 10}, status=202)
    address = started.headers["Location"]
    process = worker(started["runs"][0]["id"])
    until(lambda: visitor.get(address)["progress"]["done"] > 0)

    assert visitor.post(f"{address}cancel/")["status"] == "cancelling"
    assert process.wait(30) == 0

    stopped = visitor.get(address)
    assert stopped["status"] == "cancelled"
    assert 0 < stopped["counts"]["created"] == Product.objects.count() < 120
    sandbox.clear_faults()
    visitor.post(f"{address}resume/", status=202)
    assert worker(started["runs"][0]["id"]).wait(30) == 0
    assert visitor.get(address)["counts"]["created"] == Product.objects.count() == 120


def test_a_killed_workers_run_is_told_as_running_and_goes_on(visitor, sandbox, organization, worker, until):  # noqa: F811
    sandbox.order_fault("delay", delay=0.2, times=None)
    started = visitor.post("runs/", {"entity": "products", "mode": "full", "batch_size": 10}, status=202)
    address = started.headers["Location"]
    process = worker(started["runs"][0]["id"], lease_seconds=1)
    until(lambda: visitor.get(address)["progress"]["done"] > 0)

    process.kill()
    process.wait(30)

    assert visitor.get(address)["status"] == "running"
    done = visitor.get(address)["progress"]["done"]
    sandbox.clear_faults()
    assert worker(started["runs"][0]["id"], lease_seconds=1).wait(30) == 0
    run = visitor.get(address)
    assert (run["status"], run["counts"]["created"]) == ("succeeded", 120)
    assert run["progress"]["done"] > done
