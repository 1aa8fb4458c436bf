"""When a drift is over: the record was read again since, or none of the values that were wrong is there any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.utils import timezone

from ..loader.differences import MISSING_HERE, MISSING_THERE
from ..loader.plans import readable
from ..models import SyncRun, TruthCheck
from .drifts import open_drifts
from .judging import plain

_AT_ONCE = 500


def mend_drifts() -> int:
    """Note which open drifts are over; returns how many. One question when there are none."""
    mended = 0
    keys = list(open_drifts(TruthCheck.objects.order_by("pk")).values_list("pk", flat=True))
    for at in range(0, len(keys), _AT_ONCE):
        rows = TruthCheck.objects.filter(pk__in=keys[at : at + _AT_ONCE])
        mended += _mend(list(rows.select_related("refresh_run")))
    return mended


def _mend(drifts: list[TruthCheck]) -> int:
    read_again = {
        each.pk: each.refresh_run.finished_at
        for each in drifts
        if each.refresh_run and each.refresh_run.status == SyncRun.Status.SUCCEEDED
    }
    others = [each for each in drifts if each.pk not in read_again]
    rows = _rows_of(others)
    over = [each.pk for each in others if each.differences and not _stands(each, rows)]
    count = TruthCheck.objects.filter(pk__in=over, mended_at=None).update(mended_at=timezone.now())
    for key, at in read_again.items():
        count += TruthCheck.objects.filter(pk=key, mended_at=None).update(mended_at=at)
    return count


def _stands(drift: TruthCheck, rows: dict[tuple, dict[str, Any]]) -> bool:
    """Is any of its wrong values still here?"""
    return any(
        _is_still_so(each, rows.get((drift.organization_id, each["table"], each["record"])))
        for each in drift.differences
    )


def _is_still_so(each: dict[str, Any], row: dict[str, Any] | None) -> bool:
    is_live = row is not None and row["removed_at"] is None
    if each["field"] == MISSING_HERE:
        return not is_live
    if row is None or not is_live:
        return False
    if each["field"] == MISSING_THERE:
        return True
    return plain(readable(row.get(each["field"]))) == each["here"]


def _rows_of(drifts: Iterable[TruthCheck]) -> dict[tuple, dict[str, Any]]:
    """{(organisation, table, external id): columns} of the rows that the drifts are about."""
    wanted: dict[tuple[int, str], dict[str, set[str]]] = defaultdict(lambda: {"ids": set(), "columns": set()})
    for drift in drifts:
        for each in drift.differences:
            place = wanted[drift.organization_id, each["table"]]
            place["ids"].add(each["record"])
            place["columns"].add(each["field"])
    found = {}
    for (organization_id, table), place in wanted.items():
        model: type[Model] = apps.get_model("inventory", table)
        known = {column.attname for column in model._meta.concrete_fields}
        columns = {"external_id", "removed_at", *(place["columns"] & known)}
        rows = model._default_manager.filter(
            organization=organization_id, external_id__among=sorted(place["ids"])
        )
        for row in rows.order_by().values(*columns):
            found[organization_id, table, row["external_id"]] = row
    return found
