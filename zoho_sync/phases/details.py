"""Details by id: in batches where Zoho has a bulk call, else one by one."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from itertools import compress, count

from django.db.models import DateTimeField, Q, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from ..errors import NotFound, Refused, UnknownPath
from ..excerpts import quick_id
from ..processors.base import Details, Kind
from ..sentences import said
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho.client import ZohoClient
from ..zoho.details import MOST_REFUSED, read_details
from .documents import named_items

log = logging.getLogger(__name__)

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 200
_BELIEVABLE = 10  # so many records may be absent from one answer; more of them, and the answer is at fault


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
    return of_ids(work, client, tuple(rows.order_by("external_id").values_list("external_id", flat=True)), at)


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
        return bulk(client, ids, work.options.batch_size)
    return _one_by_one(work, client, ids)


def bulk(client: ZohoClient, ids: Iterable[str], batch_size: int) -> Iterator[tuple[Page, str]]:
    """`GET /itemdetails` in batches. What an answer leaves out is asked for by id, unless that is suspiciously much."""
    numbers, asked_at = count(1), timezone.now()
    for batch in read_details(client, tuple(ids), batch_size=batch_size):
        told = [quick_id(row, "item_id") for row in batch.rows]
        asked, answered = set(batch.asked), set(told)
        absent = [each for each in batch.asked if each not in answered]
        # A record whose id cannot be read may be one of those asked for, and is reported as a failure.
        wanted = [not each or each in asked for each in told]
        rows, told = list(compress(batch.rows, wanted)), list(compress(told, wanted))
        gone, missing = [], []
        if len(rows) < len(batch.rows):
            log.warning("itemdetails told of %s items nobody asked for", len(batch.rows) - len(rows))
        for external_id in absent:
            if batch.refused or len(absent) > _BELIEVABLE:
                missing.append((external_id, batch.refused or _("Zoho's answer left this record out.")))
                continue
            try:
                rows.append(client.get(f"items/{external_id}").row("item"))
                told.append(quick_id(rows[-1], "item_id"))
            except NotFound:
                gone.append(external_id)
            except (UnknownPath, Refused) as error:
                missing.append((external_id, said(error)))
        page = Page(
            next(numbers), rows, Kind.DETAIL, asked_at, {},
            missing=tuple(missing), gone=tuple(gone), ids=told,
        )  # fmt: skip
        yield page, batch.asked[-1]
        asked_at = timezone.now()


def _one_by_one(work: Work, client: ZohoClient, ids: Iterable[str]) -> Iterator[tuple[Page, str]]:
    """`GET /<path>/<id>`, a page each; a 404 with code 1002 proves the record gone.

    A refused id is that record's failure; refused ones in a row are not about the ids.
    """
    refused = 0
    for number, external_id in enumerate(ids, start=1):
        asked_at = timezone.now()
        try:
            envelope = client.get(f"{work.processor.path}/{external_id}")
        except NotFound:
            refused = 0
            yield Page(number, [], Kind.DETAIL, asked_at, {}, gone=(external_id,)), external_id
        except (UnknownPath, Refused) as error:
            refused += 1
            if refused > MOST_REFUSED:
                raise
            missing = ((external_id, said(error)),)
            yield Page(number, [], Kind.DETAIL, asked_at, {}, missing=missing), external_id
        else:
            refused = 0
            rows = [envelope.row(work.processor.detail_key)]
            yield Page(number, rows, Kind.DETAIL, asked_at, {}), external_id
