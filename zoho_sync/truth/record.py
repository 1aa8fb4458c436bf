"""One record compared with Zoho for somebody who waits: every field that Zoho tells, the equal ones too.

Nothing that is mirrored is written, and nothing is counted among the samples: what people pick tells no share.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..errors import PayloadError, RecordRejected, ZohoUnavailable
from ..excerpts import quick_id
from ..loader import differences
from ..loader.differences import MISSING_HERE, MISSING_THERE
from ..loader.plans import readable
from ..models import TruthCheck
from ..options import Priority
from ..phases import warehouses
from ..sentences import said
from ..sentences import sentence as _
from ..zoho.client import ZohoClient
from .drifts import open_drifts
from .judging import judge, untold
from .reading import Told, read, work_on
from .sampling import CALLS_OF_A_LIST

PATIENCE_SECONDS = 20.0
_READ_BY = {"stock": "products"}  # whose answer tells of it
Verdict = TruthCheck.Verdict


@dataclass(frozen=True)
class ComparedField:
    """One field of one record, or of a part of it: a stock level, a price. Values as JSON.

    field: a column, or loader.differences.MISSING_HERE / MISSING_THERE for a whole part. is_equal: None while ours was
    never read, so that it says nothing.
    """

    table: str
    record: str
    field: str
    here: Any
    there: Any
    is_equal: bool | None


@dataclass(frozen=True)
class RecordComparison:
    """What one record is, beside what Zoho told of it at `asked_at`. entity: "stock" is a part of the answer about a
    product, and comes as a comparison of its own. reason: why it differs, or could not be compared; "" if equal.
    """

    entity: str
    external_id: str
    asked_at: datetime
    verdict: str
    reason: str
    fields: Sequence[ComparedField]

    @property
    def different(self) -> list[ComparedField]:
        return [each for each in self.fields if each.is_equal is False]


def calls_of_comparison(entity: str) -> int:
    """About how many calls `compare_record` makes: a price list stands in the listing, its prices in its detail."""
    return CALLS_OF_A_LIST if entity == "price_lists" else 1


def compare_record(
    organization, entity: str, external_id: str, *, seconds: float = PATIENCE_SECONDS
) -> list[RecordComparison]:
    """Ask Zoho for one record and compare it; of a product its stock too, in the same call.

    seconds: how long somebody waits. Raises as ZohoClient.get does: BudgetExhausted, Throttled, AuthError,
    ZohoUnavailable, …; and none of them says anything of the record.
    """
    with ZohoClient(organization, priority=Priority.NORMAL) as client, _patience(client, seconds):
        told = [each for each in _told(client, entity, external_id) if each.external_id == external_id]
    found = [_compared(organization, each) for each in told]
    for each in found:
        if each.verdict == Verdict.EQUAL:
            drifts = open_drifts(TruthCheck.objects.filter(organization=organization, entity=each.entity))
            drifts.filter(external_id=external_id).update(mended_at=each.asked_at)
    return found


@contextmanager
def _patience(client: ZohoClient, seconds: float) -> Iterator[None]:
    """End the call in hand, and each one after it, once somebody has waited so long."""
    over, late = threading.Event(), threading.Event()

    def watch() -> None:
        pause = seconds
        while not over.wait(pause):
            late.set()
            client.interrupt()
            pause = 0.5

    watcher = threading.Thread(target=watch, name="patience", daemon=True)
    watcher.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            told = _("Zoho did not answer within %(seconds)s seconds. Nothing was compared; try again later.")
            raise ZohoUnavailable(told % {"seconds": round(seconds)}) from error
        raise
    finally:
        over.set()
        watcher.join()


def _told(client: ZohoClient, entity: str, external_id: str) -> Iterator[Told]:
    if entity == "warehouses":
        yield _warehouse(client, external_id)
        return
    for answer in read(client, _READ_BY.get(entity, entity), (external_id,)):
        yield from answer


def _warehouse(client: ZohoClient, external_id: str) -> Told:
    """Locations have no details; the one list tells them all."""
    work = work_on(client.organization, "warehouses")
    for page in warehouses.locations(work, client, {}):
        for raw in page.rows:
            if external_id not in (quick_id(raw, "location_id"), quick_id(raw, "warehouse_id")):
                continue
            try:
                rows = work.processor.expand(work.processor.decode(raw), raw, page.kind, work).rows
            except (PayloadError, RecordRejected) as error:
                return Told("warehouses", external_id, page.asked_at, problem=said(error))
            return Told("warehouses", external_id, page.asked_at, tuple(rows))
    return Told("warehouses", external_id, page.asked_at, is_gone=True)


def _compared(organization, told: Told) -> RecordComparison:
    fields, problems = _fields(organization, told)
    judged = None if told.entity == "warehouses" else judge(organization, told)
    if judged is not None:
        verdict, reason = judged.verdict, judged.reason
    else:  # of what is marked as removed here, and of warehouses, nothing tells when it has changed
        verdict, reason = _plain_verdict(told, fields, problems)
    return RecordComparison(told.entity, told.external_id, told.asked_at, verdict, reason, fields)


def _plain_verdict(told: Told, fields: list[ComparedField], problems: list[str]) -> tuple[str, str]:
    problem = told.problem or next(iter(problems), "")
    if told.is_gone:
        return Verdict.EQUAL if not fields else Verdict.DRIFT, _("Zoho has no such record.")
    if any(each.is_equal is False for each in fields):
        return Verdict.DRIFT, _("The next sync of it, or a refresh, brings it over.")
    return (Verdict.UNREADABLE, problem) if problem else (Verdict.EQUAL, "")


def _fields(organization, told: Told) -> tuple[list[ComparedField], list[str]]:
    """Every field that Zoho told, those of the record itself first; and reasons why some could not be compared."""
    work = work_on(organization, told.entity)
    if told.is_gone:
        return _departure(organization, told), []
    found, problems = differences(work, told.rows, told.sets)
    different = {(each.table, each.external_id, each.field): each for each in found}
    missing = {(each.table, each.external_id) for each in found if each.field == MISSING_HERE}
    silent, fields = untold(organization, told), []
    for row in told.rows:
        table = row.mapping.model._meta.model_name or ""
        if (table, row.external_id) in missing:
            continue
        for name, value in row.values.items():
            difference = different.get((table, row.external_id, name))
            if difference is None and name.removesuffix("_id") in row.mapping.links:
                continue  # a key of ours, beside the id that Zoho told
            there = readable(value)
            here = difference.ours if difference else there
            is_equal = None if difference and name in silent else difference is None
            fields.append(ComparedField(table, row.external_id, name, here, there, is_equal))
    for each in found:
        if each.field in (MISSING_HERE, MISSING_THERE):
            fields.append(ComparedField(each.table, each.external_id, each.field, None, None, False))
    return fields, problems


def _departure(organization, told: Told) -> list[ComparedField]:
    """Nothing, if it is marked as removed here too."""
    model = work_on(organization, _READ_BY.get(told.entity, told.entity)).processor.model
    rows = model.objects.live().filter(organization=organization, external_id=told.external_id)
    if not rows.exists():
        return []
    table = model._meta.model_name or ""
    return [ComparedField(table, told.external_id, MISSING_THERE, None, None, False)]
