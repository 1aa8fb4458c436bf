"""What a dry run leaves behind: the plan, row by row, and nothing else."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from ..models import PlannedChange
from ..work import Work

Action = PlannedChange.Action


def store(work: Work, changes) -> None:
    """Keep `changes` (changes.Change) as planned; those that would only refresh the raw record are no change."""
    PlannedChange.objects.bulk_create(
        PlannedChange(
            run=work.run,
            table=change.row.mapping.model._meta.model_name,
            external_id=change.row.external_id[:64],
            label=str(change.row.values.get("name") or (change.stored or {}).get("name") or "")[:255],
            action=Action.CREATE if change.is_new else Action.RESTORE if change.is_back else Action.UPDATE,
            changes={
                name: [readable(before), readable(after)] for name, (before, after) in change.diff.items()
            },
        )
        for change in changes
        if change.diff or change.is_back
    )


def store_removals(work: Work, model, rows: list[tuple[str, str]], reason: str) -> None:
    """rows: (external id, label) of what would get a tombstone."""
    PlannedChange.objects.bulk_create(
        PlannedChange(
            run=work.run,
            table=model._meta.model_name,
            external_id=external_id,
            label=label[:255],
            action=Action.REMOVE,
            changes={"removed_reason": ["", reason]},
        )
        for external_id, label in rows
    )


def readable(value: Any) -> Any:
    """A value as JSON: decimals without needless zeros, times in ISO."""
    if isinstance(value, Decimal):
        text = format(value, "f")
        return text.rstrip("0").rstrip(".") if "." in text else text
    return value.isoformat() if isinstance(value, datetime) else value
