"""A line is written in the transaction of what it tells of: both are there, or neither."""

from __future__ import annotations

from typing import Any

from . import doors
from .models import AuditLine

Changes = dict[str, Any]  # {column: [before, after], or None for a secret}


def write(
    what: str,
    model: Any,
    *,
    key: Any = "",
    name: str = "",
    changes: Changes | None = None,
    note: str = "",
    user: Any = None,
    using: str | None = None,
) -> None:
    AuditLine.objects.using(using).bulk_create(
        [line(what, model, key=key, name=name, changes=changes, note=note, here=doors.here(user))]
    )


def line(
    what: str, model: Any, *, key: Any, name: str, changes: Changes | None, note: str, here: dict[str, Any]
) -> AuditLine:
    return AuditLine(
        **here,
        what=what,
        table=model._meta.label_lower,
        object_id=str(key)[:64],
        object_name=str(name).replace("\0", "")[:255],
        changes=changes or {},
        note=note.replace("\0", ""),
    )
