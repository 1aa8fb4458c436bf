"""The whole back office under Zoho's own sender and other clients, while anything in it is killed, the database too."""

from __future__ import annotations

import itertools
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, InterfaceError, connection, connections

from inventory.models import PriceChange, StockChange
from tests.zoho_sync.engine.truth import assert_exact
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import RecordError, SyncRun, WebhookDelivery, WebhookInbox
from zoho_sync.sandbox import Size
from zoho_sync.sandbox.hooks import MODULES

SECRET = "Secret1234567890abc"
PER_ROUND, CLIENTS, EACH = 6, 3, 60
VICTIMS = (
    ["gunicorn"] * 4 + ["run_queue"] * 4 + ["run_worker"] * 2
)  # each restart of one waits longer than the last
DELETED = 25
SEED = int(os.environ.get("TORTURE_SEED", "1"))
POSTER = Path(__file__).with_name("poster.py")
FORMS = {"contacts": "flat", "pricebooks": "jsonstring", "salesorders": "form"}
Status = WebhookDelivery.Status


@pytest.fixture
def size() -> Size:
    return Size(items=40, customers=8, vendors=2, locations=3, price_lists=2, price_list_items=20)


@pytest.fixture
def port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


@pytest.fixture
def office(zoho_server, process_environment, manage, port, tmp_path) -> Iterator[subprocess.Popen]:
    """Worker and web server as `make run` brings them up and keeps them."""
    environment = process_environment | zoho_server.environment | {
        "PORT": str(port),
        "ZOHO_WEBHOOK_SECRET": SECRET,
        "ZOHO_CALLS_PER_MINUTE": "100",
        "ZOHO_LEASE_SECONDS": "5",
        "WORKER_CHECK_SECONDS": "1",
        "WORKER_CANARY_SECONDS": "1",
        "WORKER_SILENCE_SECONDS": "8",
        "WORKER_STOP_SECONDS": "5",
        "PGOPTIONS": "-c synchronous_commit=on",  # the tests' server promises less than a real one
    }  # fmt: skip
    with (tmp_path / "office.log").open("wb") as log:
        words = [*manage, "run_backoffice", "--no-first-sync"]
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
        try:
            wait_until(lambda: "is up" in (tmp_path / "office.log").read_text(), 90)
            yield process
        finally:
            process.terminate()
            process.wait(60)


