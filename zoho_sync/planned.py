"""Rows that a dry run has planned and that are not there: what comes after them in the run, or in another run of its
group, is planned as if they were."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import QuerySet

from .models import PlannedChange, SyncRun

Action = PlannedChange.Action


def new_rows(run: SyncRun, model: type[models.Model]) -> QuerySet[PlannedChange]:
    """Rows of this table that the run, or a dry run of its group, would create. None for a run that really writes."""
    rows = PlannedChange.objects.filter(table=model._meta.model_name, action=Action.CREATE).defer("raw")
    if not run.is_dry or run.pk is None:  # a comparison is a dry run that is never stored
        return rows.none()
    if run.group is None:
        return rows.filter(run=run)
    return rows.filter(run__in=SyncRun.objects.filter(group=run.group, is_dry=True).values("pk"))


def external_ids(run: SyncRun, model: type[models.Model], among: Iterable[str]) -> set[str]:
    """Those of the ids that would be created."""
    wanted = list(among)
    if not (wanted and run.is_dry):
        return set()
    return set(new_rows(run, model).filter(external_id__among=wanted).values_list("external_id", flat=True))


def row_of(run: SyncRun, model: type[models.Model], external_id: str) -> Any:
    """The row as it would be, not saved; None when it is not planned."""
    columns = {field.attname for field in model._meta.concrete_fields}
    made = None
    for planned in new_rows(run, model).filter(external_id=external_id).order_by("pk"):
        values = {name: both[1] for name, both in planned.changes.items() if name in columns}
        made = model(external_id=external_id, **values)
    return made
