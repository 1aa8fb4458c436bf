"""A newcomer's machine: a clone, python3 and make, and nothing else. Slow, for it really installs."""

from __future__ import annotations

import http.cookiejar
import os
import re
import shutil
import signal
import subprocess
import tempfile
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.zoho_sync.test_backoffice import descendants, free_port
from tests.zoho_sync.test_processes import is_running, wait_until

pytestmark = pytest.mark.slow
SECONDS = 900


@dataclass
class Machine:
    """A copy of the project in a path with a space, and the user who works in it ("" is the present one)."""

    folder: Path
    user: str

    def make(self, *words: str, **changes: str) -> tuple[list[str], dict[str, str]]:
        kept = {
            name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_", "LANG"))
        }
        environment = (
            kept | {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(self.folder.parent)} | changes
        )
        if not self.user:
            return ["make", *words], environment | {"PATH": os.environ["PATH"]}
        return [str(shutil.which("runuser")), "-u", self.user, "--", "make", *words], environment

    def run(self, *words: str, **changes: str) -> subprocess.CompletedProcess:
        command, environment = self.make(*words, **changes)
        return subprocess.run(
            command, env=environment, cwd=self.folder, capture_output=True, text=True, timeout=SECONDS
        )


@pytest.fixture(params=["present user", "ordinary user"])
def machine(request) -> Iterator[Machine]:
    user = ""
    if request.param == "ordinary user":
        if os.geteuid() != 0 or not shutil.which("runuser"):
            pytest.skip("only root can become somebody else; the present user is an ordinary one already")
        user = "nobody"
    home = Path(tempfile.mkdtemp(prefix="tsh-home-"))  # pytest's own folders are closed to other users
    folder = home / "back office"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=PROJECT,
        capture_output=True,
        check=True,
    ).stdout
    for name in tracked.decode().split("\0"):
        if name and (PROJECT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(PROJECT / name, folder / name)
    if user:
        subprocess.run(["chown", "-R", f"{user}:", str(home)], check=True)
    yield Machine(folder, user)
    shutil.rmtree(home)


@dataclass
class Running:
    """A `make run` in a session of its own, as at a terminal."""

    process: subprocess.Popen
    log: Path
    address: str

    @property
    def text(self) -> str:
        return self.log.read_text()

    def wait_until_up(self) -> None:
        def is_up() -> bool:
            assert self.process.poll() is None, self.text
            return "Ctrl-C stops everything" in self.text

        wait_until(is_up, SECONDS)

    def press_ctrl_c(self) -> None:
        """As a terminal does it: the whole foreground group gets the signal."""
        everybody = descendants(self.process.pid)
        assert len(everybody) >= 10
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(90)
        wait_until(lambda: not any(is_running(pid) for pid in everybody))


@pytest.fixture
def run(machine, tmp_path) -> Callable[[], Running]:
    started: list[Running] = []

    def make_run() -> Running:
        ports = {"PORT": str(free_port()), "SANDBOX_PORT": str(free_port())}
        command, environment = machine.make("run", **ports)
        log = tmp_path / f"run-{len(started)}.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                command,
                env=environment,
                cwd=machine.folder,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        started.append(Running(process, log, f"http://127.0.0.1:{ports['PORT']}"))
        return started[-1]

    yield make_run
    for each in started:
        if each.process.poll() is None:
            os.killpg(each.process.pid, signal.SIGTERM)
            each.process.wait(90)


def log_in(address: str, name: str, password: str) -> Callable[[str], str]:
    """A visitor's browser after logging in: path -> page."""
    jar = http.cookiejar.CookieJar()
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
    form = browser.open(f"{address}/admin/login/", timeout=60).read().decode()
    [token] = re.findall(r'name="csrfmiddlewaretoken" value="([^"]+)"', form)[:1]
    data = urllib.parse.urlencode(
        {"csrfmiddlewaretoken": token, "username": name, "password": password, "next": "/admin/"}
    )
    browser.open(f"{address}/admin/login/", data.encode(), timeout=60).read()
    return lambda path: browser.open(f"{address}{path}", timeout=60).read().decode()


def test_make_run_brings_up_a_filled_back_office_and_a_second_one_keeps_it(machine, run):
    first = run()
    first.wait_until_up()
    assert "The first full sync is not complete" not in first.text, first.text
    [(name, password)] = re.findall(r"Log in as (\S+) with the password (\S+) ", first.text)
    browse = log_in(first.address, name, password)
    assert "2,200" in browse("/admin/inventory/product/").replace("2200", "2,200")
    assert '"database"' in browse("/health/ready")
    assert (machine.folder / ".env").stat().st_mode & 0o777 == 0o600
    keys = (machine.folder / ".env").read_text()
    first.press_ctrl_c()

    second = run()
    second.wait_until_up()
    assert "with the password" not in second.text
    assert "First full sync" not in second.text
    assert (machine.folder / ".env").read_text() == keys
    assert "2,200" in log_in(second.address, name, password)("/admin/inventory/product/").replace(
        "2200", "2,200"
    )
    second.press_ctrl_c()


def test_make_test_brings_its_own_postgresql(machine):
    done = machine.run(
        "test", "ARGS=tests/setup/test_environment.py tests/inventory/test_balances.py", TEST_POSTGRES="wheel"
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("sqlite: passed\npostgresql: passed")