def victims(office: subprocess.Popen) -> dict[int, str]:
    """Everybody below the back office: {process id: command line}."""
    found: dict[int, str] = {}
    parents = [office.pid]
    while parents:
        told = subprocess.run(["pgrep", "-P", ",".join(map(str, parents))], capture_output=True, text=True)
        parents = [int(pid) for pid in told.stdout.split()]
        for pid in parents:
            with suppress(OSError):
                found[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return found


def kill_someone(office: subprocess.Popen, dice: random.Random, whose: str) -> None:
    """A process of the web server or of the worker; its first one, with which all others go, as likely as the rest.

    One that is just being started again is waited for: ten kills are ten deaths.
    """
    pids: list[int] = []

    def somebody() -> list[int]:
        pids[:] = sorted(pid for pid, words in victims(office).items() if whose in words)
        return pids

    wait_until(somebody, 60)
    with suppress(ProcessLookupError):
        os.kill(dice.choice([pids[0], dice.choice(pids)]), signal.SIGKILL)


def cut_every_connection() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def stop_the_database_at_once() -> None:
    """No word to anybody, recovery at the next start; the tests' guardian starts it again."""
    pid = int(Path(os.environ["DATA_DIR"], "pg", "postmaster.pid").read_text().split()[0])
    connections.close_all()
    os.kill(pid, signal.SIGQUIT)


def patiently(look: Callable[[], Any], otherwise: Any = None) -> Any:
    """A look into the database, or `otherwise` while it is away."""
    try:
        return look()
    except (DatabaseError, InterfaceError):
        connections.close_all()
        return otherwise


@pytest.mark.slow
def test_whatever_dies_the_mirror_ends_as_zoho_is(sandbox, organization, sync_all, office, port):
    sync_all("full")
    door = f"http://127.0.0.1:{port}/api/zoho/webhooks"
    sandbox.settings(webhook_spacing_seconds=0.4, webhook_retries=1000)
    for module in MODULES:
        form = FORMS.get(module, "default")
        sandbox.set_webhook(
            module, f"{door}/{module}", secret=SECRET, form=form, lines=module != "invoices",
            query={"rule": "all & any"}, encoding="base64" if module == "bills" else "hex",
        )  # fmt: skip
    items = sandbox.ids("items")
    clients = [
        subprocess.Popen(
            [sys.executable, str(POSTER), f"{door}/items", SECRET, f"{SEED}-{number}", str(EACH), ",".join(items)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for number in range(CLIENTS)
    ]  # fmt: skip
    evening = threading.Event()
    staff = threading.Thread(target=work_in_zoho, args=(sandbox, evening))
    staff.start()
    dice = random.Random(SEED)
    for number, whose in enumerate(dice.sample(VICTIMS, len(VICTIMS))):
        time.sleep(dice.uniform(1.0, 2.5))
        if number == 3 and connection.vendor == "postgresql":
            patiently(cut_every_connection)
        if number == 6 and connection.vendor == "postgresql" and not os.environ.get("TEST_DATABASE_URL"):
            stop_the_database_at_once()
        kill_someone(office, dice, whose)
    evening.set()
    staff.join(120)
    assert not staff.is_alive()
    told = [client.communicate(timeout=120) for client in clients]
    assert [client.returncode for client in clients] == [0] * CLIENTS, told
    wait_until(lambda: all(each["state"] == "delivered" for each in sandbox.sent()), 90)

    left: list[str] = ["nobody has looked yet"]
    deadline = time.monotonic() + 240
    while left and time.monotonic() < deadline:
        left = patiently(what_waits, left)
        time.sleep(0.2)
    assert left == []

    acknowledged = {UUID(line) for out, _err in told for line in out.split()}
    assert len(acknowledged) == CLIENTS * EACH
    stored = dict(WebhookDelivery.objects.values_list("event_id", "status"))
    assert {stored.get(each) for each in acknowledged} == {Status.APPLIED}
    sent = sandbox.sent()
    assert len({(each["module"], each["record_id"]) for each in sent}) > 50
    assert any(len(each["attempts"]) > 1 for each in sent)
    for module in {each["module"] for each in sent}:
        count = sum(each["module"] == module for each in sent)
        assert WebhookDelivery.objects.filter(door=module).exclude(event_id__in=acknowledged).count() >= count
    assert set(stored.values()) <= {Status.APPLIED, Status.IGNORED}
    assert not RecordError.objects.filter(resolved_at=None).exists()
    assert_exact(sandbox, organization)
    assert_chained(PriceChange.objects.filter(figure="unit_price"), "product_id")
    assert_chained(StockChange.objects.filter(figure="on_hand"), "level_id")


def work_in_zoho(sandbox, evening: threading.Event) -> None:
    """What staff do all day, each movement of stock by a document; every other round everything is told twice."""
    for number in itertools.count():
        sandbox.settings(webhook_copies=1 + number % 2)
        sandbox.random_changes(PER_ROUND, seed=SEED * 1000 + number, documents=True)
        gone = sandbox.add("items", name=f"Short-lived {number}")
        if number % 2 == 0 and number < 2 * DELETED:
            sandbox.delete("items", gone)
        if evening.wait(2.0):
            return


def what_waits() -> list[str]:
    """Deliveries, bells and runs that have not come to their end."""
    deliveries = WebhookDelivery.objects.filter(status__in=WebhookDelivery.OPEN)
    runs = SyncRun.objects.filter(status__in=SyncRun.ACTIVE)
    return [
        *(f"{each.status} {each} run {each.run_id}: {each.reason}" for each in deliveries[:20]),
        *(f"rung at {each.rung_at}" for each in WebhookInbox.objects.exclude(rung_at=None)),
        *(f"{each.status} run {each} until {each.paused_until}: {each.message}" for each in runs),
    ]


def assert_chained(changes, of: str) -> None:
    """Applied in effect once: each change begins with what the one before it ended with, and none changes nothing."""
    chains = defaultdict(list)
    for change in changes.order_by("pk"):
        chains[getattr(change, of)].append((change.before, change.after))
    assert chains
    for chain in chains.values():
        assert all(before != after for before, after in chain)
        assert all(one[1] == other[0] for one, other in pairwise(chain))
