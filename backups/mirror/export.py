"""Write the whole mirror into a folder, as it is at one moment. The folder is whole, or it is not there."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone
from django.utils.translation import gettext as _

from inventory.pictures import store

from .. import pictures, schema, snapshot
from ..errors import BackupError
from .columns import columns, entities, file_name
from .describing import readme
from .writing import Written, write_csv, write_lines

_WRITERS = {"csv": write_csv, "jsonl": write_lines}
FORMATS = tuple(_WRITERS)


@dataclass(frozen=True)
class Exported:
    folder: Path
    files: list[Written]
    picture_count: int


def export(folder: Path, formats: Sequence[str] = FORMATS, *, alias: str = DEFAULT_DB_ALIAS) -> Exported:
    """folder: is made; may be there when it is empty. Raises BackupError and OSError."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BackupError(
            _("%(folder)s is there already and is not empty; nothing was written.") % {"folder": folder}
        )
    folder = folder.absolute()
    partial = folder.parent / f".partial-{folder.name}-{os.getpid()}"
    partial.mkdir(mode=0o700, parents=True)
    try:
        files, count = _write(partial, formats, alias)
        partial.replace(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    return Exported(folder, files, count)


def _write(folder: Path, formats: Sequence[str], alias: str) -> tuple[list[Written], int]:
    made_at, files, rows = timezone.now().isoformat(timespec="seconds"), [], {}
    with snapshot.reading(alias) as connection:
        schema.refuse_unmigrated(connection)
        for model in entities():
            name = file_name(model)
            for each in formats:
                files.append(_WRITERS[each](folder, name, model, columns(model), connection.alias))
                rows[name] = files[-1].rows
    count = _copy_pictures(folder / "pictures")
    (folder / "README.md").write_text(readme(made_at, rows, formats, count), encoding="utf-8")
    manifest = {"made_at": made_at, "files": [asdict(each) for each in files], "pictures": count}
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1), encoding="utf-8")
    return files, count


def _copy_pictures(folder: Path) -> int:
    """The largest size of each: the others are made of it."""
    folder.mkdir(mode=0o700)
    count = 0
    for name, content in pictures.files():
        if name.endswith(f".{store.LARGEST}.webp"):
            (folder / Path(name).name).write_bytes(content)
            count += 1
    return count
