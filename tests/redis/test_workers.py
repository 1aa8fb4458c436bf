"""Real workers on a real Redis, either of which dies in the middle: what was asked for is done all the same."""

from __future__ import annotations

import os
import random
import signal
import time
from datetime import timedelta

import pytest
from django.conf import settings
from django_q.tasks import async_task

from tests.zoho_sync.engine.truth import assert_exact
from tests.zoho_sync.test_processes import is_running, wait_until
from tests.zoho_sync.test_supervisor import SECONDS, Worker, children, start, worker  # noqa: F401  (fixtures)
from tests.zoho_sync.webhooks.conftest import deliver  # noqa: F401
from zoho_sync import services
from zoho_sync.broker import taken_key
from zoho_sync.models import SyncRun, WebhookDelivery, WorkerBeat
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.sandbox import Size

BEAT = "zoho_sync.tasks.beat"
BEATEN = {"ZOHO_SLICE_SECONDS": "1", "ZOHO_CALLS_PER_DAY": "1000000"}


@pytest.fixture
def size() -> Size:
    return Size(items=200, customers=40, vendors=3, locations=2, price_lists=2, price_list_items=30)


@pytest.fixture(autouse=True)
def redis_first(server):
    """Before any worker, and longer."""


def is_done(job: str) -> bool:
    return WorkerBeat.objects.filter(name=job).exists()


def test_jobs_are_worked_and_nothing_of_them_is_left(worker, server):  # noqa: F811
    first = worker.row.beat_at
    for number in range(5):
        async_task(BEAT, f"job {number}")
    wait_until(lambda: all(is_done(f"job {number}") for number in range(5)), SECONDS)
    wait_until(lambda: worker.row.beat_at > first + timedelta(seconds=3), SECONDS)
    wait_until(lambda: not server.jobs(taken_key(settings.WORKER["NAME"])), SECONDS)
    assert len(server.jobs(settings.WORKER["NAME"])) <= 1
    assert worker.row.restarts_count == 0


def test_jobs_in_the_hands_of_a_killed_worker_are_done_by_the_next(worker, start, server):  # noqa: F811
    everybody, jobs = worker.everybody, {"in hand 1", "in hand 2"}
    for pid in sorted(children(worker.sentinel))[: settings.Q_CLUSTER["workers"]]:
        os.kill(pid, signal.SIGSTOP)
    for job in jobs:
        async_task(BEAT, job)
    wait_until(lambda: len(server.jobs(taken_key(settings.WORKER["NAME"]))) == len(jobs), SECONDS)
    assert server.jobs() == []
    os.kill(worker.process.pid, signal.SIGKILL)
    worker.process.wait()
    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)
    start()
    wait_until(lambda: all(is_done(job) for job in jobs), SECONDS)


def test_a_redis_that_is_away_for_a_while_costs_no_worker(worker, server):  # noqa: F811
    everybody = worker.everybody
    server.kill()
    wait_until(lambda: worker.said("Redis does not answer, jobs wait"), SECONDS)
    wait_until(lambda: worker.said(f"worker {settings.WORKER['NAME']}: Redis does not answer"), SECONDS)
    seen = worker.row.beat_at
    server.start()
    wait_until(lambda: worker.said("the queue answers again"), SECONDS)
    wait_until(lambda: worker.row.beat_at and worker.row.beat_at > seen, SECONDS)
    async_task(BEAT, "a job")
    wait_until(lambda: is_done("a job"), SECONDS)
    assert worker.row.restarts_count == 0
    assert all(is_running(pid) for pid in everybody)


def test_a_delivery_that_came_while_redis_was_away_is_applied(
    sandbox, organization, run_sync, zoho_server, server, start, deliver  # noqa: F811
):  # fmt: skip
    run_sync("warehouses")
    run_sync("products")
    item = sandbox.ids("items")[0]
    server.kill()
    sandbox.change("items", item, name="New name")
    row = deliver("item", item)
    server.start()
    start(**zoho_server.environment, **BEATEN)
    wait_until(lambda: WebhookDelivery.objects.get(pk=row.pk).status == "applied", SECONDS * 2)


def test_whatever_redis_and_worker_lose_the_mirror_ends_exact(
    sandbox, organization, zoho_server, server, start  # noqa: F811
):  # fmt: skip
    """Emptied, killed and frozen again and again, its workers with it, in the middle of a full sync of everything."""
    sandbox.settings(latency_ms=500)  # so that the quickest machine is not through before the last of them
    dice = random.Random(5)
    machine: Worker = start(**zoho_server.environment, **BEATEN, WORKER_SILENCE_SECONDS="20")
    wait_until(lambda: machine.is_alive, SECONDS)
    services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND)
    for loss in (empty, kill_redis, empty, kill_cluster, kill_redis, empty):
        before = pages()
        wait_until(lambda before=before: pages() > before or not active(), SECONDS)
        time.sleep(dice.uniform(0.0, 0.5))
        assert active()
        loss(server, machine)
    sandbox.settings(latency_ms=0)
    wait_until(lambda: not active(), 4 * SECONDS)
    assert {run.status for run in SyncRun.objects.all()} == {"succeeded"}
    assert_exact(sandbox, organization)


def active() -> bool:
    return SyncRun.objects.filter(status__in=SyncRun.ACTIVE).exists()


def pages() -> int:
    return sum(SyncRun.objects.values_list("slices_count", flat=True))


def empty(server, machine: Worker) -> None:
    server.client.flushall()


def kill_redis(server, machine: Worker) -> None:
    server.kill()
    wait_until(lambda: machine.said("Redis does not answer"), SECONDS)
    server.start()


def kill_cluster(server, machine: Worker) -> None:
    os.kill(machine.cluster, signal.SIGKILL)
    server.client.flushall()
