"""Deliveries from several senders while web server, worker and database are killed: what got a 2xx is applied."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from django.db import OperationalError, connection, connections

from inventory.models import PriceChange, Product
from tests.conftest import PROJECT
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import SyncRun, WebhookDelivery
from zoho_sync.sandbox import Size
from zoho_sync.webhooks import keys
from zoho_sync.webhooks.proofs import signature

SECRET = "Secret1234567890abc"
SENDERS, EACH, KILLS = 3, 120, 10
SEED = int(os.environ.get("TORTURE_SEED", "4"))
QUICK = {
    "WORKER_CHECK_SECONDS": "1",
    "WORKER_CANARY_SECONDS": "1",
    "WORKER_SILENCE_SECONDS": "8",
    "WORKER_STOP_SECONDS": "5",
}


@pytest.fixture
def size() -> Size:
    return Size(items=40, customers=3, vendors=1, locations=2, price_lists=1, price_list_items=5)


class Machine:
    """Web server and worker under a service manager, which starts again whatever ends; to be killed."""

    def __init__(self, environment: dict[str, str], port: int, log):
        self._environment, self.port, self._log = environment, port, log
        self.processes: dict[str, subprocess.Popen] = {}

    def start(self, name: str) -> None:
        words = {
            "web": ["-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"],
            "worker": [str(PROJECT / "manage.py"), "run_worker"],
        }[name]
        self.processes[name] = subprocess.Popen(
            [sys.executable, *words], cwd=PROJECT, env=self._environment, stdout=self._log, stderr=self._log
        )

    def kill(self, name: str) -> None:
        """The process and all that came from it, at once and without a word."""
        process = self.processes[name]
        for pid in [*descendants(process.pid), process.pid]:
            kill(pid)
        process.wait(30)
        self.start(name)

    def keep(self) -> None:
        """Start again what ended by itself, as a service manager does: a worker that starts needs the database."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                self.start(name)

    def kill_one_of_the_queue(self, dice: random.Random) -> None:
        """Any process of the cluster; its supervisor mends that."""
        if below := descendants(self.processes["worker"].pid):
            kill(dice.choice(below))

    def stop(self) -> None:
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(60)


