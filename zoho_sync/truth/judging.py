"""Equal, behind, different, or not to be compared: what one record is, and why.

A difference is LAG when a sync in the meantime would read it: Zoho says that the record has changed since we read it, a
webhook or a run about it is on its way, its details or its stock are known to be due, or it left Zoho since the last
full run, which alone finds that out. Else nothing would have told us, and it is DRIFT. Stock moves do not touch an
item's time of change, so for stock only what is on its way or due excuses a difference. A record that left Zoho is
DRIFT once no good full run has begun for longer than the entity's own interval, or one has, and has left it here.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F
from django.utils import timezone

from inventory.models import PriceListItem, Product, StockCheck, StockLevel

from ..errors import PayloadError, RecordRejected
from ..loader import Difference, differences
from ..loader.differences import MISSING_THERE
from ..models import SyncCheckpoint, TruthCheck
from ..payloads import decode
from ..processors import registry
from ..processors.base import Mapping
from ..sentences import sentence as _
from .pending import on_its_way
from .reading import Told, work_on

KEPT = 100  # differences of one record
GRACE = timedelta(hours=2)  # by which a full run may be late before what it should have found out is a drift
_OWN = ("title", "synced_at", "source_modified_at", "detail_at", "detail_is_due", "payload")
Verdict = TruthCheck.Verdict


@dataclass(frozen=True)
class Judgement:
    """What one comparison found. differences: as TruthCheck keeps them.

    is_doubtful: the row was written while it was compared, or Zoho told an older state than it had told before;
    comparing anew will show.
    """

    told: Told
    label: str
    verdict: str
    reason: str = ""
    differences: list[dict[str, Any]] = field(default_factory=list)
    is_doubtful: bool = False

    @property
    def key(self) -> tuple[str, str]:
        return self.told.entity, self.told.external_id


@dataclass(frozen=True)
class _Record:
    """The row of ours that a comparison is about; of stock, the product's."""

    organization: Any
    told: Told
    here: dict[str, Any]


def judge(organization, told: Told, *, is_final: bool = False) -> Judgement | None:
    """The verdict on one record; None when it is no live record of ours any more.

    is_final: it was doubtful before, and will not be compared again.
    """
    here = _here(_model(told.entity).objects.live(), organization, told)
    if here is None:
        return None
    record = _Record(organization, told, here)
    found, problems = _differences(record)
    if not found:
        problem = told.problem or next(iter(problems), "")
        return Judgement(told, here["title"], Verdict.UNREADABLE if problem else Verdict.EQUAL, problem)
    kept = [as_kept(each) for each in found[:KEPT]]
    doubt = _doubt(record, is_final)
    if doubt:
        return Judgement(told, here["title"], Verdict.LAG, doubt, kept, is_doubtful=True)
    excuse = _excuse(record, found)
    if excuse:
        return Judgement(told, here["title"], Verdict.LAG, excuse, kept)
    return Judgement(told, here["title"], Verdict.DRIFT, _accusation(record, found), kept)


def _here(rows, organization, told: Told) -> dict[str, Any] | None:
    """Our row of it, with what people call it as "title"."""
    columns = {column.name for column in rows.model._meta.concrete_fields}
    rows = rows.filter(organization=organization, external_id=told.external_id)
    return rows.annotate(title=F("name" if "name" in columns else "number")).values("pk", *_OWN).first()


def as_kept(each: Difference) -> dict[str, Any]:
    return {
        "table": each.table,
        "record": each.external_id,
        "label": each.label,
        "field": each.field,
        "here": plain(each.ours),
        "there": plain(each.theirs),
    }


def plain(value: Any) -> Any:
    """A value as it comes back from a JSON column."""
    return json.loads(json.dumps(value, cls=DjangoJSONEncoder))


def _model(entity: str):
    return Product if entity == "stock" else registry.get(entity).model


def _differences(record: _Record) -> tuple[list[Difference], list[str]]:
    told = record.told
    if told.is_gone:
        table = _model(told.entity)._meta.model_name or ""
        return [Difference(table, told.external_id, record.here["title"], MISSING_THERE, None, None)], []
    found, problems = differences(work_on(record.organization, told.entity), told.rows, told.sets)
    if told.entity == "products" and record.here["detail_at"] is None:
        # Its details were never read, so we say nothing of what only they tell: "" is not "there is no vendor".
        listed = _listed(record)
        found = [each for each in found if each.field in listed]
    return found, problems


