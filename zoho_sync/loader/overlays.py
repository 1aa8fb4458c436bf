"""The rows as a dry run has left them in its plan: what it plans next for the same row builds upon that."""

from __future__ import annotations

from typing import Any

from ..models import PlannedChange
from ..processors.base import Kind, Mapping
from ..work import Work
from .plans import typed
from .writes import defaults

Action = PlannedChange.Action


def overlaid(
    work: Work, mapping: Mapping, stored: dict[str, dict[str, Any]], external_ids: list[str]
) -> dict[str, dict[str, Any]]:
    """`stored`, and what this run has planned for these ids so far."""
    if work.run.pk is None:  # a comparison, which plans nothing
        return stored
    model = mapping.model
    earlier = PlannedChange.objects.filter(
        run=work.run, table=model._meta.model_name, external_id__among=external_ids
    )
    for change in earlier.defer("raw").order_by("pk"):
        row = stored.get(change.external_id)
        if row is None:
            row = stored[change.external_id] = _new(model, change)
        if change.action == Action.REMOVE:
            row["removed_at"] = change.asked_at
            continue
        row |= {name: typed(model, name, both[1]) for name, both in change.changes.items()}
        row |= {"removed_at": None, "synced_at": change.asked_at}
        row["detail_hash" if change.kind == Kind.DETAIL.value else "payload_hash"] = change.raw_hash
    for row in stored.values():
        for name in mapping.links:
            row.setdefault(name, None)
    return stored


def _new(model: Any, change: PlannedChange) -> dict[str, Any]:
    return {**defaults(model), "pk": None, "external_id": change.external_id}
