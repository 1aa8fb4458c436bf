"""How runs start, wait, stop and go on: one per entity, in the order of their group, never losing a page."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from inventory.models import Product
from zoho_sync import leases, services
from zoho_sync.errors import RunInProgress, RunStateError
from zoho_sync.models import CallSlot, Event, SyncRun
from zoho_sync.options import Priority, SyncMode, Trigger
from zoho_sync.runner import MAX_IDLE_ATTEMPTS, work_slice
from zoho_sync.sandbox import Size
from zoho_sync.zoho import limits

Status = SyncRun.Status
BATCH = 10


@pytest.fixture
def size() -> Size:
    return Size(items=120, customers=6, vendors=2, locations=2, price_lists=2, price_list_items=10)


@pytest.fixture
def slow_zoho(sandbox):
    """Long enough a page for somebody to decide something meanwhile."""
    sandbox.settings(latency_ms=60)
    return sandbox


def pages_of(calls: list[dict]) -> list[int]:
    return [int(call["query"]["page"]) for call in calls]


def names_match(sandbox) -> bool:
    truth = {item["item_id"]: item["name"] for item in sandbox.records("items")}
    return truth == dict(Product.objects.live().values_list("external_id", "name"))


def jobs_for(run: SyncRun) -> int:
    return sum(1 for job in OrmQ.objects.all() if job.args() == (run.pk,))


# --- Cancel ------------------------------------------------------------------------------------------


def test_a_queued_run_is_cancelled_at_once_and_asks_nothing(start_run, api_calls):
    run = services.cancel_run(start_run("products"))

    assert run.status == Status.CANCELLED
    assert "Cancelled" in run.message
    assert services.work_here(run).status == Status.CANCELLED
    assert api_calls() == []


def test_a_running_run_is_cancelled_between_two_pages(slow_zoho, start_run, in_background, until):
    run = start_run("products", batch_size=BATCH)
    worker = in_background(run)
    until(lambda: Product.objects.count() >= 2 * BATCH)

    services.cancel_run(run)
    worker.join(30)

    run.refresh_from_db()
    assert run.status == Status.CANCELLED
    assert run.finished_at
    assert run.fetched_count == Product.objects.count() < 120
    assert Product.objects.count() % BATCH == 0, "half a page is in"


def test_who_cancelled_is_still_told_when_a_worker_takes_the_run_in_that_moment(start_run, django_user_model):
    run = start_run("products")
    SyncRun.objects.filter(pk=run.pk).update(status=Status.RUNNING, lease_owner="dead")
    services.cancel_run(run, user=django_user_model.objects.create(username="Zainab"))

    assert SyncRun.objects.get(pk=run.pk).message == "Zainab has asked to cancel it."
    assert services.work_here(run).status == Status.CANCELLED

    assert SyncRun.objects.get(pk=run.pk).message == "Cancelled by Zainab."


def test_an_ended_run_cannot_be_cancelled(run_sync):
    run = run_sync("products")

    with pytest.raises(RunStateError, match="succeeded"):
        services.cancel_run(run)


# --- Pause and resume --------------------------------------------------------------------------------


def test_a_paused_run_goes_on_where_it_stopped_and_reads_no_page_twice(
    slow_zoho, start_run, in_background, until, api_calls
):
    run = start_run("products", batch_size=BATCH)
    worker = in_background(run)
    until(lambda: Product.objects.count() >= 2 * BATCH)
    services.pause_run(run)
    worker.join(30)
    run.refresh_from_db()
    assert run.status == Status.PAUSED
    assert Product.objects.count() < 120

    run = services.work_here(services.resume_run(run))

    assert run.status == Status.SUCCEEDED
    assert sorted(pages_of(api_calls("/items"))) == list(range(1, 13))
    assert names_match(slow_zoho)


def test_a_paused_run_waits_for_a_person_and_for_nobody_else(start_run):
    run = services.pause_run(start_run("products"))

    assert services.work_here(run).status == Status.PAUSED
    SyncRun.objects.update(created_at=timezone.now() - timedelta(hours=3))
    assert services.requeue_lost() == 0


def test_a_failed_run_resumes_from_its_cursor(sandbox, start_run, api_calls):
    sandbox.order_fault("no_page_context", after=4)
    run = services.work_here(start_run("products", batch_size=BATCH))
    assert run.status == Status.FAILED
    assert "does not say whether more follows" in run.message
    assert Product.objects.count() == 4 * BATCH
    sandbox.forget_calls()

    run = services.work_here(services.resume_run(run))

    assert run.status == Status.SUCCEEDED
    assert pages_of(api_calls("/items")) == list(range(5, 13))
    assert run.fetched_count == run.created_count == 120
    assert names_match(sandbox)


def test_an_ended_run_cannot_be_resumed(run_sync):
    with pytest.raises(RunStateError):
        services.resume_run(run_sync("products"))


# --- One at a time -----------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", ["full", "incremental"])
def test_an_entity_has_one_active_run(start_run, mode):
    first = start_run("products")

    with pytest.raises(RunInProgress) as refusal:
        start_run("products", mode)

    assert refusal.value.run_id == first.pk
    assert SyncRun.objects.count() == 1


def test_a_resumed_run_gives_way_to_the_one_that_started_meanwhile(start_run):
    old = services.cancel_run(start_run("products"))
    new = start_run("products")

    with pytest.raises(RunInProgress) as refusal:
        services.resume_run(old)

    assert refusal.value.run_id == new.pk


@pytest.mark.slow
def test_two_processes_that_start_at_once_make_one_run(zoho_server, organization, process_environment):
    script = (
        "import sys, django; django.setup()\n"
        "from zoho_sync import services\n"
        "from zoho_sync.errors import RunInProgress\n"
        "from zoho_sync.options import *\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "try: services.start_run(SyncOptions(entity='products'), trigger=Trigger.COMMAND); print('won')\n"
        "except RunInProgress as error: print('lost', error.run_id)\n"
    )
    environment = process_environment | zoho_server.environment
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", script],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(3)
    ]
    for racer in racers:
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = sorted(racer.communicate(timeout=60)[0].strip() for racer in racers)

    run = SyncRun.objects.get()
    assert answers == [f"lost {run.pk}", f"lost {run.pk}", "won"]


def test_two_workers_never_work_on_one_run(slow_zoho, start_run, in_background, until):
    run = start_run("products", batch_size=BATCH)
    in_background(run)
    until(lambda: SyncRun.objects.get(pk=run.pk).status == Status.RUNNING)

    assert work_slice(run.pk, rings=False) == "not free"


def test_a_real_time_run_goes_beside_a_full_one(sandbox, start_run, run_sync):
    start_run("products")
    item_id = sandbox.ids("items")[0]

    run = run_sync("products", ids=(item_id,))

    assert run.status == Status.SUCCEEDED
    assert Product.objects.get().external_id == item_id


# --- Groups ------------------------------------------------------------------------------------------


def test_runs_of_a_group_wait_for_what_they_depend_on(sandbox):
    runs = {run.entity: run for run in services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND)}

    assert [run.entity for run in runs.values() if jobs_for(run)] == ["warehouses"]
    assert work_slice(runs["stock"].pk) == "waits for its group"
    assert work_slice(runs["warehouses"].pk) == Status.SUCCEEDED
    assert jobs_for(runs["products"]) == 1
    assert jobs_for(runs["stock"]) == 0
    work_slice(runs["products"].pk)
    assert jobs_for(runs["stock"]) == jobs_for(runs["price_lists"]) == 1


def test_a_run_that_waited_for_its_group_begins_as_if_nobody_had_looked(sandbox):
    warehouses, products = services.start_all(
        SyncMode.FULL, trigger=Trigger.COMMAND, entities=["warehouses", "products"]
    )
    for _ in range(MAX_IDLE_ATTEMPTS + 2):
        assert work_slice(products.pk, rings=False) == "waits for its group"
    products.refresh_from_db()
    assert (products.status, products.started_at, products.slices_count) == (Status.QUEUED, None, 0)

    services.work_here(warehouses)
    products = services.work_here(products)

    assert products.status == Status.SUCCEEDED
    assert Event.objects.filter(name="tds.zoho.sync.started", run=products).count() == 1


def test_a_group_goes_on_after_one_of_it_has_failed(sandbox, sync_all):
    sandbox.order_fault("code", path="/locations", times=None, code=1)
    sandbox.order_fault("code", path="/warehouses", times=None, code=1)

    runs = sync_all("full")

    assert runs["warehouses"].status == Status.FAILED
    assert runs["products"].status == Status.SUCCEEDED


def test_a_group_is_started_whole_or_not_at_all(start_run):
    busy = start_run("stock")

    with pytest.raises(RunInProgress) as refusal:
        services.start_all(SyncMode.FULL, trigger=Trigger.COMMAND)

    assert refusal.value.run_id == busy.pk
    assert SyncRun.objects.count() == 1


# --- Lost runs ---------------------------------------------------------------------------------------


def age(run: SyncRun, **columns) -> None:
    """As if it had been touched last an hour ago."""
    hour = timezone.now() - timedelta(hours=1)
    SyncRun.objects.filter(pk=run.pk).update(**({"created_at": hour, "beat_at": hour} | columns))


@pytest.mark.parametrize(
    "columns",
    [
        pytest.param({"status": "queued"}, id="its job was lost"),
        pytest.param({"status": "running", "lease_owner": "dead"}, id="its worker died"),
        pytest.param({"status": "cancelling", "lease_owner": "dead"}, id="its worker died before the cancel"),
        pytest.param({"status": "paused"}, id="its pause is over"),
    ],
)
def test_a_lost_run_is_queued_again_once(start_run, columns):
    run = start_run("products")
    OrmQ.objects.all().delete()
    past = timezone.now() - timedelta(minutes=30)
    more = {"paused_until": past} if columns["status"] == "paused" else {}
    more |= {"lease_until": past} if "lease_owner" in columns else {}
    age(run, **columns, **more)

    assert services.requeue_lost() == 1
    assert services.requeue_lost() == 0
    assert jobs_for(run) == 1


def test_a_run_that_is_worked_on_is_not_lost(start_run):
    run = start_run("products")
    age(run, status="running", lease_owner="alive", lease_until=timezone.now() + timedelta(seconds=20))

    assert services.requeue_lost() == 0


def test_a_run_whose_every_attempt_dies_ends_with_a_sentence(start_run, run_sync):
    run = start_run("products")
    SyncRun.objects.filter(pk=run.pk).update(idle_attempts=MAX_IDLE_ATTEMPTS)

    run = services.work_here(run)

    assert run.status == Status.FAILED
    assert "attempts in a row ended without a single page" in run.message
    assert services.work_here(services.resume_run(run)).status == Status.SUCCEEDED


def test_waiting_is_no_attempt_that_failed(start_run, settings):
    """However often the budget is empty when the run is looked at: it waits, it does not fail."""
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 0}
    run = start_run("products")
    for _ in range(MAX_IDLE_ATTEMPTS + 3):
        assert work_slice(run.pk, rings=False) == "paused"
        SyncRun.objects.update(paused_until=timezone.now())
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1000}

    assert services.work_here(run).status == Status.SUCCEEDED


# --- Unknown -----------------------------------------------------------------------------------------


def test_an_id_that_neither_zoho_nor_we_know_is_a_failure_that_says_so(organization, run_sync):
    run = run_sync("products", ids=("5100000000000999999",))

    assert run.status == Status.PARTIAL
    assert (run.fetched_count, run.failed_count, run.removed_count) == (1, 1, 0)
    assert [str(error.reason) for error in run.record_errors.all()] == ["Zoho does not know this id"]


def test_prices_of_an_unknown_item_make_no_nameless_product(sandbox, run_sync):
    run_sync("warehouses")

    run = run_sync("stock", ids=(sandbox.ids("items")[0],), update_prices=True)

    assert run.status == Status.PARTIAL
    assert not Product.objects.exists()


def test_who_takes_a_run_over_ends_the_calls_of_its_dead_worker(start_run):
    run = start_run("products")
    dead = leases.claim(run.pk)
    limits.acquire(run.organization, Priority.NORMAL, api="inventory", endpoint="items", run_id=run.pk)
    dead.mine.update(lease_until=timezone.now() - timedelta(seconds=1))

    leases.claim(run.pk)

    assert CallSlot.objects.get().ended_at is not None
