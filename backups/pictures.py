"""The files of pictures: which there are, and one put back into its place."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from inventory.pictures import store

from .errors import Damaged

_NAME = re.compile(r"([0-9a-f]{2})/\1[0-9a-f]{62}\.[a-z]{1,20}\.webp\Z")


def files() -> Iterator[tuple[str, bytes]]:
    """(ab/ab12….full.webp, content), in the order of the names of the folders. What goes meanwhile is left out."""
    folder = store.folder()
    with contextlib.suppress(FileNotFoundError):
        for shelf in sorted(each.name for each in os.scandir(folder) if each.is_dir(follow_symlinks=False)):
            for name in sorted(each.name for each in os.scandir(folder / shelf)):
                if _NAME.match(f"{shelf}/{name}"):
                    with contextlib.suppress(FileNotFoundError):
                        yield f"{shelf}/{name}", (folder / shelf / name).read_bytes()


def put_back(name: str, content: bytes) -> None:
    """Raises Damaged for a name that no picture has, and OSError. A file of that name is the same picture."""
    if not _NAME.match(name):
        raise Damaged(_("The file was changed: %(name)s is no picture's name.") % {"name": ascii(name[:80])})
    path = store.folder() / name
    if path.exists() and path.read_bytes() == content:
        return
    path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
    partial = path.parent / f".partial-restored-{os.getpid()}"
    write_whole(partial, content)
    partial.replace(path)


def write_whole(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
