"""`run_backoffice`, what `make run` calls: real sandbox, worker and web server, on this test's database."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from inventory.models import Product, StockLevel
from tests.zoho_sync.test_processes import is_running, wait_until
from zoho_sync.backoffice import BackOffice, Service, StartFailed, taken_port
from zoho_sync.models import WebhookDelivery
from zoho_sync.sandbox import SandboxControl

SECONDS = 120
PASSWORD = "correct-horse-battery"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def descendants(pid: int) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout
    direct = [int(word) for word in found.split()]
    return direct + [deeper for child in direct for deeper in descendants(child)]


class Office:
    """A back office under test, and what it told its terminal."""

    def __init__(self, command: list[str], environment: dict[str, str], log: Path):
        self.port, self.log = int(environment["PORT"]), log
        with log.open("wb") as output:
            self.process = subprocess.Popen(command, env=environment, stdout=output, stderr=output)

    @property
    def text(self) -> str:
        return self.log.read_text()

    @property
    def everybody(self) -> list[int]:
        return descendants(self.process.pid)

    def is_up(self) -> bool:
        assert self.process.poll() is None, self.text
        return "The back office is up" in self.text

    def get(self, path: str) -> tuple[int, str]:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@pytest.fixture
def environment(process_environment) -> dict[str, str]:
    return process_environment | {
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "ZOHO_SANDBOX": "true",
        "ADMIN_PASSWORD": PASSWORD,
        "WORKER_CHECK_SECONDS": "1",
        "WORKER_STOP_SECONDS": "5",
    }


@pytest.fixture
def start(environment, manage, tmp_path):
    started: list[Office] = []

    def start_office(**changes: str) -> Office:
        words = [*manage, "run_backoffice", "--no-first-sync"]
        office = Office(words, environment | changes, tmp_path / f"office-{len(started)}.log")
        started.append(office)
        wait_until(office.is_up, SECONDS)
        return office

    yield start_office
    for office in started:
        if office.process.poll() is None:
            office.process.terminate()
        office.process.wait(60)


def test_it_comes_up_serves_and_leaves_nothing_behind_on_ctrl_c(start, environment):
    office = start()
    assert f"http://127.0.0.1:{office.port}/admin/" in office.text
    assert office.get("/health/live") == (200, '{"status": "ok"}')
    assert json.loads(office.get("/health/ready")[1]) == {"status": "ok"}
    status, page = office.get("/admin/login/")
    assert status == 200
    for sheet in re.findall(r'href="(/static/[^"]+\.css)"', page)[:2]:
        assert office.get(sheet)[0] == 200
    everybody = office.everybody
    assert len(everybody) >= 10  # sandbox, supervisor, cluster with sentinel and four, web server with two

    office.process.send_signal(signal.SIGINT)

    assert office.process.wait(60) == 0
    assert not any(is_running(pid) for pid in everybody)
    assert "Stopped. Nothing is left running" in office.text
    assert not taken_port("127.0.0.1", office.port)


@pytest.mark.slow
def test_what_changes_in_the_sandbox_arrives_by_webhook(start, environment, manage):
    """Nobody syncs items or stock: what moved comes by itself."""
    start()
    subprocess.run([*manage, "sync_warehouses"], env=environment, check=True, capture_output=True)
    sandbox = SandboxControl(f"http://127.0.0.1:{environment['SANDBOX_PORT']}")
    item = next(each for each in sandbox.stream("items") if each.get("locations"))
    place = sandbox.ids("locations")[0]
    sandbox.change("items", item["item_id"], name="Changed over there")
    line = {"item_id": item["item_id"], "location_id": place, "quantity": 7777}

    bill = sandbox.add("bills", line_items=[line], moves_stock=True)

    product = Product.objects.filter(external_id=item["item_id"], name="Changed over there")
    wait_until(product.exists, SECONDS)
    wait_until(WebhookDelivery.objects.filter(record_id=bill, status="applied").exists, SECONDS)
    [told] = [
        each for each in sandbox.record("items", item["item_id"])["locations"] if each["location_id"] == place
    ]
    stored = StockLevel.objects.get(product__external_id=item["item_id"], warehouse__external_id=place)
    assert stored.on_hand == told["location_stock_on_hand"] > 7000


@pytest.mark.slow
def test_a_second_start_keeps_the_administrator_and_prints_no_password(start):
    first = start(ADMIN_PASSWORD="")
    [password] = re.findall(r"with the password (\S+) \(shown only this once\)", first.text)
    assert len(password) >= 16
    first.process.terminate()
    assert first.process.wait(60) == 0

    second = start(ADMIN_PASSWORD="")

    assert "with the password" not in second.text
    assert "Log in as an administrator" in second.text


@pytest.mark.slow
@pytest.mark.one_leg
def test_a_given_password_is_not_printed(start):
    assert PASSWORD not in start().text


@pytest.mark.slow
def test_nothing_is_left_when_it_is_killed(start):
    office = start()
    everybody = office.everybody
    office.process.kill()
    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)


@pytest.mark.slow
def test_it_ends_when_the_process_that_called_it_is_killed(environment, manage, tmp_path):
    command = [*manage, "run_backoffice", "--no-first-sync", "--with-parent"]
    code = "import subprocess, sys, time; subprocess.Popen(sys.argv[1:]); time.sleep(600)"
    log = tmp_path / "log"
    with log.open("wb") as output:
        caller = subprocess.Popen(
            [sys.executable, "-c", code, *command], env=environment, stdout=output, stderr=output
        )
    wait_until(lambda: "The back office is up" in log.read_text(), SECONDS)
    everybody = descendants(caller.pid)
    caller.kill()
    caller.wait()
    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)
    assert "Stopped. Nothing is left running" in log.read_text()


@pytest.mark.slow
def test_it_ends_when_its_terminal_is_closed_although_only_another_process_is_told(environment, manage):
    """The session's leader is told of the hang-up, and here that is a shell which does not care."""
    command = ["sh", "-c", 'trap "" HUP; "$@"; exit 0', "sh", *manage, "run_backoffice", "--no-first-sync"]
    leader, terminal = pty.fork()
    if leader == 0:
        os.execvpe(command[0], command, environment)
    text = b""
    while b"The back office is up" not in text:
        text += os.read(terminal, 4096)
    everybody = descendants(leader)
    assert len(everybody) >= 10

    os.close(terminal)

    wait_until(lambda: not any(is_running(pid) for pid in everybody), SECONDS)
    os.kill(leader, signal.SIGKILL)
    os.waitpid(leader, 0)