def untold(organization, told: Told) -> set[str]:
    """Columns of ours that say nothing yet, as only details tell them and none were read."""
    if told.entity != "products" or not told.rows:
        return set()
    here = _here(Product.objects, organization, told)
    if here is None or here["detail_at"] is not None:
        return set()
    return set(told.rows[0].values) - _listed(_Record(organization, told, here))


def _listed(record: _Record) -> set[str]:
    """The columns that the record's list row told when it came last."""
    mapping: Mapping = registry.get(record.told.entity).mapping
    try:
        told = mapping.values(decode(record.here["payload"].encode()))
    except (PayloadError, RecordRejected):
        return set(mapping.fields)
    return {f"{name}_id" if name in mapping.links else name for name in told}


# --- Why it may be no drift -------------------------------------------------------------------------


def _doubt(record: _Record, is_final: bool) -> str:
    if _is_written_since(record):
        return _("It was being written while it was compared.")
    if _modified_there(record) < 0 and not is_final:  # an answer that stays older is a difference like others
        return _("Zoho told an older state of it than it had told before.")
    return ""


def _is_written_since(record: _Record) -> bool:
    """Do our rows stem from an answer that is newer than the one they are compared with?"""
    asked_at, key = record.told.asked_at, record.here["pk"]
    own = _model(record.told.entity).objects.filter(pk=key, synced_at__gt=asked_at)
    if record.told.entity == "stock":
        levels = StockLevel.objects.filter(product=key, synced_at__gt=asked_at)
        return levels.exists() or StockCheck.objects.filter(product=key, verified_at__gt=asked_at).exists()
    if record.told.entity == "price_lists":
        return own.exists() or PriceListItem.objects.filter(price_list=key, synced_at__gt=asked_at).exists()
    return own.exists()


def _modified_there(record: _Record) -> int:
    """1: Zoho says that the record has changed since we read it; -1: it tells an older state; 0: neither."""
    there = record.told.rows[0].values.get("source_modified_at") if record.told.rows else None
    here = record.here["source_modified_at"]
    if record.told.entity == "stock" or there is None or there == here:
        return 0
    return 1 if here is None or there > here else -1


def _excuse(record: _Record, found: list[Difference]) -> str:
    told = record.told
    if _modified_there(record) > 0:
        return _("Zoho says that it has changed since it was last read; the next sync reads it.")
    pending = on_its_way(record.organization, told.entity, told.external_id, told.asked_at)
    if pending:
        return pending
    if told.is_gone:
        return _departure(record)
    if told.entity == "stock":
        return _stock_is_due(record)
    comes_later = told.entity == "customers" or registry.get(told.entity).lane == "documents"
    if comes_later and record.here["detail_is_due"]:
        listed, table = _listed(record), _model(told.entity)._meta.model_name
        if not any(each.table == table and each.field in listed for each in found):
            return _("Its details are still to be read in the background.")
    return ""


def _stock_is_due(record: _Record) -> str:
    verified = StockCheck.objects.filter(product=record.here["pk"], verified_at__isnull=False)
    return "" if verified.exists() else _("Its stock is to be read by the next stock run.")


def _departure(record: _Record) -> str:
    """Only a full run finds out that a record has left; "" when one should have."""
    told, processor = record.told, registry.get(record.told.entity)
    full_at = _full_at(record.organization, told.entity)
    if full_at is None or timezone.now() - full_at > processor.full_every + GRACE:
        return ""
    earlier = TruthCheck.objects.filter(
        organization=record.organization, entity=told.entity, external_id=told.external_id
    ).exclude(verdict=Verdict.UNREADABLE)
    last = earlier.filter(checked_at__lt=full_at).order_by("-checked_at").values_list("differences").first()
    if last and any(each["field"] == MISSING_THERE for each in last[0] if each["record"] == told.external_id):
        return ""  # it had left before that run began
    return _("Zoho has no such record any more; the next full run finds that out.")


def _full_at(organization, entity: str) -> datetime | None:
    rows = SyncCheckpoint.objects.filter(organization=organization, entity=entity)
    return rows.values_list("full_at", flat=True).first()


def _accusation(record: _Record, found: list[Difference]) -> str:
    if record.told.is_gone:
        return _("Zoho has no such record any more, and no full run has found that out in time.")
    told = _("Differences: %(count)s. Nothing had told that it has changed.")
    return told % {"count": len(found)}
