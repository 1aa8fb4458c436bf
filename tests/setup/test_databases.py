"""The suite's own databases, and that nothing of them stays behind."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import connection

from tests.conftest import PROJECT
from tests.databases import find_postgres

GUARDIAN = str(PROJECT / "tests" / "guardian.py")


def wait_until(is_true, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def processes_in(folder: str) -> list[str]:
    found = subprocess.run(["ps", "-ww", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in found.splitlines() if folder in line]


@pytest.mark.django_db
def test_the_leg_that_was_asked_for_is_the_one_that_runs():
    assert connection.vendor == os.environ["TEST_RUN"]


@pytest.mark.django_db
def test_sqlite_runs_as_in_production():
    if connection.vendor != "sqlite":
        pytest.skip("SQLite's own settings")
    with connection.cursor() as cursor:
        values = {
            name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
        }
    assert values == {"journal_mode": "wal", "synchronous": 2}  # 2: FULL
    assert Path(connection.settings_dict["NAME"]).exists()


@pytest.mark.django_db
def test_postgresql_ends_the_transaction_of_a_frozen_process():
    if connection.vendor != "postgresql":
        pytest.skip("PostgreSQL's own settings")
    with connection.cursor() as cursor:
        cursor.execute("SHOW idle_in_transaction_session_timeout")
        assert cursor.fetchone() == ("1min",)


@pytest.mark.parametrize("kind", ["system", "wheel"])
def test_a_postgresql_of_its_own_goes_away_with_a_killed_owner(kind, monkeypatch):
    monkeypatch.setenv("TEST_POSTGRES", kind)
    try:
        binaries = find_postgres()
    except SystemExit:
        pytest.skip(f"no PostgreSQL of the kind {kind} on this machine")
    owner = subprocess.Popen(
        [sys.executable, "-c",
         "import subprocess, sys, time\n"
         "g = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, start_new_session=True)\n"
         "time.sleep(600)", sys.executable, GUARDIAN, str(binaries)],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    folder, address = owner.stdout.readline().split()
    assert address == f"postgres://postgres@/tests?host={folder}"
    assert processes_in(folder)

    owner.send_signal(signal.SIGKILL)
    owner.communicate()

    wait_until(lambda: not Path(folder).exists() and not processes_in(folder))


def test_an_unknown_leg_is_one_sentence():
    done = subprocess.run(
        [sys.executable, "-c", "from tests.databases import choose_database; choose_database()"],
        env={"TEST_DB": "oracle", "PATH": os.environ["PATH"]},
        cwd=PROJECT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (1, "TEST_DB must be sqlite or postgresql, not 'oracle'.\n")


@pytest.mark.slow
def test_both_legs_are_judged_and_their_summaries_shown(tmp_path):
    suite = tmp_path / "test_one.py"
    suite.write_text(
        "import os\ndef test_it(): assert os.environ['TEST_DB'] == 'sqlite', 'the other leg fails'\n"
    )
    shutil.copy(PROJECT / "tests" / "__init__.py", tmp_path / "__init__.py")
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("TEST_", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.legs", "-p", "no:django", "-c", os.devnull, f"--rootdir={tmp_path}", str(suite)],
        cwd=PROJECT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith("sqlite: passed\npostgresql: FAILED")
    assert "1 passed in" in done.stdout
    assert "1 failed in" in done.stdout
