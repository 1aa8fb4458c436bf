"""What a dry run leaves behind: the plan, row by row, with everything that is needed to do exactly that later."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models

from ..models import PlannedChange
from ..work import Work
from . import summaries
from .changes import Change, source_columns

Action = PlannedChange.Action
_BATCH = 500


def store(work: Work, asked_at: datetime, changes: Iterable[Change]) -> None:
    """Keep what differs; rows of which only the raw record would be refreshed are no change."""
    _keep(
        work,
        (
            PlannedChange(
                run=work.run,
                table=table_of(change.row.mapping.model),
                external_id=change.row.external_id[:64],
                label=label_of(change),
                action=action_of(change),
                changes=as_json(change.diff),
                mapping=change.row.mapping.name,
                kind=change.row.kind.value,
                asked_at=asked_at,
                base=base_of(change.row.mapping.model, change.stored) if change.stored else "",
                raw=zlib.compress(change.row.raw, 1) if change.row.raw else None,
                raw_hash=change.row.hash,
            )
            for change in changes
            if differs(change)
        ),
    )


def store_removals(
    work: Work, asked_at: datetime, model: type[models.Model], rows: models.QuerySet, reason: str
) -> int:
    """rows: live ones of `model` that would get a tombstone. Returns how many."""
    names = {"external_id", "removed_at", *source_columns(model)}
    found = rows.order_by("pk").values(*names).iterator(chunk_size=_BATCH)
    return _keep(
        work,
        (
            PlannedChange(
                run=work.run,
                table=table_of(model),
                external_id=row["external_id"],
                label=str(row.get("name") or "")[:255],
                action=Action.REMOVE,
                changes={"removed_reason": ["", reason]},
                mapping=table_of(model),
                asked_at=asked_at,
                base=base_of(model, row),
            )
            for row in found
        ),
    )


def _keep(work: Work, rows: Iterable[PlannedChange]) -> int:
    count, left = 0, iter(rows)
    while some := list(islice(left, _BATCH)):
        PlannedChange.objects.bulk_create(some)
        work.run.summary = summaries.with_rows(work.run.summary, some)
        count += len(some)
    return count


def table_of(model: type[models.Model]) -> str:
    return model._meta.model_name or ""


def differs(change: Change) -> bool:
    return bool(change.diff) or change.is_back


def action_of(change: Change) -> str:
    return Action.CREATE if change.is_new else Action.RESTORE if change.is_back else Action.UPDATE


def label_of(change: Change) -> str:
    known = (change.stored or {}) | change.row.values
    return str(known.get("name") or known.get("number") or "")[:255]


def as_json(diff: dict[str, tuple[Any, Any]]) -> dict[str, list[Any]]:
    return {name: [readable(before), readable(after)] for name, (before, after) in diff.items()}


def readable(value: Any) -> Any:
    """A value as JSON: decimals without needless zeros, times in ISO."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, date) else value  # times are dates too


def typed(model: type[models.Model], name: str, value: Any) -> Any:
    """The inverse of `readable` for a column of `model`; the value itself where the model has no such column."""
    try:
        field: Any = model._meta.get_field(name)
    except FieldDoesNotExist:
        return value
    if value is None or isinstance(field, models.JSONField):
        return value
    return field.to_python(value)


def base_of(model: type[models.Model], stored: dict[str, Any]) -> str:
    """Fingerprint of what the source owns in a row. Links are left out: the external ids beside them say the same."""
    told = {
        name: readable(stored[name])
        for name in source_columns(model)
        if not model._meta.get_field(name).is_relation
    }
    told["removed_at"] = stored["removed_at"] is not None
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, default=str)
    return blake2b(text.encode("utf-8", "replace"), digest_size=16).hexdigest()
