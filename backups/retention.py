"""Which older backups go, after a good new one: only files that are ours by name, and never the new one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

_NAME = re.compile(r"tsh-erp-(\d{8}T\d{6}Z)\.tar(\.sealed)?\Z")


def made_at(path: Path) -> datetime | None:
    """When a backup of that name was made; None for what is none of ours."""
    found = _NAME.match(path.name)
    if found is None or path.is_symlink() or not path.is_file():
        return None
    try:
        return datetime.strptime(found[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return None


def prune(newest: Path, *, keep: int | None, keep_days: int | None) -> list[Path]:
    """Remove the backups beside `newest` that neither rule keeps; returns them. Without a rule nothing goes.

    keep: so many of the newest stay, that one included. keep_days: those of the last so many days stay.
    """
    if keep is None and keep_days is None:
        return []
    born = made_at(newest)
    if born is None:
        raise ValueError(f"{newest} is no backup")
    dated = [(when, path) for path in newest.parent.iterdir() if (when := made_at(path)) is not None]
    older = sorted((each for each in dated if each[0] <= born and each[1] != newest), reverse=True)
    gone = []
    for place, (when, path) in enumerate(older, start=2):
        is_counted = keep is not None and place <= keep
        is_young = keep_days is not None and when > born - timedelta(days=keep_days)
        if not is_counted and not is_young:
            path.unlink(missing_ok=True)
            gone.append(path)
    return gone
