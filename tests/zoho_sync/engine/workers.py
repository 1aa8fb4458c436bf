"""A real worker process for one run, as a fixture."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from tests.conftest import PROJECT


@pytest.fixture
def worker(zoho_server, process_environment) -> Iterator[Callable[..., subprocess.Popen]]:
    """worker(run id, lease_seconds=10): works on the run until it has ended, or is killed."""
    started = []

    def begin(run_id: int | str, lease_seconds: float = 10) -> subprocess.Popen:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.zoho_sync.engine.worker", str(lease_seconds), str(run_id)],
            env=process_environment | zoho_server.environment, cwd=PROJECT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        started.append(process)
        assert process.stdout.readline() == "ready\n"
        process.stdin.write("go\n")
        process.stdin.flush()
        return process

    yield begin
    for process in started:
        process.kill()
        process.communicate()
