"""Details by id: in batches where Zoho has a bulk call, else one by one."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Coalesce

from ..errors import NotFound, Refused, UnknownPath
from ..excerpts import quick_id, quick_ids
from ..options import SyncMode
from ..planned import new_rows
from ..processors.base import Details, Kind
from ..sentences import said
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.details import MOST_REFUSED, DetailBatch, read_details
from .documents import named_items

log = logging.getLogger(__name__)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 200
_BELIEVABLE = 10  # so many records may be absent from one answer, or from one page of it


def chosen(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The ids that the run was given, then those that its documents have named."""
    ids = tuple(dict.fromkeys((*work.options.ids, *named_items(work))))
    return of_ids(work, client, ids, at)


def held(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The parents whose children were kept back until a person approved."""
    return of_ids(work, client, tuple(work.run.cursor["held"]), at)


def every(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """All live records of the entity, or the chosen ones."""
    rows = work.processor.model.objects.live().filter(organization=work.organization)
    if work.options.ids:
        rows = rows.filter(external_id__in=work.options.ids)
    ids = list(rows.order_by("external_id").values_list("external_id", flat=True))
    if work.run.is_dry:  # and those that it has just planned to create
        to_come = set(new_rows(work.run, work.processor.model).values_list("external_id", flat=True))
        ids = sorted({*ids, *(to_come & set(work.options.ids) if work.options.ids else to_come)})
    return of_ids(work, client, tuple(ids), at)


def of_ids(work: Work, client: ZohoClient, ids: tuple[str, ...], at: dict) -> Iterator[Page]:
    """The details of `ids`, in their order, after at["last"] if that is among them."""
    if at.get("last") in ids:
        ids = ids[ids.index(at["last"]) + 1 :]
    for page, last in _read(work, client, ids):
        yield replace(page, cursor={"last": last})


def due(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Records whose listing has shown a change that no detail call has followed yet, newest changes first."""
    rows = work.processor.model.objects.live().filter(organization=work.organization, detail_is_due=True)
    rows = rows.annotate(changed=Coalesce("source_modified_at", Value(_NEVER, output_field=DateTimeField())))
    while True:
        some = rows
        if at:
            changed = datetime.fromisoformat(at["changed"])
            some = rows.filter(Q(changed__lt=changed) | Q(changed=changed, pk__lt=at["pk"]))
        batch = list(some.order_by("-changed", "-pk").values_list("external_id", "changed", "pk")[:_CHUNK])
        if not batch:
            return
        places = {
            external_id: {"changed": changed.isoformat(), "pk": pk} for external_id, changed, pk in batch
        }
        for page, last in _read(work, client, tuple(places)):
            at = places[last]
            yield replace(page, cursor=at)


def _read(work: Work, client: ZohoClient, ids: tuple[str, ...]) -> Iterator[tuple[Page, str]]:
    """(page, the last id that it was about)."""
    if work.processor.details is Details.BULK:
        doubts = work.options.mode is not SyncMode.REALTIME  # which is told of deletions, and of little else
        return bulk(client, ids, work.options.batch_size, doubts=doubts)
    return _one_by_one(work, client, ids)


def bulk(
    client: ZohoClient, ids: Iterable[str], batch_size: int, *, doubts: bool = True
) -> Iterator[tuple[Page, str]]:
    """`GET /itemdetails` in batches. What an answer leaves out is asked for by id.

    doubts: an answer that leaves out suspiciously much is at fault, and nothing of that is asked for. Without doubts
    each is asked for, until Zoho has one that it had left out.
    """
    numbers = count(1)
    for batch in read_details(client, tuple(ids), batch_size=batch_size):
        told, left_out = _wanted(batch), _("Zoho's answer left this record out.")
        absent = {each for each in batch.asked if each not in told}
        excuse = batch.refused or (left_out if doubts and len(absent) > _BELIEVABLE else "")
        for asked in _parts(batch.asked, set() if excuse else absent):
            named = [(row, external_id) for external_id in asked for row in told.get(external_id, ())]
            if asked[-1] == batch.asked[-1]:
                named += [(row, "") for row in told.get("", ())]
            gone, missing = [], []
            for external_id in (each for each in asked if each in absent):
                if excuse:
                    missing.append((external_id, excuse))
                    continue
                try:
                    row = client.get(f"items/{external_id}").row("item")
                    named.append((row, quick_id(row, "item_id")))
                    excuse = "" if doubts else left_out
                except NotFound:
                    gone.append(external_id)
                except (UnknownPath, Refused) as error:
                    missing.append((external_id, said(error)))
            page = Page(
                next(numbers), [row for row, _id in named], Kind.DETAIL, batch.asked_at, {},
                missing=tuple(missing), gone=tuple(gone), ids=[each for _row, each in named],
            )  # fmt: skip
            yield page, asked[-1]


def _wanted(batch: DetailBatch) -> defaultdict[str, list[bytes]]:
    """The rows by the id they tell; what nobody asked for is left out.

    Under "" those without a readable id: each may be one of those asked for, and is reported as a failure.
    """
    found: defaultdict[str, list[bytes]] = defaultdict(list)
    strange, asked = 0, set(batch.asked)
    for row, external_id in zip(batch.rows, quick_ids(batch.rows, "item_id"), strict=True):
        if external_id and external_id not in asked:
            strange += 1
        else:
            found[external_id].append(row)
    if strange:
        log.warning("itemdetails told of %s items nobody asked for", strange)
    return found


def _parts(asked: tuple[str, ...], absent: set[str]) -> Iterator[tuple[str, ...]]:
    """Cut so that none has many absent ids: each of those is a call, and what is known is stored part by part."""
    start = found = 0
    for at, external_id in enumerate(asked):
        found += external_id in absent
        if found > _BELIEVABLE:
            yield asked[start:at]
            start, found = at, 1
    yield asked[start:]


def _one_by_one(work: Work, client: ZohoClient, ids: Iterable[str]) -> Iterator[tuple[Page, str]]:
    """`GET /<path>/<id>`, a page each; a 404 with code 1002 proves the record gone.

    A refused id is that record's failure; refused ones in a row are not about the ids.
    """
    refused = 0
    for number, external_id in enumerate(ids, start=1):
        try:
            envelope = client.get(f"{work.processor.path}/{external_id}")
        except NotFound:
            refused = 0
            yield Page(number, [], Kind.DETAIL, client.asked_at, {}, gone=(external_id,)), external_id
        except (UnknownPath, Refused) as error:
            refused += 1
            if refused > MOST_REFUSED:
                raise
            missing = ((external_id, said(error)),)
            yield Page(number, [], Kind.DETAIL, client.asked_at, {}, missing=missing), external_id
        else:
            refused = 0
            rows = [envelope.row(work.processor.detail_key)]
            page = Page(number, rows, Kind.DETAIL, client.asked_at, {}, there_at=client.there_at)
            yield page, external_id