def descendants(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [each for child in map(int, found) for each in (child, *descendants(child))]


def kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def crash_the_database() -> None:
    """One backend dies hard; PostgreSQL then throws everybody out and recovers from its log."""
    asked = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() LIMIT 1"
    found = None
    while found is None:  # whoever was killed a moment ago is not connected again yet
        with connection.cursor() as cursor:
            cursor.execute(asked)
            found = cursor.fetchone()
    kill(found[0])


@pytest.fixture
def machine(zoho_server, process_environment, tmp_path) -> Iterator[Machine]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = process_environment | zoho_server.environment | QUICK
    environment |= {
        "PORT": str(port),
        "WEB_PROCESSES": "2",
        "ZOHO_CALLS_PER_MINUTE": "100",
        "LOG_LEVEL": "INFO",
        "PGOPTIONS": "-c synchronous_commit=on",  # the tests' server promises less than a real one
    }
    if (
        connection.vendor == "postgresql"
    ):  # the tests' own server acknowledges before it has written, to be quick
        environment["DATABASE_URL"] += "&options=-c%20synchronous_commit%3Don"
    with (tmp_path / "machine.log").open("wb") as log:
        machine = Machine(environment, port, log)
        machine.start("web")
        machine.start("worker")
        yield machine
        machine.stop()


class Sender(threading.Thread):
    """Changes items in Zoho, each followed by its webhook, which is sent again until it is acknowledged."""

    def __init__(self, sandbox, port: int, items: list[str], number: int):
        super().__init__(name=f"sender {number}")
        self.sandbox, self.port, self.items, self.number = sandbox, port, items, number
        self.dice = random.Random(SEED * 100 + number)
        self.acknowledged: list[str] = []
        self.error: BaseException | None = None

    def run(self) -> None:
        try:
            for serial in range(EACH):
                item = self.dice.choice(self.items)
                self.sandbox.change(
                    "items", item, name=f"{self.number}-{serial}", rate=self.dice.randint(1, 9)
                )
                self._send(json.dumps({"item": {"item_id": item, "serial": f"{self.number}-{serial}"}}))
                time.sleep(0.05)
        except BaseException as error:
            self.error = error

    def _send(self, body: str) -> None:
        headers = {
            "Content-Type": "application/json",
            "X-Zoho-Webhook-Signature": signature(SECRET.encode(), body.encode()),
        }
        deadline = time.monotonic() + 90
        while time.monotonic() < deadline:
            try:
                with contextlib.closing(
                    http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
                ) as wire:
                    wire.request("POST", "/api/zoho/webhooks/products", body, headers)
                    answer = wire.getresponse()
                    told = json.loads(answer.read())
                if answer.status == 202:
                    self.acknowledged.append(told["event_id"])
                    return
                assert answer.status == 503, (answer.status, told)
            except (OSError, http.client.HTTPException, json.JSONDecodeError):
                pass
            time.sleep(0.2)
        raise AssertionError("nobody took the delivery")


@pytest.mark.slow
def test_what_was_acknowledged_is_applied_whatever_dies(sandbox, organization, run_sync, machine, tmp_path):
    for entity in ("warehouses", "products"):
        run_sync(entity)
    keys.make_secret(organization, "first", value=SECRET)
    dice = random.Random(SEED)
    items = sandbox.ids("items")
    senders = [Sender(sandbox, machine.port, items, number) for number in range(SENDERS)]
    wait_until(lambda: is_open(machine.port), 60)
    for sender in senders:
        sender.start()
    for number in range(KILLS):
        time.sleep(dice.uniform(0.5, 2.5))
        victim = dice.choice(["web", "web", "queue", "queue", "worker"])
        if (
            number == KILLS // 2
            and connection.vendor == "postgresql"
            and not os.environ.get("TEST_DATABASE_URL")
        ):
            crash_the_database()
            connections.close_all()
        elif victim == "queue":
            machine.kill_one_of_the_queue(dice)
        else:
            machine.kill(victim)
        machine.keep()
    for sender in senders:
        sender.join(180)
        assert not sender.is_alive()
        assert sender.error is None

    settle(machine, tmp_path)

    acknowledged = [event_id for sender in senders for event_id in sender.acknowledged]
    assert len(set(acknowledged)) == SENDERS * EACH
    states = dict(WebhookDelivery.objects.values_list("event_id", "status"))
    assert {states[UUID(each)] for each in acknowledged} == {"applied"}
    truth = {each["item_id"]: (each["name"], Decimal(each["rate"])) for each in sandbox.records("items")}
    mirror = {each.external_id: (each.name, each.unit_price) for each in Product.objects.all()}
    assert mirror == truth
    assert_each_price_change_is_told_once()
    assert not SyncRun.objects.filter(status__in=SyncRun.ACTIVE).exists()
    assert "Secret1234567890abc" not in (tmp_path / "machine.log").read_text()


def settle(machine: Machine, folder: Path) -> None:
    """Until nothing is open; what still is, who works at it and what the machine said last tell why it does not end."""

    def is_settled() -> bool:
        machine.keep()
        return nothing_is_open()

    try:
        wait_until(is_settled, 240)
    except AssertionError as error:
        still = WebhookDelivery.objects.filter(status__in=WebhookDelivery.OPEN)
        told = [*still.values("status", "attempts_count", "next_attempt_at", "reason", "run_id")[:20]]
        told += [
            *SyncRun.objects.order_by("-pk").values("pk", "status", "phase", "lease_until", "beat_at")[:20]
        ]
        log = (folder / "machine.log").read_text(errors="replace").splitlines()[-200:]
        raise AssertionError("\n".join([str(error), *map(str, told), *log])) from None


def nothing_is_open() -> bool:
    try:
        return not WebhookDelivery.objects.filter(status__in=WebhookDelivery.OPEN).exists()
    except OperationalError:  # it is recovering
        connections.close_all()
        return False


def assert_each_price_change_is_told_once() -> None:
    """The history of each price is a chain: what one row ends with, the next one begins with."""
    chains = defaultdict(list)
    for change in PriceChange.objects.filter(figure="unit_price").order_by("pk"):
        chains[change.product_id].append((change.before, change.after))
    assert chains
    for chain in chains.values():
        assert all(before != after for before, after in chain)
        assert all(one[1] == other[0] for one, other in pairwise(chain))


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
