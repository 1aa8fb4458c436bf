"""The bulk doors behind the project's own web server, with a real worker, or without any."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from tests.conftest import PROJECT
from tests.factories import AdministratorFactory
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import SyncRun, WorkerBeat

from .conftest import BULK
from .test_bulk_answers import ALL_OF_IT, customer_ids

pytestmark = pytest.mark.one_leg

SECONDS = 90
CSRF = "c" * 32


class Office:
    """A web server of two threads, so that one visitor may wait, and a worker when `hire_worker` was called."""

    def __init__(self, environment: dict[str, str], folder: Path):
        self._environment, self._folder, self.port = environment, folder, int(environment["PORT"])
        self._started: list[subprocess.Popen] = []
        client = Client()
        client.force_login(AdministratorFactory())
        self._cookie = f"sessionid={client.cookies['sessionid'].value}; csrftoken={CSRF}"
        self._start("web", [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"])

    def hire_worker(self) -> None:
        self._start("worker", [sys.executable, "manage.py", "run_worker"])
        wait_until(lambda: WorkerBeat.objects.filter(beat_at__isnull=False).exists(), SECONDS)

    def post(self, door: str, body: Any = ALL_OF_IT) -> tuple[int, dict[str, Any]]:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            wire.request("POST", f"{BULK}/{door}", json.dumps(body), self.headers)
            answer = wire.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            wire.close()

    def get(self, address: str) -> int:
        wire = HTTPConnection("127.0.0.1", self.port, timeout=SECONDS)
        try:
            wire.request("GET", address, headers=self.headers)
            return wire.getresponse().status
        finally:
            wire.close()

    @property
    def headers(self) -> dict[str, str]:
        return {
            "Host": "localhost",
            "Content-Type": "application/json",
            "Cookie": self._cookie,
            "X-CSRFToken": CSRF,
        }

    def stop_web(self) -> int:
        """As systemd, a container or the supervisor stops it; returns how it ended."""
        web = self._started[0]
        web.terminate()
        return web.wait(SECONDS)

    def close(self) -> None:
        for process in self._started:
            process.terminate()
        for process in self._started:
            process.wait(60)
        for log in sorted(self._folder.glob("*.log")):  # pytest shows it when the test fails
            print(log.read_text())

    def _start(self, name: str, words: list[str]) -> None:
        with (self._folder / f"{name}.log").open("wb") as log:
            self._started.append(
                subprocess.Popen(words, cwd=PROJECT, env=self._environment, stdout=log, stderr=log)
            )

    def is_open(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@pytest.fixture
def office(zoho_server, process_environment, tmp_path) -> Iterator[Office]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = process_environment | zoho_server.environment | {
        "PORT": str(port),
        "WEB_PROCESSES": "1",
        "WEB_THREADS": "2",
        "QUEUE_WORKERS": "1",
        "WORKER_CHECK_SECONDS": "1",
        "WORKER_CANARY_SECONDS": "1",
        "WORKER_STOP_SECONDS": "1",
    }  # fmt: skip
    found = Office(environment, tmp_path)
    try:
        wait_until(found.is_open, SECONDS)
        yield found
    finally:
        found.close()


def test_a_sync_that_ends_while_its_caller_waits_is_told_as_it_ended(office, sandbox):
    office.hire_worker()

    status, told = office.post("customers?wait=50")
    assert (status, told["success"], told["run"]["status"]) == (200, True, "succeeded")
    assert told["stats"] == {
        "total_processed": 15,
        "successful": 12,
        "failed": 0,
        "skipped": 3,
    }  # the vendors

    sandbox.change("contacts", customer_ids(sandbox)[0], contact_name="")
    status, told = office.post("customers?wait=50")
    assert (status, told["success"], told["error"]) == (200, False, "partial")
    assert (told["stats"]["successful"], told["stats"]["failed"]) == (11, 1)


@pytest.mark.slow
def test_callers_who_wait_neither_stop_others_nor_are_needed_by_their_run(office, until):
    WorkerBeat.objects.create(name="one who is slow to come", beat_at=timezone.now())
    with patient_caller(office) as caller:
        run = until(lambda: SyncRun.objects.filter(entity="customers").first(), SECONDS)

        assert office.get("/health/live") == 200
        status, told = office.post("customers?wait=50")
        assert (status, told["run"]["id"]) == (409, str(run.pk))
        status, told = office.post("pricelists?wait=50")  # the only seat is taken
        assert (status, told["success"], told["error"]) == (202, False, None)
        assert still_waits(caller)

    office.hire_worker()
    until(lambda: SyncRun.objects.get(pk=run.pk).is_ended, SECONDS)
    assert SyncRun.objects.get(pk=run.pk).status == SyncRun.Status.SUCCEEDED


def patient_caller(office: Office) -> socket.socket:
    wire = socket.create_connection(("127.0.0.1", office.port), SECONDS)
    body = json.dumps(ALL_OF_IT)
    head = [f"POST {BULK}/customers?wait=50 HTTP/1.1"]
    head += [f"{name}: {value}" for name, value in office.headers.items()]
    wire.sendall("\r\n".join([*head, f"Content-Length: {len(body)}", "", body]).encode())
    return wire


def still_waits(wire: socket.socket) -> bool:
    """Neither a byte nor an end has come."""
    wire.setblocking(False)
    try:
        wire.recv(1, socket.MSG_PEEK)
    except BlockingIOError:
        return True
    return False


def test_without_a_worker_the_run_waits_and_its_caller_is_told_at_once(office, sandbox):
    status, told = office.post("customers?wait=50")

    assert (status, told["success"], told["error"]) == (202, False, "no_worker")
    assert told["run"]["status"] == SyncRun.objects.get().status == "queued"


@pytest.mark.slow
def test_a_server_that_is_told_to_stop_answers_its_waiting_caller_first(office, until):
    """Its own patience with whoever is being served is ten seconds; he would wait for fifty."""
    WorkerBeat.objects.create(name="one who never comes", beat_at=timezone.now())
    with patient_caller(office) as caller:
        run = until(lambda: SyncRun.objects.filter(entity="customers").first(), SECONDS)
        assert still_waits(caller)
        caller.settimeout(SECONDS)

        assert office.stop_web() == 0

        answer = caller.makefile("rb").read()
    head, _gap, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 202")
    told = json.loads(body)
    assert (told["run"]["id"], told["run"]["status"], told["success"]) == (str(run.pk), "queued", False)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.QUEUED  # it knows nothing of it
