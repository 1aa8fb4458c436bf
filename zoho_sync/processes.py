"""Child processes that never outlive their parent, however it ends, and that can be ended whole (Linux).

Three nets, because each has a hole: a signal at the parent's death (the kernel forgets it at every fork, so that each
process must ask for itself), a session of its own for each child, and a kill of the child's whole group.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

PR_SET_PDEATHSIG = 1
_PROJECT = Path(__file__).resolve().parent.parent
_libc = ctypes.CDLL(None, use_errno=True)


def die_with(parent_pid: int, signal_number: int = signal.SIGKILL) -> None:
    """From now on this process gets the signal when its parent ends; at once, if `parent_pid` has ended already.

    The kernel means the parent's thread that forked, so children must be started from a thread that stays.
    """
    _libc.prctl(PR_SET_PDEATHSIG, int(signal_number), 0, 0, 0)
    if os.getppid() != parent_pid:
        os.kill(os.getpid(), signal_number)


def tie_forks() -> None:
    """Every process that Python code forks from now on, at any depth, dies with its own parent."""
    forking_pid = os.getpid()

    def remember() -> None:
        nonlocal forking_pid
        forking_pid = os.getpid()

    os.register_at_fork(before=remember, after_in_child=lambda: die_with(forking_pid))


class Child:
    """One child in a session of its own, its output in a log file (or on our own terminal when there is none)."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ):
        self.name, self.log = name, log
        self.started_at = time.monotonic()
        parent_pid = os.getpid()
        output = log.open("ab") if log else None
        try:
            self._process = subprocess.Popen(
                list(command),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                env=dict(environment) if environment is not None else None,
                cwd=_PROJECT,
                start_new_session=True,
                preexec_fn=lambda: die_with(parent_pid),  # safe: its callers run no threads
            )
        finally:
            if output:
                output.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; negative: ended by that signal."""
        return self._process.poll()

    @property
    def age_seconds(self) -> float:
        return time.monotonic() - self.started_at

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.terminate()

    def kill(self) -> None:
        """End the child and whatever it has started, now; returns when the child is gone."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)  # its group may have members left after it has ended
        self._process.wait()

    def last_words(self, lines: int = 5) -> str:
        """The end of its log."""
        if self.log is None or not self.log.exists():
            return ""
        with self.log.open("rb") as file:
            file.seek(max(0, self.log.stat().st_size - 4000))
            text = file.read().decode(errors="replace")
        return "\n".join([line for line in text.splitlines() if line.strip()][-lines:])


def stop_all(
    children: Sequence[Child], seconds: float, *, is_impatient: Callable[[], bool] = lambda: False
) -> None:
    """Ask all to stop, wait for at most so long (or until impatience), and kill what is left with its groups."""
    for child in children:
        child.ask_to_stop()
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and not is_impatient() and any(c.exit_code is None for c in children):
        time.sleep(0.05)
    for child in children:
        child.kill()


def backoff_seconds(failures: int) -> float:
    """How long to wait before the next start after so many quick deaths in a row: 0, 1, 2, 4 … 60 s."""
    return 0 if failures <= 0 else min(60.0, 2.0 ** min(failures - 1, 6))


def manage_command(*words: str) -> list[str]:
    """This project's manage.py under this very Python."""
    return [sys.executable, str(_PROJECT / "manage.py"), *words]
