"""How systemd ends a worker: by the unit's own commands, before it signals whoever is left."""

from __future__ import annotations

import shlex
import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.conftest import PROJECT
from tests.setup.test_deploy_files import Unit
from tests.zoho_sync.test_processes import is_running, wait_until
from tests.zoho_sync.webhooks.test_torture import descendants
from zoho_sync.models import WorkerBeat

pytestmark = pytest.mark.deploy


@pytest.fixture
def worker(process_environment, tmp_path) -> Iterator[subprocess.Popen]:
    environment = process_environment | {"WORKER_CANARY_SECONDS": "1", "LOG_LEVEL": "INFO"}
    with (tmp_path / "worker.log").open("wb") as log:
        words = [sys.executable, str(PROJECT / "manage.py"), "run_worker"]
        process = subprocess.Popen(words, env=environment, stdout=log, stderr=log)
    yield process
    process.kill()
    process.wait()


def test_a_stopped_worker_has_ended_by_itself_before_anybody_is_killed(worker, tmp_path):
    wait_until(lambda: WorkerBeat.objects.filter(beat_at__isnull=False).exists(), 90)
    everybody = descendants(worker.pid)
    assert len(everybody) > 3
    unit = Unit(PROJECT / "deploy" / "systemd" / "tsh-erp-worker.service")
    asked, waited = (
        shlex.split(
            line.removeprefix("-").replace("${MAINPID}", str(worker.pid)).replace("$MAINPID", str(worker.pid))
        )
        for line in unit.all("Service", "ExecStop")
    )
    subprocess.run(asked, check=True)
    waiting = subprocess.Popen(waited)
    assert worker.wait(60) == 0
    assert waiting.wait(60) == 0
    assert not any(is_running(pid) for pid in everybody)
    assert WorkerBeat.objects.get().beat_at is None  # it has taken its leave
    assert "stopping" in (tmp_path / "worker.log").read_text()
