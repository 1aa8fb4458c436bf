"""A Redis of each test's own, to be stopped, emptied and killed; and a Zoho."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    organization,
    run_sync,
    size,
    start_run,
    sync_all,
    until,
    zoho_server,
)
from tests.zoho_sync.engine.conftest import sandbox as sandbox

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.redis)


class Server:
    """A redis-server at the address that this run's settings name. It keeps nothing on the disk: killed, it has lost
    everything."""

    def __init__(self, socket: str, folder: Path):
        self.client = redis.Redis(unix_socket_path=socket, decode_responses=True)
        self._command = [
            "redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--dir", str(folder),
        ]  # fmt: skip
        self._process: subprocess.Popen | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self._answers():
            assert time.monotonic() < deadline and self._process.poll() is None, "Redis does not start"
            time.sleep(0.02)

    def _answers(self) -> bool:
        try:
            return bool(self.client.ping())
        except redis.ConnectionError:
            return False

    def freeze(self) -> None:
        """It takes connections, and answers nobody."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def jobs(self, name: str = "tsh_erp") -> list[str]:
        return self.client.lrange(f"django_q:{name}:q", 0, -1)


@pytest.fixture
def server(tmp_path) -> Iterator[Server]:
    server = Server(settings.REDIS["unix_socket_path"], tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture(autouse=True)
def quick_workers(monkeypatch) -> None:
    """Of the processes that a test starts."""
    for name, value in {
        "WORKER_CHECK_SECONDS": "1",
        "WORKER_CANARY_SECONDS": "1",
        "WORKER_STOP_SECONDS": "5",
        "ZOHO_LEASE_SECONDS": "5",
        "LOG_LEVEL": "INFO",
        **({"DATABASE_POOL": "4"} if connection.vendor == "postgresql" else {}),
    }.items():
        monkeypatch.setitem(os.environ, name, value)
