"""One world: a database, a Zoho, a web server and a worker under its supervisor, as real processes.

The process that holds it looks into the same database by the product's own models, as an operator's command would.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from zoho_sync.sandbox.control import SandboxControl, SandboxError

from .keeper import PROJECT, Keeper, Service
from .volume import entered

SIZE = {
    "items": 40,
    "customers": 14,
    "vendors": 2,
    "locations": 3,
    "pricelists": 3,
    "pricelist-items": 20,
    "documents": 12,
}
WEBHOOK_SECRET = "Torture" + secrets.token_hex(12)
PASSWORD = secrets.token_urlsafe(18)
PATIENCE_SECONDS = 240.0  # for what must happen some time; nothing is judged by how fast it does
_FOREIGN = (
    "ZOHO_", "ADMIN_", "WORKER_", "QUEUE_", "HSTS_", "WEBHOOK_", "PUBLIC_", "API_", "CORS_", "EMAIL_", "ALERT_",
    "METRICS_", "WATCH_", "TRUTH_", "REPORT_", "BACKUP_", "REDIS_", "TORTURE_OPEN", "TORTURE_CLOCK", "DATABASE_",
    "DATA_DIR", "DJANGO_",
)  # fmt: skip


class Broken(AssertionError):
    """A promise was not kept; the sentence says which."""


class World:
    """Call `open()` before Django is used: it chooses the database and the settings of this very process."""

    def __init__(
        self,
        vendor: str,
        folder: Path,
        *,
        size: dict[str, int] | None = None,
        open_limits: bool = True,
        calls_per_day: int = 1_000_000,
    ):
        self.calls_per_day = calls_per_day
        self.vendor, self.folder, self.size, self.open_limits = (
            vendor,
            folder,
            SIZE | (size or {}),
            open_limits,
        )
        self.data_folder, self.has_volume = folder / "data", entered() == folder / "data"
        (self.data_folder / "static").mkdir(parents=True, exist_ok=True)
        self.keeper = Keeper()
        self.environment: dict[str, str] = {}
        self.sandbox: SandboxControl
        self.organization: Any = None
        self.business: Any = None  # of the case that is played
        self.server_folder = folder  # where PostgreSQL keeps its process number
        self.port = free_port()
        self._zoho: subprocess.Popen | None = None

    # --- Coming and going ---------------------------------------------------------------------------

    def open(self) -> None:
        for name in [name for name in os.environ if name.startswith(_FOREIGN)]:
            del os.environ[name]
        address = self._database()
        zoho = self._start_zoho()
        self.environment = os.environ | zoho | self._ours() | {"DATABASE_URL": address}
        os.environ.update(self.environment)
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "--noinput", "-v0"],
            cwd=PROJECT, env=self.environment, check=True,
        )  # fmt: skip
        import django

        django.setup()
        from zoho_sync.connections import organization_for

        self.organization = organization_for()
        self._make_people()
        self.start_web()
        self.start_worker()
        for module in self._modules():
            self.sandbox.set_webhook(module, self.door(module), secret=WEBHOOK_SECRET)
        self.until(self.answers, "the web server does not answer")
        self.until(self.works, "the worker gives no sign of life")

    def close(self) -> None:
        self.keeper.stop()
        if self._zoho:
            self._zoho.terminate()
            with suppress(subprocess.TimeoutExpired):
                self._zoho.wait(10)
            self._zoho.kill()
            self._zoho.wait()

    def start_web(self) -> None:
        words = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
        self._serve("web", words)

    def start_worker(self, name: str = "worker", **variables: str) -> None:
        self._serve(name, [sys.executable, "manage.py", "run_worker"], WORKER_NAME=name, **variables)

    def _serve(self, name: str, words: list[str], **variables: str) -> None:
        log = self.folder / f"{name}.log"
        self.keeper.add(Service(name, words, self.environment | variables, log))

    def _database(self) -> str:
        if self.vendor == "sqlite":
            return f"sqlite:///{self.data_folder / 'tsh_erp.sqlite3'}"
        from tests.databases import choose_database

        os.environ |= {"TEST_DB": "postgresql", "TEST_POSTGRES_DURABLE": "1"}
        chosen = choose_database()
        self.server_folder = Path(chosen["DATA_DIR"])
        address = chosen["DATABASE_URL"]
        import psycopg

        with psycopg.connect(address.replace("/tests?", "/postgres?"), autocommit=True) as connection:
            connection.execute("CREATE DATABASE tests")
        return address

    def _start_zoho(self) -> dict[str, str]:
        words = [sys.executable, "-m", "zoho_sync.sandbox", "--quiet", "--port", "0"]
        limits = {"calls-per-day": 0, "calls-per-minute": 0 if self.open_limits else 100, "concurrency": 10}
        for name, number in (self.size | limits).items():
            words += [f"--{name}", str(number)]
        with (self.folder / "zoho.log").open("ab") as log:
            self._zoho = subprocess.Popen(words, cwd=PROJECT, stdout=subprocess.PIPE, stderr=log, text=True)
        assert self._zoho.stdout is not None  # noqa: S101  (it is a pipe)
        lines = [self._zoho.stdout.readline().strip() for _ in range(6)]
        if not all(lines):
            raise Broken(f"The sandbox did not start; {self.folder / 'zoho.log'} says why.")
        zoho = dict(line.split("=", 1) for line in lines)
        self.sandbox = SandboxControl(zoho["ZOHO_API_BASE_URL"])
        self.usual = {
            "tokens_per_ten_minutes": 10**6,
            "webhook_retries": 100_000,
            "webhook_spacing_seconds": 0.5,
            "webhook_read_seconds": 15.0,
        }
        self.sandbox.settings(**self.usual)
        self.defaults = self.sandbox.settings()
        return zoho

    def _ours(self) -> dict[str, str]:
        return {
            "DATA_DIR": str(self.data_folder),
            "DJANGO_SETTINGS_MODULE": "torture.settings",
            "ENVIRONMENT": "development",
            "ENV_FILE": os.devnull,
            "SECRET_KEY": secrets.token_urlsafe(50),
            "ZOHO_SANDBOX": "false",
            "ZOHO_WEBHOOK_SECRET": WEBHOOK_SECRET,
            "ZOHO_LEASE_SECONDS": "5",
            "ZOHO_SLICE_SECONDS": "5",
            "ZOHO_CALL_SECONDS": "8",
            "ZOHO_CALLS_PER_DAY": str(self.calls_per_day),
            "WORKER_CHECK_SECONDS": "1",
            "WORKER_CANARY_SECONDS": "1",
            "WORKER_SILENCE_SECONDS": "40",  # a cluster that needs longer to start would be killed for ever
            "WORKER_STOP_SECONDS": "5",
            "PORT": str(self.port),
            "LOG_LEVEL": "INFO",
            "PYTHONUNBUFFERED": "1",
            "PGOPTIONS": "-c synchronous_commit=on",
        } | ({"TORTURE_OPEN_LIMITS": "1"} if self.open_limits else {})

    def _make_people(self) -> None:
        from django.contrib.auth import get_user_model

        get_user_model().objects.create_superuser("layla", password=PASSWORD)

    def _modules(self) -> list[str]:
        from zoho_sync.sandbox.hooks import MODULES

        return list(MODULES)

    # --- Looking ------------------------------------------------------------------------------------

    def door(self, module: str) -> str:
        return f"http://127.0.0.1:{self.port}/api/zoho/webhooks/{module}"

    def answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def works(self) -> bool:
        from zoho_sync.models import WorkerBeat

        return bool(
            patiently(lambda: WorkerBeat.objects.filter(name="worker", beat_at__isnull=False).exists())
        )

    def until(self, look: Callable[[], Any], otherwise: str, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for a look at the world to find what it wants, and return that; Broken when it does not come."""
        deadline = time.monotonic() + seconds
        while not (found := patiently(look)):
            if time.monotonic() > deadline:
                raise Broken(otherwise)
            time.sleep(0.03)
        return found

    def soon(self, look: Callable[[], Any], seconds: float) -> Any:
        """The same for what need not come: None then."""
        with suppress(Broken):
            return self.until(look, "", seconds)
        return None

    @property
    def logs(self) -> list[Path]:
        return sorted(self.folder.glob("*.log"))


def patiently(look: Callable[[], Any], otherwise: Any = None) -> Any:
    """A look into the world, or `otherwise` while the database or Zoho is away."""
    from django.db import DatabaseError, InterfaceError, connections

    try:
        return look()
    except (DatabaseError, InterfaceError, SandboxError):
        connections.close_all()
        return otherwise


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
