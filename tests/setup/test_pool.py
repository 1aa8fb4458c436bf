"""Connections to PostgreSQL: the web server's pool, and that no two processes ever talk through one socket."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from tests.conftest import PROJECT
from tests.setup.test_settings import run
from tests.zoho_sync.hosts.wires import Door, Wires, to_database
from tests.zoho_sync.test_processes import wait_until
from tests.zoho_sync.webhooks.test_torture import descendants
from tsh_erp.environment import Environment
from tsh_erp.pool import use_pool
from zoho_sync.models import WorkerBeat

SECONDS = 90
MOST, PROCESSES, THREADS = 3, 2, 8

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no sockets")


def test_without_a_number_everything_stays_as_it_is():
    database = {"CONN_MAX_AGE": 60, "OPTIONS": {"connect_timeout": 5}}
    use_pool(database, 0)
    assert database == {"CONN_MAX_AGE": 60, "OPTIONS": {"connect_timeout": 5}}


def test_a_pool_in_the_address_would_reach_the_queue_and_is_refused():
    environment = Environment({"DATABASE_URL": "postgres://erp:topsecret@db/erp?pool=true"})
    with pytest.raises(ImproperlyConfigured, match="set DATABASE_POOL instead") as refusal:
        environment.database("DATABASE_URL", "", PROJECT)
    assert "topsecret" not in str(refusal.value)


def test_a_pool_for_sqlite_is_refused(manage):
    done = run(manage, "check", DATABASE_URL="sqlite:////tmp/unused.sqlite3", DATABASE_POOL="4")
    assert done.returncode == 2
    assert "DATABASE_POOL is for PostgreSQL" in done.stderr


@pytest.fixture
def door() -> Iterator[Door]:
    """PostgreSQL behind a port of its own, by which its connections are known."""
    wires = Wires(database=to_database())
    yield wires.doors["database"]
    wires.close()


@pytest.fixture
def environment(process_environment, door) -> dict[str, str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return process_environment | {
        "DATABASE_URL": f"postgres://postgres@127.0.0.1:{door.port}/{connection.settings_dict['NAME']}",
        "DATABASE_POOL": str(MOST),
        "WEB_PROCESSES": str(PROCESSES),
        "WEB_THREADS": str(THREADS),
        "PORT": str(port),
        "WORKER_CHECK_SECONDS": "1",
        "WORKER_CANARY_SECONDS": "1",
        "WORKER_STOP_SECONDS": "5",
    }


@pytest.fixture
def start(environment, tmp_path) -> Iterator[Callable]:
    started: list[subprocess.Popen] = []

    def begin(*words: str) -> subprocess.Popen:
        log = (tmp_path / f"{len(started)}.log").open("wb")
        with log:
            started.append(
                subprocess.Popen(
                    [sys.executable, *words], env=environment, cwd=PROJECT, stdout=log, stderr=log
                )
            )
        return started[-1]

    yield begin
    for process in started:
        process.terminate()
        process.wait(60)
    for log in tmp_path.glob("*.log"):
        print(log.read_text()[-3000:])  # pytest shows it when the test fails


def sockets_of(pid: int, port: int) -> set[str]:
    """The inodes of a process's connections to that port of this machine."""
    connected = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[2].endswith(f":{port:04X}")
    }
    found = set()
    with suppress(OSError):  # it has just ended
        for each in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(OSError):
                found.update(re.findall(r"^socket:\[(\d+)\]$", str(each.readlink())))
    return found & connected


def owners(parent: int, port: int) -> dict[str, list[int]]:
    """Each connection, and the processes below (and with) `parent` that hold it."""
    held: dict[str, list[int]] = {}
    for pid in [parent, *descendants(parent)]:
        for inode in sockets_of(pid, port):
            held.setdefault(inode, []).append(pid)
    return held


@on_postgresql
@pytest.mark.slow
def test_the_web_servers_threads_share_a_few_connections_and_its_processes_none(start, environment, door):
    server = start("-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi")
    address = f"http://127.0.0.1:{environment['PORT']}/health/ready"
    wait_until(lambda: asked(address) == 200, SECONDS)
    most: list[int] = []

    def visit(number: int) -> int:
        if number % 20 == 0:
            held = owners(server.pid, door.port)
            assert all(len(pids) == 1 for pids in held.values()), held
            most.append(len(held))
        return asked(address)

    for _round in range(2):
        with ThreadPoolExecutor(2 * THREADS) as visitors:
            assert set(visitors.map(visit, range(200))) == {200}
        os.kill(
            descendants(server.pid)[0], signal.SIGKILL
        )  # another one is forked, with connections of its own
        wait_until(lambda: len(descendants(server.pid)) == PROCESSES and asked(address) == 200, SECONDS)
    assert 0 < max(most) <= PROCESSES * MOST < PROCESSES * THREADS


@on_postgresql
@pytest.mark.slow
def test_no_two_processes_of_the_queue_share_a_connection(start, environment, door):
    """Not even when one of them is replaced; and DATABASE_POOL is none of its business."""
    worker = start(str(PROJECT / "manage.py"), "run_worker")
    wait_until(lambda: WorkerBeat.objects.filter(beat_at__isnull=False).exists(), SECONDS)
    for _round in range(3):
        seen = WorkerBeat.objects.get().beat_at
        wait_until(lambda seen=seen: (WorkerBeat.objects.get().beat_at or seen) > seen, SECONDS)
        held = owners(worker.pid, door.port)
        assert len(held) >= 2
        assert all(len(pids) == 1 for pids in held.values()), held
        monitor = sorted(descendants(worker.pid))[-1]
        os.kill(monitor, signal.SIGKILL)  # the sentinel forks another one


def asked(address: str) -> int:
    try:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return answer.status
    except OSError:
        return 0
