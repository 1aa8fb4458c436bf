"""The file: a tar that any `tar` reads, perhaps sealed under a passphrase (sealing.py).

    about.json                       what it is, when, of which migrations, the keys it needs, the tables' columns
    rows/TABLE/00000001.jsonl.gz …   rows in pieces: JSON lists, in the order of the columns
    media/ab/ab12….full.webp …       the files of pictures
    manifest.json                    how many rows and files and their SHA-256, and a seal over itself and about.json

What is last is written last: a file without its manifest is none. Nothing of it is held in memory but one piece.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
import time
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from django.utils.translation import gettext as _

from . import sealing
from .errors import BackupError, Damaged, Newer, WrongPassphrase

FORMAT = 1
PRODUCT = "tsh-erp backup"
_PIECE = 1024 * 1024  # bytes of rows before they are compressed
_ABOUT, _MANIFEST = "about.json", "manifest.json"
_LONGEST_TEXT = 16 * 1024 * 1024  # of about.json and manifest.json


class Writer:
    """Writes one archive from its beginning to its end."""

    def __init__(self, file: BinaryIO, about: dict[str, Any], passphrase: str = ""):
        self._seal = sealing.Seal(file, passphrase) if passphrase else None
        self._tar = tarfile.open(fileobj=self._seal or file, mode="w", format=tarfile.PAX_FORMAT)  # type: ignore[call-overload]  # noqa: SIM115
        self._about = {"product": PRODUCT, "format": FORMAT, **about}
        self._tables: dict[str, dict[str, Any]] = {}
        self._media = _MediaSum()
        self._add(_ABOUT, _json(self._about))

    def table(self, name: str, rows: Iterable[list[Any]], last_key: int | None) -> int:
        """Write the rows; returns how many. They may be endless: they are never all in memory."""
        digest, count, pieces, waiting = hashlib.sha256(), 0, 0, bytearray()
        for row in rows:
            waiting += orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE)
            count += 1
            if len(waiting) >= _PIECE:
                pieces += 1
                self._rows(name, pieces, waiting, digest)
        if waiting:
            self._rows(name, pieces + 1, waiting, digest)
        self._tables[name] = {"rows": count, "sha256": digest.hexdigest(), "last_key": last_key}
        return count

    def _rows(self, name: str, number: int, waiting: bytearray, digest: Any) -> None:
        digest.update(waiting)
        self._add(f"rows/{name}/{number:08d}.jsonl.gz", gzip.compress(waiting, compresslevel=5, mtime=0))
        waiting.clear()

    def media(self, name: str, content: bytes) -> None:
        self._media.add(name, content)
        self._add(f"media/{name}", content)

    def close(self) -> dict[str, Any]:
        """Write the manifest and the end; returns the manifest."""
        manifest: dict[str, Any] = {"tables": self._tables, "media": self._media.told()}
        manifest["seal"] = _seal_of(self._about, manifest)
        self._add(_MANIFEST, _json(manifest))
        self._tar.close()
        if self._seal:
            self._seal.close()
        return manifest

    def _add(self, name: str, content: bytes) -> None:
        member = tarfile.TarInfo(name)
        member.size, member.mtime, member.mode = len(content), int(time.time()), 0o600
        self._tar.addfile(member, io.BytesIO(content))
        _forget(self._tar)


class Reader:
    """Reads an archive once, in its order: `about`, then `tables`, then `media`, then `finish`, which judges it.

    What was read counts only when `finish` has returned. Each raises Damaged.
    """

    def __init__(self, file: BinaryIO, passphrase: str = ""):
        beginning = file.read(len(sealing.MAGIC))
        file.seek(0)
        self.is_sealed = sealing.is_sealed(beginning)
        if self.is_sealed and not passphrase:
            raise WrongPassphrase(
                _(
                    "The file is encrypted. Set BACKUP_PASSPHRASE or BACKUP_PASSPHRASE_FILE, or give --passphrase-file."
                )
            )
        source: Any = sealing.Unseal(file, passphrase) if self.is_sealed else file
        self.read_tables: dict[str, dict[str, Any]] = {}
        self._media = _MediaSum()
        with _damage_told():
            self._tar = tarfile.open(fileobj=source, mode="r|")  # noqa: SIM115 (its file is closed by who opened it)
            self._member: tarfile.TarInfo | None = None
            self._advance()
            if self._member is None or self._member.name != _ABOUT:
                raise Damaged(_("The file is no backup of this product."))
            self.about: dict[str, Any] = self._object()
        self._judge_about()
        self._advance()

    def _judge_about(self) -> None:
        if self.about.get("product") != PRODUCT:
            raise Damaged(_("The file is no backup of this product."))
        if not isinstance(self.about.get("format"), int) or self.about["format"] > FORMAT:
            raise Newer(_("The backup is of a newer form than this release reads. Install a newer release."))

    def tables(self) -> Iterator[tuple[str, Iterator[list[Any]]]]:
        """(name, rows) of each table that has rows. The rows must be read before the next table is asked for."""
        while (name := self._table()) is not None:
            yield name, self._rows(name)

    def _rows(self, name: str) -> Iterator[list[Any]]:
        digest, count = hashlib.sha256(), 0
        while self._table() == name:
            with _damage_told(), gzip.open(self._content()) as lines:
                for line in lines:
                    digest.update(line)
                    count += 1
                    yield orjson.loads(line)
            self._advance()
        self.read_tables[name] = {"rows": count, "sha256": digest.hexdigest()}

    def media(self) -> Iterator[tuple[str, bytes]]:
        while self._member is not None and self._member.name.startswith("media/"):
            name = self._member.name.removeprefix("media/")
            with _damage_told():
                content = self._content().read()
            if len(content) != self._member.size:
                raise Damaged(_("The file is cut short."))
            self._media.add(name, content)
            yield name, content
            self._advance()

    def finish(self) -> dict[str, Any]:
        """The manifest, when everything is as it was written. Raises Damaged, naming the first part that is not."""
        if self._member is None or self._member.name != _MANIFEST:
            raise Damaged(_("The file is cut short: it has no end. It is of a backup that was interrupted."))
        with _damage_told():
            manifest = self._object()
            told = dict(manifest)
            if told.pop("seal", "") != _seal_of(self.about, told):
                raise Damaged(_("The file was changed: its manifest is not as it was written."))
        nothing = {"rows": 0, "sha256": hashlib.sha256().hexdigest()}
        for name in sorted(manifest["tables"].keys() | self.read_tables.keys()):
            found, meant = self.read_tables.get(name, nothing), manifest["tables"].get(name, {})
            if any(found[what] != meant.get(what) for what in ("rows", "sha256")):
                raise Damaged(
                    _(
                        "The table %(name)s is not as it was written: %(found)s rows are here, %(meant)s were written."
                    )
                    % {"name": name, "found": found["rows"], "meant": meant.get("rows", 0)}
                )
        if self._media.told() != manifest["media"]:
            raise Damaged(_("The pictures are not as they were written."))
        self._advance()
        if self._member is not None:
            raise Damaged(_("The file was changed: something stands behind its end."))
        return manifest

    # --- Members of the tar ---------------------------------------------------------------------------

    def _advance(self) -> None:
        with _damage_told():
            self._member = self._tar.next()
            _forget(self._tar)

    def _table(self) -> str | None:
        words = self._member.name.split("/") if self._member else []
        return words[1] if len(words) == 3 and words[0] == "rows" else None

    def _content(self) -> Any:
        content = self._tar.extractfile(self._member) if self._member and self._member.isreg() else None
        if content is None:
            raise Damaged(_("The file is no backup of this product."))
        return content

    def _object(self) -> dict[str, Any]:
        content = self._content()
        if self._member is None or self._member.size > _LONGEST_TEXT:
            raise Damaged(_("The file is no backup of this product."))
        found = json.loads(content.read())
        if not isinstance(found, dict):
            raise Damaged(_("The file is no backup of this product."))
        return found


@contextmanager
def opened(path: Path, passphrase: str = "") -> Iterator[Reader]:
    """Raises BackupError where there is no such file, and what Reader raises."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise BackupError(
            _("%(path)s cannot be read: %(reason)s.") % {"path": path, "reason": error.strerror}
        ) from error
    with file:
        yield Reader(file, passphrase)


class _MediaSum:
    """Files, their bytes, and one SHA-256 over the SHA-256 and the name of each."""

    def __init__(self) -> None:
        self._files, self._bytes, self._digest = 0, 0, hashlib.sha256()

    def add(self, name: str, content: bytes) -> None:
        self._files += 1
        self._bytes += len(content)
        self._digest.update(f"{hashlib.sha256(content).hexdigest()} {name}\n".encode())

    def told(self) -> dict[str, Any]:
        return {"files": self._files, "bytes": self._bytes, "sha256": self._digest.hexdigest()}


@contextmanager
def _damage_told() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error, gzip.BadGzipFile, ValueError, KeyError) as error:
        raise Damaged(_("The file is cut short or damaged: %(reason)s.") % {"reason": error}) from error


def _forget(tar: tarfile.TarFile) -> None:
    """The library remembers every member, and there may be as many as pictures."""
    tar.members = []  # type: ignore[attr-defined]


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False).encode()


def _seal_of(about: dict[str, Any], manifest: dict[str, Any]) -> str:
    return hashlib.sha256(_json({"about": about, "manifest": manifest})).hexdigest()
