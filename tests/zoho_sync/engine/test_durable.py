"""Workers that are killed, stopped, or cut off from the database: the run goes on by itself, and ends exact."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from inventory.models import Product, StockLevel
from tests.conftest import PROJECT
from tests.freezing import stop_still
from zoho_sync import leases, services
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.runner import MAX_IDLE_ATTEMPTS, work_slice
from zoho_sync.sandbox import Size
from zoho_sync.zoho.client import ZohoClient

from .truth import assert_exact

Status = SyncRun.Status


@pytest.fixture
def size() -> Size:
    return Size(items=420, customers=30, vendors=5, locations=3, price_lists=4, price_list_items=60)


class Workers:
    """Real worker processes on given runs; one more is always started already and waits for its turn."""

    def __init__(self, environment: dict[str, str], lease_seconds: float, runs: list[SyncRun]):
        self._command = [
            sys.executable, "-m", "tests.zoho_sync.engine.worker", str(lease_seconds), *(str(r.pk) for r in runs),
        ]  # fmt: skip
        self._environment = environment
        self._all: list[subprocess.Popen] = []
        self._spare = self._start()

    def _start(self) -> subprocess.Popen:
        process = subprocess.Popen(
            self._command, env=self._environment, cwd=PROJECT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self._all.append(process)
        return process

    def go(self) -> subprocess.Popen:
        worker, self._spare = self._spare, self._start()
        assert worker.stdout.readline() == "ready\n"
        worker.stdin.write("go\n")
        worker.stdin.flush()
        return worker

    def close(self) -> None:
        for process in self._all:
            if process.poll() is None:
                process.kill()
            process.communicate()


@pytest.fixture
def workers(zoho_server, process_environment):
    opened = []

    def begin(lease_seconds: float, *runs: SyncRun) -> Workers:
        opened.append(Workers(process_environment | zoho_server.environment, lease_seconds, list(runs)))
        return opened[-1]

    yield begin
    for each in opened:
        each.close()


def progress() -> int:
    """Grows with every page, claim and end of any run."""
    return sum(sum(run) for run in SyncRun.objects.values_list("fence", "fetched_count", "calls_count"))


def kill_over_and_over(workers: Workers, times: int, calls_between: int, seed: int, api_calls, until) -> None:
    """Kill a working worker at a random moment, `times` times: after some calls, or within the next page."""
    draw = random.Random(seed)
    for number in range(times):
        asked, seen = len(api_calls()), progress()
        worker = workers.go()
        until(lambda seen=seen: progress() > seen)
        goal = asked + draw.randrange(calls_between)
        until(lambda goal=goal: len(api_calls()) >= goal)
        time.sleep(draw.uniform(0, 0.06))
        assert worker.poll() is None, f"all was done before kill {number + 1}"
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)


def repeated(calls: list[dict]) -> int:
    """How many calls asked for what had been asked for before."""
    asked = Counter((call["path"], tuple(sorted(call["query"].items()))) for call in calls)
    return sum(times - 1 for times in asked.values())


def full_sync() -> list[SyncRun]:
    return services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, batch_size=10)


def details_run() -> SyncRun:
    return SyncRun.objects.get(entity="customer_details")


def prove_durable(times, calls_between, seed, sandbox, organization, workers, api_calls, until) -> None:
    with ZohoClient(organization) as client:
        client.get("locations")  # a token is there: who dies while refreshing it is another room's subject
    sandbox.settings(latency_ms=15)
    sandbox.forget_calls()
    runs = full_sync()
    several = workers(0.6, *runs)

    kill_over_and_over(several, times, calls_between, seed, api_calls, until)
    last = several.go()
    last.wait(120)
    services.work_here(details_run())

    for run in runs:
        run.refresh_from_db()
        assert (run.entity, run.status, str(run.message)) == (run.entity, Status.SUCCEEDED, "")
    assert_exact(sandbox, organization)
    assert repeated(api_calls()) <= times


@pytest.mark.slow
def test_a_full_sync_survives_kills(sandbox, organization, workers, api_calls, until):
    prove_durable(5, 20, 11, sandbox, organization, workers, api_calls, until)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_a_full_sync_survives_twenty_kills(seed, sandbox, organization, workers, api_calls, until):
    prove_durable(20, 6, seed, sandbox, organization, workers, api_calls, until)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 4])
def test_a_plan_whose_workers_are_killed_is_applied_row_by_row_and_each_once(
    seed, sandbox, organization, sync_all, workers, api_calls, until
):
    """More than a thousand levels, 200 a page: what is in is in with its rows' states, and the next worker goes on."""
    plans = {plan.entity: plan for plan in sync_all("full", dry_run=True).values()}
    for entity in ("warehouses", "products"):
        services.work_here(services.apply_plan(plans[entity], trigger=Trigger.COMMAND))
    sandbox.forget_calls()
    run = services.apply_plan(plans["stock"], trigger=Trigger.COMMAND)
    several, draw, planned = workers(0.6, run), random.Random(seed), plans["stock"].planned_changes
    total = planned.count()
    assert total > 1000

    for _kill in range(4):
        seen = progress()
        worker = several.go()
        until(lambda seen=seen: progress() > seen)
        time.sleep(draw.uniform(0, 0.05))
        assert worker.poll() is None
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
        done = planned.filter(state="applied").count()
        assert done == SyncRun.objects.get(pk=run.pk).created_count < total
    several.go().wait(60)

    run.refresh_from_db()
    assert (run.status, run.created_count, run.progress_done) == (Status.SUCCEEDED, total, total)
    assert run.fetched_count == run.created_count == planned.filter(state="applied", applied_by=run).count()
    assert api_calls() == []
    services.work_here(services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND, entities=["stock"])[0])
    levels = StockLevel.objects.filter(cause=run.cause)
    assert levels.count() == total, "a full sync found nothing to mend"