@pytest.mark.slow
def test_a_killed_web_server_is_started_again_and_the_screen_says_so(start):
    office = start()
    [web] = [
        pid
        for pid in descendants(office.process.pid)
        if b"gunicorn" in _words(pid) and _parent(pid) == office.process.pid
    ]
    os.kill(web, signal.SIGKILL)
    wait_until(lambda: "The web server ended (exit code -9)" in office.text, SECONDS)
    wait_until(lambda: _answers(office), SECONDS)


def _words(pid: int) -> bytes:
    return Path(f"/proc/{pid}/cmdline").read_bytes()


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[1])


def _answers(office: Office) -> bool:
    try:
        return office.get("/health/live")[0] == 200
    except OSError:
        return False


def refused(manage, environment) -> str:
    done = subprocess.run(
        [*manage, "run_backoffice"], env=environment, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


@pytest.mark.slow
@pytest.mark.one_leg
@pytest.mark.parametrize("name", ["PORT", "SANDBOX_PORT"])
def test_a_taken_port_is_one_sentence(name, manage, environment):
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", int(environment[name])))
        holder.listen()
        told = refused(manage, environment)
    assert f"Port {environment[name]} of 127.0.0.1 cannot be used" in told
    assert f"{name}=" in told


@pytest.mark.slow
@pytest.mark.one_leg
def test_a_data_folder_that_cannot_be_written_is_one_sentence(manage, environment, tmp_path):
    (tmp_path / "file").write_text("")
    told = refused(manage, environment | {"DATA_DIR": str(tmp_path / "file")})
    assert "cannot be written" in told
    assert "set DATA_DIR" in told


@pytest.mark.slow
@pytest.mark.one_leg
def test_one_port_for_two_servers_is_refused(manage, environment):
    told = refused(manage, environment | {"SANDBOX_PORT": environment["PORT"]})
    assert "PORT and SANDBOX_PORT are the same" in told


@pytest.mark.one_leg
def test_a_service_that_cannot_start_says_why(tmp_path):
    said: list[str] = []
    command = [sys.executable, "-c", "import sys; sys.exit('The cellar is flooded.')"]
    office = BackOffice([Service("x", "pump", command, lambda: False, tmp_path / "x.log")], said.append)
    with pytest.raises(StartFailed, match=r"The pump does not start.*\n.*The cellar is flooded"):
        office.start()
    office.stop()
    assert "The pump ended (exit code 1); it is started again in 1 s." in said[0]


@pytest.mark.one_leg
def test_errors_in_a_log_are_shown_once(tmp_path):
    log = tmp_path / "x.log"
    service = Service("x", "pump", [], lambda: True, log)
    log.write_text("05:00 INFO all is well\n05:01 ERROR it leaks\n05:02 ERROR half a li")
    assert service.new_errors() == ["05:01 ERROR it leaks"]
    assert service.new_errors() == []
    with log.open("a") as file:
        file.write("ne\n")
    assert service.new_errors() == ["05:02 ERROR half a line"]


@pytest.mark.slow
@pytest.mark.one_leg
def test_a_weak_password_for_a_production_administrator_is_refused(manage, environment):
    production = {"ENVIRONMENT": "production", "ALLOWED_HOSTS": "erp.example.com", "ZOHO_SANDBOX": "false"}
    told = refused(manage, environment | production | {"ADMIN_PASSWORD": "12345"})
    assert "ADMIN_PASSWORD is weak" in told
