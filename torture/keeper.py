"""A service manager: starts processes, starts again whatever ends, and lets anybody be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from contextlib import suppress
from pathlib import Path

from zoho_sync.processes import die_with

PROJECT = Path(__file__).resolve().parent.parent
_LOOK_SECONDS = 0.1


class Service:
    """One long-lived process, all of whose output goes into `log`."""

    def __init__(self, name: str, words: list[str], environment: dict[str, str], log: Path):
        self.name, self.words, self.environment, self.log = name, words, environment, log
        self.process: subprocess.Popen | None = None
        self.starts_count = 0

    def start(self) -> None:
        us = os.getpid()
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                self.words, cwd=PROJECT, env=self.environment, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output, start_new_session=True,
                preexec_fn=lambda: die_with(us, signal.SIGTERM),
            )  # fmt: skip
        self.starts_count += 1

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    @property
    def has_ended(self) -> bool:
        return self.process is not None and self.process.poll() is not None


class Keeper:
    """Keeps services. They are started by its own thread, which stays: the kernel ties a child to the thread."""

    def __init__(self) -> None:
        self.services: dict[str, Service] = {}
        self._lock = threading.Lock()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)
        self._thread.start()

    def add(self, service: Service) -> None:
        with self._lock:
            self.services[service.name] = service

    def take_out(self, name: str, seconds: float = 20.0) -> None:
        """Stop a service for good: asked first, then killed with all that came from it."""
        with self._lock:
            service = self.services.pop(name, None)
        if service and service.process:
            _stop(service.process, seconds)

    def below(self, name: str) -> list[int]:
        """The processes of a service, the first one first; those that have ended are left out."""
        service = self.services.get(name)
        if service is None or service.process is None or service.has_ended:
            return []
        return [service.pid, *descendants(service.pid)]

    def everybody(self) -> dict[str, list[int]]:
        return {name: self.below(name) for name in list(self.services)}

    def stop(self) -> None:
        self._is_over.set()
        self._thread.join(10)
        with self._lock:
            services, self.services = list(self.services.values()), {}
        for service in services:
            if service.process:
                with suppress(ProcessLookupError):
                    service.process.terminate()
        for service in services:
            if service.process:
                _stop(service.process, 20.0)

    def _keep(self) -> None:
        while not self._is_over.wait(_LOOK_SECONDS):
            with self._lock:
                for service in self.services.values():
                    if service.process is None or service.has_ended:
                        service.start()


def _stop(process: subprocess.Popen, seconds: float) -> None:
    family = [process.pid, *descendants(process.pid)]
    for pid in family:
        send(pid, signal.SIGCONT)
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    for pid in {*family, *descendants(process.pid)}:
        if pid != process.pid or process.poll() is None:
            send(pid, signal.SIGKILL)
    process.wait(10)


def descendants(pid: int) -> list[int]:
    """All processes below this one, those nearer to it first."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError, ValueError, IndexError):
            state, parent = stat.read_text().rsplit(")", 1)[1].split()[:2]
            if state != "Z":
                children.setdefault(int(parent), []).append(int(stat.parent.name))
    found, parents = [], [pid]
    while parents:
        parents = [child for parent in parents for child in children.get(parent, ())]
        found += parents
    return found


def send(pid: int, number: signal.Signals) -> bool:
    """False when nobody has that number any more."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True


def words_of(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def megabytes(pid: int) -> float:
    """What the process holds in memory now; 0 when it is gone."""
    with suppress(OSError, ValueError):
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
    return 0.0
