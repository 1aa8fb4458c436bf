"""The whole back office as one group of processes: sandbox, worker and web server, started and ended together."""

from __future__ import annotations

import http.client
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from .errors import SyncError
from .models import WorkerBeat
from .processes import Child, backoff_seconds, manage_command, stop_all
from .sandbox.loopback import is_loopback

_TICK_SECONDS = 0.2
_READY_SECONDS = 60
_HEALTHY_AFTER_SECONDS = 30
_HOPELESS_AFTER = 3  # deaths before a service was ever ready
_LOG_BYTES = 10_000_000
_SANDBOX_DOCUMENTS = 200  # invoices; with all that belongs to them enough to fill every page, and soon read
_SHOW_CURSOR = "\x1b[?25h"


class StartFailed(SyncError):
    """A service could not be brought up; the sentence says which and what it said."""


class Stopped(Exception):
    """Somebody asked the group to end while it was busy starting."""


@dataclass
class Service:
    """A long-lived child. `is_ready` asks it once, quickly. `quick_deaths`: deaths soon after a start, in a row."""

    name: str
    label: str
    command: list[str]
    is_ready: Callable[[], bool]
    log: Path
    child: Child | None = None
    quick_deaths: int = 0
    start_at: float = 0.0
    read_until: int = field(default=0, repr=False)  # of the log, in bytes

    def new_errors(self) -> list[str]:
        """Lines of level ERROR or CRITICAL that came into the log since the last call."""
        size = self.log.stat().st_size if self.log.exists() else 0
        if size <= self.read_until:
            return []
        with self.log.open("rb") as file:
            file.seek(self.read_until)
            text = file.read(200_000)
        whole = text[: text.rfind(b"\n") + 1]
        self.read_until += len(whole)
        return [
            line
            for line in whole.decode(errors="replace").splitlines()
            if " ERROR " in line or " CRITICAL " in line
        ]


def services(log_folder: Path) -> list[Service]:
    """What belongs to the group under today's settings, in the order of starting."""
    web = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
    size = ("--documents", str(_SANDBOX_DOCUMENTS))
    sandbox = manage_command(
        "zoho_sandbox", "--port", str(settings.SANDBOX_PORT), *size, *_sandbox_webhooks()
    )
    worker, worker_log = manage_command("run_worker"), log_folder / "worker.log"
    group = [
        Service("worker", _("worker"), worker, _worker_answers, worker_log),
        Service("web", _("web server"), web, _web_answers, log_folder / "web.log"),
    ]
    group += [
        Service(name, name, manage_command(command), lambda: True, log_folder / f"{name}.log")
        for name, command in settings.COMPANIONS
    ]
    if settings.ZOHO_SANDBOX:
        group.insert(
            0, Service("sandbox", _("sandbox"), sandbox, _sandbox_answers, log_folder / "sandbox.log")
        )
    for service in group:
        _turn_over(service.log)
        service.read_until = service.log.stat().st_size if service.log.exists() else 0
    return group