def sent_to_sleep_between_transactions(pid: int) -> bool:
    """Frozen, and still frozen if it holds no lock: with one it would keep everybody waiting."""
    stop_still(pid)
    try:
        if connection.vendor == "sqlite":
            with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=0.1)) as other:
                other.execute("BEGIN IMMEDIATE")
        else:
            with transaction.atomic():
                list(SyncRun.objects.select_for_update(nowait=True))
    except (sqlite3.OperationalError, OperationalError):
        os.kill(pid, signal.SIGCONT)
        return False
    return True


def test_a_worker_that_slept_through_its_lease_writes_nothing(
    sandbox, organization, start_run, workers, until
):
    sandbox.settings(latency_ms=40)
    run = start_run("products", batch_size=10)
    both = workers(0.5, run)
    sleeper = both.go()
    until(lambda: Product.objects.count() >= 30)
    until(lambda: sent_to_sleep_between_transactions(sleeper.pid))
    other = both.go()
    assert other.wait(60) == 0
    after = SyncRun.objects.filter(pk=run.pk).values().get()
    products = list(Product.objects.order_by("pk").values_list("pk", "cause", "synced_at"))

    os.kill(sleeper.pid, signal.SIGCONT)
    told, _ = sleeper.communicate(timeout=60)

    assert "lease lost" in told
    assert after["status"] == Status.SUCCEEDED
    assert SyncRun.objects.filter(pk=run.pk).values().get() == after
    assert list(Product.objects.order_by("pk").values_list("pk", "cause", "synced_at")) == products


def test_an_attempt_is_counted_before_its_work(start_run, settings):
    """A page that kills its worker, whoever takes it, does not do so for ever."""
    settings.ZOHO = settings.ZOHO | {"LEASE_SECONDS": 0}
    run = start_run("products")
    for _ in range(MAX_IDLE_ATTEMPTS):
        assert leases.claim(run.pk), "the lease of the dead worker has ended"
    settings.ZOHO = settings.ZOHO | {"LEASE_SECONDS": 25}

    run = services.work_here(run)

    assert run.status == Status.FAILED
    assert "attempts in a row ended without a single page" in run.message
    assert not Product.objects.exists()


