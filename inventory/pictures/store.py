"""The files of pictures, by content: ab/ab12….full.webp in settings.PICTURES["FOLDER"], usually DATA_DIR/media.

A file's name is the digest of the largest size, so an equal picture is the same file, and a file never changes. Each is
written beside its place, pushed to the disk, and moved there whole; the largest size comes last, so that where it is,
the others are too. No name of a file is ever made of what a visitor or the source says: only of a digest.
"""

from __future__ import annotations

import contextlib
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator
from pathlib import Path

from django.conf import settings

from .making import SIDES, SUFFIX, Made, digest_of, smaller

LARGEST = next(iter(SIDES))
_DIGEST = re.compile(r"[0-9a-f]{64}\Z")
_FRESH_SECONDS = 86_400  # younger files may belong to a row that is just being written


def folder() -> Path:
    return Path(settings.PICTURES["FOLDER"] or settings.DATA_DIR / "media")


def path_of(digest: str, size: str) -> Path:
    """Raises ValueError for what is no digest or no size."""
    if not _DIGEST.match(digest) or size not in SIDES:
        raise ValueError(f"no picture is kept under {digest[:70]!r} in size {size[:20]!r}")
    return folder() / digest[:2] / f"{digest}.{size}.{SUFFIX}"


def keep(made: Made) -> None:
    """Write what is missing. Raises OSError when the disk refuses."""
    for size in reversed(made.files):
        path = path_of(made.digest, size)
        if path.exists():
            os.utime(path)  # it is needed again: no tidying up may take it away now
        else:
            _write(path, made.files[size])


def read(digest: str, size: str) -> bytes:
    """Raises FileNotFoundError, and ValueError as `path_of` does."""
    return path_of(digest, size).read_bytes()


def is_whole(digest: str) -> bool:
    """Is it here in all sizes? Smaller ones that are missing are made again of the largest."""
    if not _DIGEST.match(digest) or not path_of(digest, LARGEST).exists():
        return False
    missing = [size for size in SIDES if not path_of(digest, size).exists()]
    if missing:
        largest = read(digest, LARGEST)
        if digest_of(largest) != digest:
            path_of(digest, LARGEST).unlink(missing_ok=True)  # the disk has changed it: it is fetched again
            return False
        for size, file in smaller(largest).items():
            if size in missing:
                _write(path_of(digest, size), file)
    for size in SIDES:
        os.utime(path_of(digest, size))
    return True


def digests() -> set[str]:
    """Of all pictures that are here in their largest size; one listing of the folders, nothing is opened."""
    return {name.partition(".")[0] for name, _path in _files() if name.endswith(f".{LARGEST}.{SUFFIX}")}


def prune(needed: Collection[str]) -> int:
    """Delete files that are not of `needed` digests and not fresh, and half-written ones; returns how many."""
    gone, eldest = 0, time.time() - _FRESH_SECONDS
    for name, path in _files():
        if name.partition(".")[0] in needed and name.endswith(f".{SUFFIX}"):
            continue
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < eldest:
                path.unlink()
                gone += 1
    return gone


def _files() -> Iterator[tuple[str, Path]]:
    with contextlib.suppress(FileNotFoundError):
        for each in os.scandir(folder()):
            if each.is_dir(follow_symlinks=False):
                for file in os.scandir(each.path):
                    yield file.name, Path(file.path)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    handle, partial = tempfile.mkstemp(dir=path.parent, prefix=".partial-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, path)  # noqa: PTH105
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(partial)  # noqa: PTH108
        raise
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
