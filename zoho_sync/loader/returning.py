"""What a run has removed before it saw that it was too much: it is live again, and its history says so."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from inventory.models import StockLevel

from ..models import RunChange
from ..processors.base import Mapping
from ..work import Work
from . import doubts, history, summaries
from .plans import table_of


def taken_back(work: Work, mapping: Mapping, moment: datetime, reason: str) -> Counter[str]:
    """Give the children back that this run has taken from their parents for `reason`, in the caller's transaction.

    Returns how many, by the parent's external id. In a dry run nothing has been taken.
    """
    if work.run.is_dry:
        return Counter()
    gone = mapping.model._default_manager.removed().filter(
        organization=work.organization, cause=work.run.cause, removed_reason=reason
    )
    parent = f"{mapping.set_of}__external_id"
    rows = list(gone.select_for_update(of=("self",)).order_by("pk").values_list("pk", "external_id", parent))
    if not rows:
        return Counter()
    keys = [key for key, _external_id, _parent_id in rows]
    back = mapping.model._default_manager.filter(pk__in=keys)
    back.update(removed_at=None, removed_reason="")  # as old as they were: nobody has read them since
    history.store_returned(work, moment, mapping.model, keys)
    if mapping.model is StockLevel:
        doubts.of_levels(work, [external_id for _key, external_id, _parent_id in rows])
    told = RunChange.objects.filter(
        run=work.run,
        table=table_of(mapping.model),
        action=RunChange.Action.REMOVE,
        external_id__in=[external_id for _key, external_id, _parent_id in rows],
    )
    told.delete()
    work.run.summary = summaries.without_removed(work.run.summary, table_of(mapping.model), len(rows))
    return Counter(parent_id for _key, _external_id, parent_id in rows)
