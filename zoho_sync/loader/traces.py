"""What a run that really writes has changed, row by row: its tab "Changes" shows it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models

from ..models import RunChange
from ..work import Work
from . import summaries
from .changes import Change
from .plans import action_of, as_json, differs, label_of, table_of

Action = RunChange.Action
_BATCH = 500


def store(work: Work, changes: Iterable[Change]) -> None:
    """changes: those that have just been written. What comes in by a first load is counted, and not kept one by one."""
    told = [change for change in changes if change.is_new or differs(change)]
    if work.is_first_load and (new := sum(change.is_new for change in told)):
        table = table_of(told[0].row.mapping.model)
        work.run.summary = summaries.with_new(work.run.summary, table, new)
        told = [change for change in told if not change.is_new]
    _keep(work, [_row(work, change) for change in told])


def store_removals(work: Work, model: type[models.Model], keys: list[int], reason: str) -> None:
    has_name = any(field.name == "name" for field in model._meta.concrete_fields)
    columns = ("external_id", "name") if has_name else ("external_id",)
    found = model.objects.filter(pk__in=keys).order_by("pk").values_list(*columns)
    _keep(
        work,
        [
            RunChange(
                run=work.run,
                table=table_of(model),
                external_id=external_id,
                label=str(*name)[:255],
                action=Action.REMOVE,
                changes={"removed_reason": ["", reason]},
            )
            for external_id, *name in found
        ],
    )


def _row(work: Work, change: Change) -> RunChange:
    return RunChange(
        run=work.run,
        table=table_of(change.row.mapping.model),
        external_id=change.row.external_id[:64],
        label=label_of(change),
        action=action_of(change),
        changes={} if change.is_new else as_json(change.diff),
    )


def _keep(work: Work, rows: list[Any]) -> None:
    if not rows:
        return
    work.run.summary = summaries.with_rows(work.run.summary, rows)
    RunChange.objects.bulk_create(rows, batch_size=_BATCH)
