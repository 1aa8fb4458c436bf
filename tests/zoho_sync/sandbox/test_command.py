"""The sandbox as a process of its own, by the command and without Django."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from zoho_sync.sandbox import SandboxControl
from zoho_sync.sandbox.hooks import MODULES

ROOT = Path(__file__).resolve().parents[3]
DOORS = {"command": ["manage.py", "zoho_sandbox"], "module": ["-m", "zoho_sync.sandbox"]}
ENVIRONMENT = {
    "ZOHO_CLIENT_ID",
    "ZOHO_CLIENT_SECRET",
    "ZOHO_REFRESH_TOKEN",
    "ZOHO_ORGANIZATION_ID",
    "ZOHO_API_BASE_URL",
    "ZOHO_ACCOUNTS_URL",
}
SMALL = ["--items", "12", "--customers", "3", "--vendors", "1", "--pricelists", "1", "--pricelist-items", "5"]


@pytest.fixture(params=list(DOORS))
def door(request):
    return [sys.executable, *DOORS[request.param]]


def run(door, *options):
    return subprocess.run([*door, *options], cwd=ROOT, capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_prints_how_to_reach_it_and_ends_cleanly_on_a_signal(door, number):
    command = [*door, "--port", "0", "--quiet", *SMALL]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            printed = dict(process.stdout.readline().strip().split("=", 1) for _ in range(6))
            counts = SandboxControl(printed["ZOHO_API_BASE_URL"]).about()["counts"]
        finally:
            process.send_signal(number)
            _, errors = process.communicate(timeout=30)

    assert printed.keys() == ENVIRONMENT
    assert (counts["items"], counts["contacts"]) == (12, 4)
    assert (process.returncode, errors) == (0, "")


@pytest.mark.slow
def test_with_an_address_it_tells_of_every_module_signed(door):
    command = [*door, "--port", "0", "--quiet", *SMALL, "--webhooks", "http://127.0.0.1:9/hooks/{module}?a=1"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            printed = dict(process.stdout.readline().strip().split("=", 1) for _ in range(7))
            told = SandboxControl(printed["ZOHO_API_BASE_URL"]).webhooks()
        finally:
            process.terminate()
            process.communicate(timeout=30)

    assert printed.keys() == ENVIRONMENT | {"ZOHO_WEBHOOK_SECRET"}
    assert {each["module"]: each["url"] for each in told} == {
        module: f"http://127.0.0.1:9/hooks/{module}?a=1" for module in MODULES
    }
    assert all(each["is_signed"] for each in told)


def test_a_taken_port_is_one_sentence_and_exit_code_1(door):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])

        ended = run(door, "--port", port, *SMALL)

    assert ended.returncode == 1
    assert port in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "options",
    [
        ["--items", "-1"],
        ["--locations", "0"],
        ["--host", "0.0.0.0"],
        ["--host", "example.com"],
        ["--port", "70000"],
        ["--latency-ms", "nan"],
        ["--calls-per-day", "-3"],
        ["--items", "many"],
        ["--webhooks", "http://example.com/{module}"],
        ["--webhooks", "nonsense"],
        ["--unknown"],
    ],
)
def test_nonsense_is_exit_code_2_without_a_traceback(door, options):
    ended = run(door, *options)

    assert ended.returncode == 2
    assert ended.stderr.strip()
    assert "Traceback" not in ended.stderr


def test_the_package_does_not_need_django():
    code = "import sys, zoho_sync.sandbox; sys.exit('django' in sys.modules)"

    assert run([sys.executable], "-c", code).returncode == 0