class BackOffice:
    """Starts services, keeps them running, and ends them. `say` shows one line to whoever looks on."""

    def __init__(self, group: list[Service], say: Callable[[str], None]):
        self.group, self.say = group, say
        self._signals = 0
        self._others: list[Child] = []
        self._terminal = select.poll()
        if sys.stdout.isatty():
            self._terminal.register(sys.stdout.fileno(), 0)  # a hang-up is told unasked

    def listen_to_signals(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._count_signal)

    def _count_signal(self, *_arguments) -> None:
        self._signals += 1

    @property
    def is_impatient(self) -> bool:
        return self._signals > 1

    @property
    def is_stopping(self) -> bool:
        return self._signals > 0

    def start(self) -> None:
        """Bring all services up, one after the other. Raises StartFailed, or Stopped when a signal came first."""
        for service in self.group:
            self._launch(service)
            deadline = time.monotonic() + _READY_SECONDS
            while service.child is None or not service.is_ready():
                self.tick()
                if service.quick_deaths >= _HOPELESS_AFTER or time.monotonic() > deadline:
                    raise StartFailed(
                        _("The %(service)s does not start. The end of %(log)s says:\n%(words)s")
                        % {"service": service.label, "log": service.log, "words": _last_words(service)}
                    )

    def run_beside(self, command: list[str]) -> int:
        """Run a command on our own terminal while the services are watched; returns its exit code."""
        child = Child(command[-1], command)
        self._others.append(child)
        try:
            while child.exit_code is None:
                self.tick()
        except Stopped:
            child.kill()
            if sys.stdout.isatty():
                self.say(_SHOW_CURSOR)  # which its progress bar has hidden
            raise
        finally:
            self._others.remove(child)
        return child.exit_code

    def watch(self) -> None:
        """Until a signal comes."""
        while not self.is_stopping:
            self.tick(raise_stopped=False)

    def tick(self, *, raise_stopped: bool = True) -> None:
        """One look at every service: restart what died, show what complained."""
        if not self.is_stopping and self._terminal.poll(0):
            self._signals += 1  # the kernel tells only the session's leader that the terminal has gone
        for service in self.group:
            if self.is_stopping:
                break
            for line in service.new_errors():
                self.say(f"[{service.label}] {line}")
            if service.child is None:
                if service.start_at and time.monotonic() >= service.start_at:
                    self._launch(service)
            elif service.child.exit_code is not None:
                self._bury(service, service.child)
        if self.is_stopping and raise_stopped:
            raise Stopped
        time.sleep(_TICK_SECONDS)

    def stop(self) -> None:
        """End everything: first who works, then the sandbox that they talk to."""
        grace = settings.WORKER["STOP_SECONDS"] + 5
        last = [service.child for service in self.group if service.name == "sandbox" and service.child]
        first = [child for child in self._children() if child not in last]
        stop_all(first, grace, is_impatient=lambda: self.is_impatient)
        stop_all(last, 5, is_impatient=lambda: self.is_impatient)

    def _children(self) -> list[Child]:
        return [*self._others, *(service.child for service in self.group if service.child)]

    def _launch(self, service: Service) -> None:
        environment = os.environ | {"PYTHONUNBUFFERED": "1"}
        service.child = Child(service.name, service.command, log=service.log, environment=environment)

    def _bury(self, service: Service, child: Child) -> None:
        lived, code = child.age_seconds, child.exit_code
        child.kill()
        service.quick_deaths = 0 if lived > _HEALTHY_AFTER_SECONDS else service.quick_deaths + 1
        wait = backoff_seconds(service.quick_deaths)
        self.say(
            _(
                "The %(service)s ended (exit code %(code)s); it is started again in %(seconds)d s. It said:\n%(words)s"
            )
            % {"service": service.label, "code": code, "seconds": wait, "words": _last_words(service)}
        )
        service.child, service.start_at = None, time.monotonic() + max(wait, _TICK_SECONDS)


def taken_port(address: str, port: int) -> bool:
    """Would the port be refused to a server of ours?"""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return True
    return False


def reachable_address() -> str:
    """Where this machine's own browser finds the web server; an IPv6 address in its brackets."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.BIND_ADDRESS, settings.BIND_ADDRESS)  # noqa: S104
    return f"[{host}]" if ":" in host else host


def _sandbox_webhooks() -> list[str]:
    """The sandbox tells our own door of every change, if that is on this machine's own address."""
    host = reachable_address()
    if not is_loopback(host.strip("[]")):
        return []
    return ["--webhooks", f"http://{host}:{settings.PORT}/api/zoho/webhooks/{{module}}"]


def _web_answers() -> bool:
    connection = http.client.HTTPConnection(reachable_address().strip("[]"), settings.PORT, timeout=5)
    try:
        host = settings.ALLOWED_HOSTS[0].lstrip(".")
        connection.request("GET", "/health/live", headers={"Host": host})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _worker_answers() -> bool:
    """Has it answered a canary? A supervisor that leaves takes its sign of life with it."""
    return WorkerBeat.objects.filter(name=settings.WORKER["NAME"], beat_at__isnull=False).exists()


def _sandbox_answers() -> bool:
    try:
        with socket.create_connection(("127.0.0.1", settings.SANDBOX_PORT), timeout=2):
            return True
    except OSError:
        return False


def _last_words(service: Service) -> str:
    child = service.child
    if child is None:
        child_log = service.log
        text = child_log.read_text(errors="replace")[-2000:] if child_log.exists() else ""
        return "\n".join(text.splitlines()[-5:])
    return child.last_words()


def _turn_over(log: Path) -> None:
    """A log that has grown big starts anew; the former one is kept beside it."""
    if log.exists() and log.stat().st_size > _LOG_BYTES:
        log.replace(log.with_suffix(".log.1"))
