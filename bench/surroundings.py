"""What a benchmark needs around it: a sandbox in a process of its own, and fresh databases with our tables."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from zoho_sync.sandbox.control import SandboxControl

from .meter import SERVER

PROJECT = Path(__file__).resolve().parent.parent
_SECRET = secrets.token_urlsafe(50)


@contextmanager
def sandbox(items: int, warehouses: int, prices: int, documents: int = 0) -> Iterator[dict[str, str]]:
    """A sandbox without limits; yields the environment variables that lead to it."""
    command = [sys.executable, "-m", "zoho_sync.sandbox", "--quiet", "--port", "0"]
    size = {
        "items": items,
        "customers": 10,
        "vendors": 5,
        "locations": warehouses,
        "pricelists": 5,
        "pricelist-items": prices,
        "documents": documents,
        "calls-per-minute": 0,
        "calls-per-day": 0,
        "concurrency": 0,
    }
    for name, number in size.items():
        command += [f"--{name}", str(number)]
    process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None  # noqa: S101  (it is a pipe)
        lines = [process.stdout.readline().strip() for _ in range(6)]
        if not all(lines):
            sys.exit("The sandbox did not start; the lines above say why.")
        zoho = dict(line.split("=", 1) for line in lines)
        # Every measured process begins without a token, and Zoho gives ten in ten minutes.
        SandboxControl(zoho["ZOHO_API_BASE_URL"]).settings(tokens_per_ten_minutes=10**6)
        yield zoho
    finally:
        process.terminate()
        process.wait(10)


def environment(database: str, zoho: dict[str, str], folder: Path) -> dict[str, str]:
    """Under which a measured process runs: this database, this sandbox, and nothing of any .env file."""
    ours = {
        "DATABASE_URL": database,
        "DATA_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tsh_erp.settings",
        "ENVIRONMENT": "development",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": _SECRET,
    }
    return os.environ | ours | zoho


class Sqlite:
    """Databases as files in a folder."""

    vendor = "sqlite"
    server: dict[str, str] = {}

    def __init__(self, folder: Path):
        self.folder = folder
        self._template = folder / "template.sqlite3"
        _migrate(f"sqlite:///{self._template}", folder)

    def version(self) -> str:
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"

    def fresh(self, name: str) -> str:
        """The address of a new database with our empty tables."""
        file = self.folder / f"{name}.sqlite3"
        shutil.copy(self._template, file)
        return f"sqlite:///{file}"

    def drop(self, name: str) -> None:
        for file in self.folder.glob(f"{name}.sqlite3*"):
            file.unlink()


class Postgresql:
    """Databases of a server that is started for this, or of the one at TEST_DATABASE_URL (see tests/databases.py).

    It keeps what it acknowledges, unlike the tests' own.
    """

    vendor = "postgresql"

    def __init__(self, folder: Path):
        from tests.databases import choose_database

        ours = {"TEST_DB": "postgresql", "TEST_POSTGRES_DURABLE": "1"}
        os.environ |= ours
        self._address = choose_database()["DATABASE_URL"]
        for name in ours:
            os.environ.pop(name)
        self._made = f"bench_{os.getpid()}"
        self._template = self._create("template", "template1")
        self.server = self._processes()
        _migrate(self._template, folder)

    def version(self) -> str:
        with psycopg.connect(self._at("postgres")) as connection:
            return f"PostgreSQL {connection.info.parameter_status('server_version')}"

    def fresh(self, name: str) -> str:
        """The address of a new database with our empty tables."""
        self.drop(name)
        return self._create(name, f"{self._made}_template")

    def drop(self, name: str) -> None:
        self._order(f'DROP DATABASE IF EXISTS "{self._made}_{name}"')

    def _processes(self) -> dict[str, str]:
        """Environment variables by which a measured process finds the server's; {} where it is on another machine."""
        with psycopg.connect(self._at("postgres")) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
        try:
            return {SERVER: (Path(folder) / "postmaster.pid").read_text().split()[0]}
        except OSError:
            return {}

    def _create(self, name: str, template: str) -> str:
        self._order(f'CREATE DATABASE "{self._made}_{name}" TEMPLATE "{template}"')
        return self._at(f"{self._made}_{name}")

    def _at(self, name: str) -> str:
        before, _, after = self._address.partition("?")
        return f"{before.rsplit('/', 1)[0]}/{name}" + (f"?{after}" if after else "")

    def _order(self, statement: str) -> None:
        with psycopg.connect(self._at("postgres"), autocommit=True) as connection:
            connection.execute(statement)


DATABASES = {each.vendor: each for each in (Sqlite, Postgresql)}


def _migrate(address: str, folder: Path) -> None:
    words = [sys.executable, "manage.py", "migrate", "--noinput", "-v0"]
    subprocess.run(words, cwd=PROJECT, env=environment(address, {}, folder), check=True)
