"""Children that never outlive their parent: real processes, real kills."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import PROJECT
from zoho_sync.processes import Child, backoff_seconds, stop_all


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def wait_until(is_true, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


def python(code: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=PROJECT, stdout=subprocess.PIPE, text=True, bufsize=1
    )


def pids_told_by(process: subprocess.Popen, count: int) -> list[int]:
    return [int(process.stdout.readline()) for _ in range(count)]


def test_a_child_dies_with_a_killed_parent():
    parent = python(
        "import sys, time\n"
        "from zoho_sync.processes import Child\n"
        "print(Child('x', [sys.executable, '-c', 'import time; time.sleep(600)']).pid, flush=True)\n"
        "time.sleep(600)"
    )
    [child] = pids_told_by(parent, 1)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not is_running(child))


def test_forked_processes_of_any_depth_die_when_the_first_is_killed():
    parent = python(
        "import multiprocessing, os, time\n"
        "from zoho_sync.processes import tie_forks\n"
        "def deep(n):\n"
        "    print(os.getpid(), flush=True)\n"
        "    if n: context.Process(target=deep, args=(n - 1,)).start()\n"
        "    time.sleep(600)\n"
        "context = multiprocessing.get_context('fork')\n"
        "tie_forks()\n"
        "deep(3)"
    )
    pids = pids_told_by(parent, 4)
    parent.kill()
    parent.communicate()
    wait_until(lambda: not any(is_running(pid) for pid in pids))


def test_a_process_whose_parent_is_gone_already_does_not_stay():
    done = subprocess.run(
        [sys.executable, "-c", "from zoho_sync.processes import die_with; die_with(1); print('alive')"],
        cwd=PROJECT, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (-signal.SIGKILL, "")


@pytest.fixture
def stubborn(tmp_path):
    """A child that ignores SIGTERM, and has a child of its own that does so too."""
    code = (
        "import os, signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "os.fork()\n"
        "os.write(1, f'{os.getpid()}\\n'.encode())\n"  # one write: two unbuffered print() mix their words
        "time.sleep(600)"
    )
    child = Child("stubborn", [sys.executable, "-c", code], log=tmp_path / "log")
    wait_until(lambda: len((tmp_path / "log").read_text().split()) == 2)
    yield child, [int(word) for word in (tmp_path / "log").read_text().split()]
    child.kill()


def test_what_does_not_stop_when_asked_is_killed_with_its_whole_group(stubborn):
    child, pids = stubborn
    stop_all([child], 0.2)
    assert child.exit_code == -signal.SIGKILL
    wait_until(lambda: not any(is_running(pid) for pid in pids))


def test_impatience_cuts_the_grace_short(stubborn):
    child, _pids = stubborn
    stop_all([child], 3600, is_impatient=lambda: True)
    assert child.exit_code == -signal.SIGKILL


def test_a_group_whose_leader_has_ended_is_ended_too(tmp_path):
    code = "import os, time\nif os.fork() == 0:\n    print(os.getpid(), flush=True)\n    time.sleep(600)"
    child = Child("short", [sys.executable, "-c", code], log=tmp_path / "log")
    wait_until(lambda: child.exit_code is not None and (tmp_path / "log").read_text())
    left = int((tmp_path / "log").read_text())
    child.kill()
    wait_until(lambda: not is_running(left))


def test_the_last_words_are_the_end_of_the_log(tmp_path):
    child = Child("x", [sys.executable, "-c", "for n in range(2000): print('line', n)"], log=tmp_path / "log")
    wait_until(lambda: child.exit_code is not None)
    assert child.last_words(2) == "line 1998\nline 1999"


def test_a_child_runs_in_the_project_and_a_session_of_its_own(tmp_path):
    child = Child(
        "x", [sys.executable, "-c", "import os; print(os.getcwd(), os.getsid(0))"], log=tmp_path / "log"
    )
    wait_until(lambda: child.exit_code is not None)
    assert (tmp_path / "log").read_text().split() == [str(PROJECT), str(child.pid)]
    assert os.getsid(0) != child.pid


@pytest.mark.parametrize(("failures", "seconds"), [(0, 0), (1, 1), (2, 2), (4, 8), (7, 60), (5000, 60)])
def test_a_child_that_keeps_dying_is_started_ever_more_seldom(failures, seconds):
    assert backoff_seconds(failures) == seconds
