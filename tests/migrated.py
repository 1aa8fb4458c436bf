"""A migrated database, made once: every worker of a run begins with a copy.

To migrate takes 15 s of a processor, a copy a fraction of one. On SQLite it is kept in build/ for the next run, under a
name that changes with the migrations and with what they stand on. Whatever else `migrate` does (permissions, triggers)
is done to each copy.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from django.conf import settings

PROJECT = Path(__file__).resolve().parent.parent
KEPT = PROJECT / "build" / "migrated"
_TEMPLATE = "migrated"
_IMPORTED = re.compile(
    r"^(?:import|from) ((?:inventory|zoho_sync|monitoring|backups|tsh_erp)\.[\w.]+)", re.MULTILINE
)


def provide(database: dict) -> bool:
    """Put a migrated database where this one (of settings.DATABASES) will be looked for. False: it has to be made in
    Django's own way, as the server is not ours."""
    name = database["TEST"]["NAME"] or f"test_{database['NAME']}"
    if database["ENGINE"].endswith("sqlite3"):
        shutil.copyfile(_sqlite(), name)
        return True
    if os.environ.get("TEST_DATABASE_URL"):
        return False
    _postgresql(name)
    return True


def _sqlite() -> Path:
    file = KEPT / f"{_key()}.sqlite3"
    with _alone(KEPT):
        if not file.exists():
            for older in KEPT.glob("*.sqlite3*"):
                older.unlink()
            unfinished = file.with_suffix(".sqlite3-unfinished")
            _migrate(f"sqlite:///{unfinished}")
            unfinished.replace(file)
    return file


def _postgresql(name: str) -> None:
    """In the server of this run, so that nothing has to be taken away afterwards."""
    address = os.environ["DATABASE_URL"]
    with (
        _alone(settings.DATA_DIR),
        psycopg.connect(address.replace("/tests?", "/postgres?"), autocommit=True) as server,
    ):
        if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
            server.execute(f"CREATE DATABASE {_TEMPLATE}_unfinished")
            _migrate(address.replace("/tests?", f"/{_TEMPLATE}_unfinished?"))
            server.execute(f"ALTER DATABASE {_TEMPLATE}_unfinished RENAME TO {_TEMPLATE}")
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE {_TEMPLATE}')


def _migrate(address: str) -> None:
    words = [sys.executable, "manage.py", "migrate", "--noinput", "-v0"]
    ours = {"DATABASE_URL": address, "DJANGO_SETTINGS_MODULE": "tsh_erp.settings"}
    subprocess.run(words, cwd=PROJECT, env=os.environ | ours, check=True)


def _key() -> str:
    migrations = sorted(PROJECT.glob("*/migrations/*.py")) + sorted(PROJECT.glob("*/*/migrations/*.py"))
    texts = [file.read_text() for file in migrations]
    modules = sorted({name for text in texts for name in _IMPORTED.findall(text)})
    files = [PROJECT / f"{name.replace('.', '/')}.py" for name in modules]
    told = [*texts, *(file.read_text() for file in files), (PROJECT / "requirements.txt").read_text()]
    return hashlib.blake2b("\0".join(told).encode(), digest_size=8).hexdigest()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One worker makes it, the others wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
