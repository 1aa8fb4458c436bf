"""Records as Zoho tells them now, one by one, ready to be compared; nothing of ours is touched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils import timezone

from ..errors import PayloadError, RecordRejected
from ..excerpts import quick_id
from ..models import SyncRun
from ..options import SyncMode, SyncOptions
from ..phases import details
from ..processors import registry
from ..processors.base import ChildSet, Expansion, Kind, Processor, Row
from ..sentences import said
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.pages import iter_pages


@dataclass(frozen=True)
class Told:
    """One record of one entity, as Zoho told it at `asked_at`.

    rows, sets: what we would store of it. is_gone: Zoho has no such record, or it is none of this entity any more.
    problem: why nothing, or not all of it, can be compared; "" where everything can.
    """

    entity: str
    external_id: str
    asked_at: datetime
    rows: tuple[Row, ...] = ()
    sets: tuple[ChildSet, ...] = ()
    is_gone: bool = False
    problem: str = ""


def work_on(organization, entity: str) -> Work:
    """What a full run of the entity would know of itself, without being one: it has no row, and it is dry."""
    run = SyncRun(
        organization=organization, entity=entity, mode=SyncMode.FULL, is_dry=True, started_at=timezone.now()
    )
    return Work(run, registry.get(entity), SyncOptions(entity=entity, mode=SyncMode.FULL))


def read(client: ZohoClient, entity: str, ids: Sequence[str]) -> Iterator[list[Told]]:
    """What Zoho tells of these records, an answer of it at a time; of a product, its stock too, as a record of its own.

    Raises whatever ZohoClient.get raises when that says nothing of a record.
    """
    work = work_on(client.organization, entity)
    listed = _listed(work, client, ids) if work.processor.reads_every_detail else {}
    for page in details.of_ids(work, client, tuple(ids), {}):
        asked = set(ids)
        told = [each for raw in page.rows for each in _records(work, page, raw, asked)]
        told += [Told(entity, each, page.asked_at, is_gone=True) for each in page.gone]
        told += [Told(entity, each, page.asked_at, problem=reason) for each, reason in page.missing]
        yield [_with_list_row(each, listed) for each in told]


def _records(work: Work, page: Page, raw: bytes, asked: set[str]) -> Iterator[Told]:
    processor = work.processor
    external_id = quick_id(raw, processor.id_key) or ""
    if external_id not in asked:
        return  # it is missing under its own id, and told so there
    try:
        payload = processor.decode(raw)
    except PayloadError as error:
        yield Told(processor.entity, external_id, page.asked_at, problem=said(error))
        return
    if processor.accepts and processor.accepts(payload):
        yield Told(processor.entity, external_id, page.asked_at, is_gone=True)
        return
    is_item = processor.entity == "products"
    yield _expanded(work, processor, payload, raw, page, external_id, only_itself=is_item)
    if is_item and payload.get("track_inventory"):
        stock = registry.get("stock")
        of_stock = work_on(work.organization, "stock")
        try:
            excerpt = stock.decode(raw)
        except PayloadError as error:
            yield Told("stock", external_id, page.asked_at, problem=said(error))
            return
        yield _expanded(of_stock, stock, excerpt, raw, page, external_id)


def _expanded(
    work: Work,
    processor: Processor,
    payload: dict,
    raw: bytes,
    page: Page,
    external_id: str,
    *,
    only_itself: bool = False,
) -> Told:
    """only_itself: the record's own row, without what the same payload tells of its parts."""
    try:
        found: Expansion = processor.expand(payload, raw, page.kind, work)
    except RecordRejected as error:
        return Told(processor.entity, external_id, page.asked_at, problem=said(error))
    if only_itself:
        return Told(processor.entity, external_id, page.asked_at, tuple(found.rows[:1]))
    problem = next((reason for _unit, reason in found.rejected), "")
    rows, sets = tuple(found.rows), tuple(found.sets)
    return Told(processor.entity, external_id, page.asked_at, rows, sets, problem=problem)


# --- Price lists: their rows stand in the listing, their prices in the details ----------------------


def _listed(work: Work, client: ZohoClient, ids: Sequence[str]) -> dict[str, Row]:
    """The list rows of these records; those whose row cannot be read are left out. Stops when all are found."""
    processor, missing, found = work.processor, set(ids), {}
    pages = iter_pages(client, processor.path, processor.list_key, processor.id_key, params=processor.params)
    for page in pages:
        for external_id, raw in zip(page.ids, page.rows, strict=True):
            if external_id in missing:
                missing.discard(external_id)
                row = _list_row(work, raw)
                if row is not None:
                    found[external_id] = row
        if not missing:
            break
    return found


def _list_row(work: Work, raw: bytes) -> Row | None:
    try:
        payload = work.processor.decode(raw)
        return work.processor.expand(payload, raw, Kind.ROW, work).rows[0]
    except (PayloadError, RecordRejected):
        return None


def _with_list_row(told: Told, listed: dict[str, Row]) -> Told:
    """One row of the list, with what both of its faces tell."""
    row = listed.get(told.external_id)
    if not registry.get(told.entity).reads_every_detail or told.is_gone or not told.rows:
        return told
    if row is None:
        return replace(told, problem=_("The listing does not show it, although its detail can be read."))
    own, *others = told.rows
    merged = replace(row, values={**row.values, **own.values})
    return replace(told, rows=(merged, *others))