def test_a_lease_is_kept_while_zoho_is_slow(sandbox, start_run, in_background, until, settings):
    settings.ZOHO = settings.ZOHO | {"LEASE_SECONDS": 2}
    sandbox.order_fault("delay", delay=4)
    run = start_run("products")
    in_background(run)
    until(lambda: SyncRun.objects.get(pk=run.pk).fence == 1)
    deadline = time.monotonic() + 3.5

    while time.monotonic() < deadline:
        assert leases.claim(run.pk) is None
        time.sleep(0.1)


def test_a_page_and_its_place_commit_together(sandbox, start_run):
    run = start_run("products", batch_size=20)

    while not run.is_ended:
        work_slice(run.pk, seconds=0.001, rings=False)
        run.refresh_from_db()
        assert Product.objects.count() == run.created_count == run.fetched_count

    assert run.status == Status.SUCCEEDED


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no connection that could be cut")
def test_cut_database_connections_are_survived(
    sandbox, organization, settings, start_run, in_background, until
):
    settings.ZOHO = settings.ZOHO | {"LEASE_SECONDS": 1}
    sandbox.settings(latency_ms=20)
    run = start_run("products", batch_size=10)
    worker = in_background(run)
    for page in (3, 9, 20):
        until(lambda page=page: Product.objects.count() >= page * 10)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    worker.join(60)

    run.refresh_from_db()
    assert run.status == Status.SUCCEEDED
    assert run.created_count == Product.objects.count() == 420


def test_what_a_dead_worker_had_fetched_is_not_fetched_again(sandbox, start_run, api_calls, settings):
    """Two pages were fetched, one of them stored; the successor starts with the other."""
    from zoho_sync.options import SyncOptions
    from zoho_sync.phases import phases_of
    from zoho_sync.processors import registry
    from zoho_sync.spool import Spool
    from zoho_sync.work import Work

    run = start_run("products", batch_size=200)
    work = Work(run, registry.get("products"), SyncOptions.from_json(run.options))
    (phase, *_others) = phases_of(work)
    with ZohoClient(run.organization, run_id=run.pk) as client:
        page = next(phase.pages(work, client, {}))
    Spool(run).keep(phase.name, {}, page)
    sandbox.forget_calls()

    run = services.work_here(run)

    assert [call["query"]["page"] for call in api_calls("/items")] == ["2", "3"]
    assert run.created_count == 420
    assert not list((settings.DATA_DIR / "spool").iterdir())


def test_a_fetched_page_that_is_too_old_is_read_again(sandbox, start_run, api_calls):
    from dataclasses import replace

    from zoho_sync.processors.base import Kind
    from zoho_sync.spool import FRESH_SECONDS, Spool
    from zoho_sync.work import Page

    run = start_run("products")
    page = Page(1, [], Kind.ROW, timezone.now(), {"page": 1, "more": False})
    old = replace(page, asked_at=page.asked_at - timedelta(seconds=FRESH_SECONDS + 1))
    Spool(run).keep("list", {}, old)

    run = services.work_here(run)

    assert run.created_count == 420


def test_a_page_of_which_the_disk_kept_a_part_is_read_again(sandbox, start_run, settings):
    from zoho_sync.processors.base import Kind
    from zoho_sync.spool import Spool
    from zoho_sync.work import Page

    run = start_run("products")
    rows = [b'{"item_id": "1", "name": "Cable"}'] * 50
    Spool(run).keep("list", {}, Page(1, rows, Kind.ROW, timezone.now(), {"page": 1, "more": False}))
    (file,) = (settings.DATA_DIR / "spool").iterdir()
    file.write_bytes(file.read_bytes()[:-100])

    assert services.work_here(run).created_count == 420


def test_a_disk_that_takes_no_file_costs_the_run_nothing(sandbox, start_run, settings, tmp_path):
    settings.DATA_DIR = tmp_path / "file"
    settings.DATA_DIR.write_text("no folder")

    assert services.work_here(start_run("products")).status == Status.SUCCEEDED
