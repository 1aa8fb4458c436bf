"""Records that could not be taken: kept with reason and payload until a later run takes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from django.db.models import F
from django.utils import timezone

from inventory.models import StockLevel

from ..models import RecordError
from ..processors.base import Mapping
from ..signals import FailureEvent, record_failed, tell
from ..work import Work

MAX_KEPT = 65_536  # bytes of a bad record that are kept


@dataclass(frozen=True)
class Failure:
    """unit: what is counted and what a retry asks for; external_id: "" when the record has none."""

    unit: str
    external_id: str
    reason: str
    raw: bytes


def of_record(mapping: Mapping, failure: Failure) -> Failure:
    """As a run that reads the whole record would tell it, and so find it again: a part goes by its parent's id."""
    is_part = mapping.is_owned or mapping.model is StockLevel
    unit = failure.unit.partition(":")[0] if is_part else failure.unit
    return replace(failure, unit=unit, external_id=unit)


def store(work: Work, found: list[Failure]) -> None:
    """One row per bad record, however often it fails."""
    now = timezone.now()
    for failure in found:
        seen = RecordError.objects.filter(
            organization=work.organization, entity=work.processor.entity, record_key=failure.unit[:140]
        )
        facts = {
            "external_id": failure.external_id[:64],
            "reason": failure.reason,
            "payload": readable(failure.raw),
            "status": RecordError.Status.WAITING,
            "run_id": work.run.pk,
            "last_seen_at": now,
            "resolved_at": None,
        }
        if not seen.update(seen_count=F("seen_count") + 1, **facts):
            RecordError.objects.create(
                organization=work.organization,
                entity=work.processor.entity,
                record_key=failure.unit[:140],
                first_seen_at=now,
                **facts,
            )
        event = FailureEvent(
            "tds.zoho.record.failed",
            work.run.organization_id,
            work.run.pk,
            work.processor.entity,
            failure.unit[:140],
            failure.reason[:500],
        )
        tell(record_failed, event)
    if found:
        work.has_waiting_errors = True


def resolve(work: Work, units: set[str]) -> None:
    """These records are in now; whoever waited among them waits no more."""
    waiting = RecordError.objects.filter(
        organization=work.organization, entity=work.processor.entity
    ).exclude(status=RecordError.Status.RESOLVED)
    keys = [key for key in waiting.values_list("record_key", flat=True) if key in units]
    waiting.filter(record_key__in=keys).update(status=RecordError.Status.RESOLVED, resolved_at=timezone.now())


def readable(raw: bytes) -> str:
    """The bad record as text that every database takes: cut, and without what is not UTF-8 or is NUL."""
    return raw[:MAX_KEPT].decode("utf-8", "replace").replace("\x00", "␀")
