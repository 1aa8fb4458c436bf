"""A Zoho of each test's own, and runs worked to their end: real HTTP, real tables, nothing patched."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from zoho_sync.sandbox import Sandbox, SandboxControl, Size

SMALL = Size(items=60, customers=12, vendors=3, locations=3, price_lists=3, price_list_items=30)


@pytest.fixture
def size() -> Size:
    """Override it for another size."""
    return SMALL


@pytest.fixture
def zoho_server(size: Size, transactional_db, settings, tmp_path) -> Iterator[Sandbox]:
    with Sandbox(size=size, seed=7, calls_per_minute=None, calls_per_day=None) as sandbox:
        settings.ZOHO = settings.ZOHO | {
            **{name.removeprefix("ZOHO_"): value for name, value in sandbox.environment.items()},
            "REGION": "com",
            "CALLS_PER_MINUTE": 100_000,
            "CALLS_PER_DAY": 1_000_000,
            "CALL_SECONDS": 20,
            "CONCURRENT_CALLS": 100,  # a killed worker's call counts as under way until it expires
        }
        settings.DATA_DIR = tmp_path
        yield sandbox


@pytest.fixture
def sandbox(zoho_server: Sandbox) -> SandboxControl:
    """The sandbox's control, with the settings pointing at it and limits too wide to be met."""
    return zoho_server.control


@pytest.fixture
def organization(sandbox):
    from zoho_sync.connections import organization_for

    return organization_for()


@pytest.fixture
def start_run(sandbox) -> Callable:
    """start_run("products", mode="full", …SyncOptions) -> a queued run."""
    from zoho_sync import services
    from zoho_sync.options import SyncMode, SyncOptions, Trigger

    def start(entity: str, mode: str = "full", *, trigger: str = "command", **options):
        mode = SyncMode.REALTIME if options.get("ids") else SyncMode(mode)
        return services.start_run(
            SyncOptions(entity=entity, mode=mode, **options), trigger=Trigger(trigger), organization=None
        )

    return start


@pytest.fixture
def run_sync(start_run) -> Callable:
    """run_sync("products", mode="full", …SyncOptions) -> the run as it ended, was quarantined, or waits."""
    from zoho_sync import services

    return lambda *words, **options: services.work_here(start_run(*words, **options))


@pytest.fixture
def sync_all(sandbox) -> Callable:
    """sync_all("full" | "incremental") -> {entity: ended run}, the background lane of details among them."""
    from zoho_sync import services
    from zoho_sync.models import SyncRun
    from zoho_sync.options import SyncMode, Trigger

    def sync(mode: str = "full", **more) -> dict:
        runs = services.start_all(SyncMode(mode), trigger=Trigger.COMMAND, **more)
        done = {run.entity: services.work_here(run) for run in runs}
        for run in SyncRun.objects.filter(entity="customer_details", status=SyncRun.Status.QUEUED):
            done[run.entity] = services.work_here(run)
        return done

    return sync


@pytest.fixture
def api_calls(sandbox) -> Callable[..., list[dict]]:
    """The API calls that the sandbox has answered since the start or `sandbox.forget_calls()`, or those of one path."""

    def calls(path: str = "") -> list[dict]:
        return [
            call
            for call in sandbox.calls()
            if call["api"] != "accounts" and (not path or call["path"] == path)
        ]

    return calls


@pytest.fixture
def in_background() -> Iterator[Callable]:
    """Work a run in a thread of this process, as a worker would; join the answer before looking at the end."""
    from django.db import connections

    from zoho_sync import services

    threads = []

    def begin(run, work: Callable | None = None) -> threading.Thread:
        def body() -> None:
            try:
                (work or services.work_here)(run)
            finally:
                connections.close_all()

        threads.append(threading.Thread(target=body, name=f"run {run.pk}"))
        threads[-1].start()
        return threads[-1]

    yield begin
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def until() -> Callable:
    """until(look): wait for a look at the world to find what it wants, and return that."""

    def wait(look: Callable, seconds: float = 60.0):
        deadline = time.monotonic() + seconds
        while not (found := look()):
            assert time.monotonic() < deadline, "it did not come about"
            time.sleep(0.01)
        return found

    return wait


@pytest.fixture
def changed(sandbox, sync_all):
    """A mirror behind Zoho by changes of every kind, deletions and returns among them."""
    from inventory.models import Product

    sync_all("full")
    victim = sandbox.record("items", sandbox.ids("items")[5])
    sandbox.delete("items", sandbox.ids("items")[2])
    sync_all("full")
    Product.objects.filter(external_id=victim["item_id"]).update(removed_at="2026-01-01T00:00:00Z")
    sandbox.random_changes(60, seed=9)
    sandbox.delete("items", sandbox.ids("items")[8])
    sandbox.delete("contacts", next(
        each["contact_id"] for each in sandbox.records("contacts") if each["contact_type"] == "customer"
    ))  # fmt: skip
    return sandbox
