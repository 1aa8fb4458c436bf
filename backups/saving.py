"""Make a backup: one file that is whole or not there.

It is written under another name, pushed to the disk, read again from end to end, and only then given its own name.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, cast

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.translation import gettext as _

from . import archive, keys, pictures, schema, snapshot
from .errors import BackupError

_PARTIAL = ".partial-tsh-erp-"
_LOCK = ".tsh-erp-backup.lock"


@dataclass(frozen=True)
class Backup:
    """path: of the finished file. about, manifest: what it says of itself (archive.py)."""

    path: Path
    about: dict[str, Any]
    manifest: dict[str, Any]

    @property
    def row_count(self) -> int:
        return sum(each["rows"] for each in self.manifest["tables"].values())


def save(folder: Path, *, passphrase: str = "", alias: str = DEFAULT_DB_ALIAS) -> Backup:
    """Write a backup of the database and the pictures into the folder; encrypted when there is a passphrase.

    Raises BackupError and OSError; then the folder holds no new file that looks whole.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        made_at = timezone.now()
        path = folder / file_name(made_at, is_sealed=bool(passphrase))
        partial = folder / f"{_PARTIAL}{os.getpid()}"
        try:
            with _new(partial) as file:
                about, manifest = _write(file, made_at, passphrase, alias)
                file.flush()
                os.fsync(file.fileno())
            _judge(partial, passphrase, manifest)
            if path.exists():
                raise BackupError(_("%(file)s is there already; nothing was written.") % {"file": path})
            partial.replace(path)
        finally:
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()
        _push(folder)
    return Backup(path, about, manifest)


def file_name(made_at: datetime, *, is_sealed: bool) -> str:
    return f"tsh-erp-{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar{'.sealed' if is_sealed else ''}"


def _write(
    file: BinaryIO, made_at: datetime, passphrase: str, alias: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    with snapshot.reading(alias) as connection:
        state = schema.applied(connection)
        if not state:
            raise BackupError(_("The database has no tables yet. Run `manage.py migrate` first."))
        schema.refuse_newer(state)
        tables = schema.tables(state)
        about = {
            "made_at": made_at.astimezone(UTC).isoformat(timespec="seconds"),
            "database": connection.vendor,
            "migrations": state,
            "keys": keys.needed(),
            "tables": {
                table.name: [{"name": each.name, "kind": each.kind} for each in table.columns]
                for table in tables
            },
            "left_out": schema.LEFT_OUT,
        }
        writer = archive.Writer(file, about, passphrase)
        for table in tables:
            writer.table(table.name, snapshot.rows(connection, table), snapshot.last_key(connection, table))
    for name, content in pictures.files():
        writer.media(name, content)
    return about, writer.close()


def _judge(path: Path, passphrase: str, manifest: dict[str, Any]) -> None:
    """Read what the disk holds. Raises BackupError where it is not what was written."""
    with archive.opened(path, passphrase) as reader:
        exhaust(reader)
        if reader.finish()["seal"] != manifest["seal"]:
            raise BackupError(_("The disk does not hold what was written to it."))


def exhaust(reader: archive.Reader) -> None:
    """Read everything of it but the manifest."""
    for _name, rows in reader.tables():
        for _row in rows:
            pass
    for _file in reader.media():
        pass


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The only backup into this folder; files that killed ones have left there are taken away."""
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackupError(
                _("Another backup into %(folder)s is under way.") % {"folder": folder}
            ) from error
        for left in folder.glob(f"{_PARTIAL}*"):
            left.unlink(missing_ok=True)
        yield


def _new(path: Path) -> BinaryIO:
    """A new file that nobody else may read."""
    return cast(BinaryIO, os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "r+b"))


def _push(folder: Path) -> None:
    """Push the folder's names to the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
