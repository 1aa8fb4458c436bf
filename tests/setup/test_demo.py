"""`make demo`: nothing that the machine's settings name is touched."""

from __future__ import annotations

import os
import socket
import subprocess

import pytest

from tests.zoho_sync.test_processes import wait_until


@pytest.mark.slow
@pytest.mark.one_leg
def test_a_demo_has_a_database_and_a_queue_of_its_own(manage, tmp_path):
    """Those of the settings are nowhere: whoever asked for them would fail."""
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        ports = {"PORT": str(one.getsockname()[1]), "SANDBOX_PORT": str(other.getsockname()[1])}
    environment = os.environ | ports | {
        "DJANGO_SETTINGS_MODULE": "tsh_erp.settings",
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/nothing",
        "DATABASE_POOL": "8",
        "REDIS_URL": "redis://127.0.0.1:1/0",
    }  # fmt: skip
    output = tmp_path / "demo.log"
    with output.open("wb") as log:
        demo = subprocess.Popen([*manage, "run_demo"], env=environment, stdout=log, stderr=log)
    try:
        wait_until(lambda: "First full sync" in output.read_text(), 180)  # all processes answer
    finally:
        demo.terminate()
        demo.wait(90)
        print(output.read_text()[-3000:])
