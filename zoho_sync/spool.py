"""Pages that have been fetched and are not stored yet, on this host's disk.

Pages are fetched ahead while the last one is written, so a worker that is killed holds up to two. Zoho's calls are
dear, a file is not: whoever takes the run over on this host finds them here, and only the call in hand is made again.
Nothing depends on it. A page of which there is no file, or one too old, is simply read again.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
from django.conf import settings
from django.utils import timezone

from .models import SyncRun
from .processors.base import Kind
from .work import Page

log = logging.getLogger(__name__)

FRESH_SECONDS = 900  # an older page would only be found stale, row by row
_FORGOTTEN_SECONDS = 86_400  # of a run that another host has ended
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass
class _Kept:
    """before: the place from which the page was asked for; the rest is the page's own."""

    phase: str
    before: dict[str, Any]
    number: int
    rows: list[bytes]
    kind: Kind
    asked_at: datetime
    cursor: dict[str, Any]
    gone: tuple[str, ...]
    totals: bool
    is_again: bool = False

    def page(self) -> Page:
        return Page(
            self.number, self.rows, self.kind, self.asked_at.astimezone(UTC), self.cursor,
            gone=self.gone, totals=self.totals, is_again=self.is_again,
        )  # fmt: skip


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Kept).decode


class Spool:
    """The files of one run. Used by the thread that fetches; `stored` and `close` by the one that writes."""

    def __init__(self, run: SyncRun):
        self._folder = settings.DATA_DIR / "spool"
        self._name = f"{run.pk}-{int(run.created_at.timestamp() * 1000)}"
        self._files: dict[str, Path] = {}  # by the place that follows the page

    def keep(self, phase: str, before: dict, page: Page) -> None:
        """Write the page down before the next one is asked for. A disk that refuses costs calls, not the run."""
        if (
            page.missing or page.doubtful or page.named or page.planned or page.gone_reason
        ):  # rare, and not worth a format of their own
            return
        kept = _Kept(
            phase,
            before,
            page.number,
            page.rows,
            page.kind,
            page.asked_at,
            page.cursor,
            page.gone,
            page.totals,
            page.is_again,
        )
        path = self._folder / f"{self._name}-{phase}-{page.number}-{time.monotonic_ns()}"
        try:
            _write(path, _encode(kept))
            self._files[_place(phase, page.cursor)] = path
        except OSError as error:
            log.warning("a fetched page could not be kept in %s: %s", self._folder, error)

    def left(self, phase: str, at: dict) -> Iterator[Page]:
        """The pages that a predecessor had fetched and not stored, from the place `at` on."""
        found = dict(self._read(phase))
        while (kept := found.pop(_place(phase, at), None)) is not None:
            at = kept.cursor
            yield kept.page()

    def stored(self, phase: str, cursor: dict) -> None:
        """The page that leads to this place is in the database."""
        path = self._files.pop(_place(phase, cursor), None)
        if path is not None:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)

    def close(self) -> None:
        """The run has ended, or waits for a person: what it fetched ahead is worth nothing any more."""
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f"{self._name}-*"):
                path.unlink(missing_ok=True)

    def _read(self, phase: str) -> Iterator[tuple[str, _Kept]]:
        forgotten = time.time() - _FORGOTTEN_SECONDS
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                if path.stat().st_mtime < forgotten:
                    path.unlink(missing_ok=True)
                elif path.name.startswith(f"{self._name}-{phase}-"):
                    try:
                        kept = _decode(path.read_bytes())
                    except (ValueError, OSError):  # cut off by the end of the machine
                        continue
                    if (timezone.now() - kept.asked_at).total_seconds() < FRESH_SECONDS:
                        self._files[_place(phase, kept.cursor)] = path
                        yield _place(phase, kept.before), kept


def _write(path: Path, content: bytes) -> None:
    """Under its last name at once: a file that is cut off tells so itself, as it cannot be read."""
    try:
        handle = os.open(path, _NEW, 0o600)
    except FileNotFoundError:  # the first page of all
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, _NEW, 0o600)
    with open(handle, "wb", buffering=0) as file:  # noqa: PTH123
        left = memoryview(content)
        while left:
            left = left[file.write(left) :]


def _place(phase: str, at: dict) -> str:
    return f"{phase} {json.dumps(at, sort_keys=True)}"
