"""Pictures of products: one call each, newest changes first; those that left without any."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import count

from django.db.models import DateTimeField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from inventory.models import Product, ProductPicture

from ..options import SyncMode, Trigger
from ..pictures import NAMES_NONE, budget, due, fetching
from ..pictures.fetching import Fetcher, Wanted
from ..processors.base import Kind
from ..sentences import sentence as _
from ..work import Page, Work
from ..zoho import clock
from ..zoho.client import ZohoClient

_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_CHUNK = 200
_COLUMNS = ("external_id", "image_document_id", "image_name", "organization")


def left(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Pictures that Zoho names no more: the product's own record says so, nothing is asked."""
    rows = due.left(work.organization).order_by("pk")
    last = at.get("pk", 0)
    for number in count(1):
        batch = list(rows.filter(pk__gt=last).values_list("pk", "external_id")[: work.options.batch_size])
        if not batch:
            return
        last = batch[-1][0]
        gone = tuple(external_id for _pk, external_id in batch)
        yield Page(number, [], Kind.ROW, clock.now(), {"pk": last}, gone=gone, gone_reason=NAMES_NONE)


def wanted(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """Those that are due, or in a full run all; a page each, so that a stop loses one call at most."""
    rows = _rows(work).annotate(
        changed=Coalesce("source_modified_at", Value(_NEVER, output_field=DateTimeField()))
    )
    numbers, fetcher = count(1), Fetcher(client)
    while True:
        some = rows
        if at:
            changed = datetime.fromisoformat(at["changed"])
            some = rows.filter(Q(changed__lt=changed) | Q(changed=changed, pk__lt=at["pk"]))
        batch = list(some.order_by("-changed", "-pk").only(*_COLUMNS, "source_modified_at")[:_CHUNK])
        if not batch:
            return
        places = {
            each.external_id: {"changed": (each.source_modified_at or _NEVER).isoformat(), "pk": each.pk}
            for each in batch
        }
        for page in _pages(work, fetcher, batch, numbers, places):
            at = page.cursor
            yield page


def chosen(work: Work, client: ZohoClient, at: dict) -> Iterator[Page]:
    """The pictures of the given products, asked for again whatever is known of them."""
    ids = work.options.ids
    if at.get("last") in ids:
        ids = ids[ids.index(at["last"]) + 1 :]
    numbers, fetcher = count(1), Fetcher(client)
    for start in range(0, len(ids), _CHUNK):
        some = ids[start : start + _CHUNK]
        rows = Product.objects.filter(
            organization=work.organization, external_id__among=some, removed_at__unsought__isnull=True
        )
        found = {each.external_id: each for each in rows.only(*_COLUMNS)}
        known = _known(found.values())
        for external_id in some:
            place = {"last": external_id}
            product = found.get(external_id)
            if product is not None and (product.image_name or product.image_document_id):
                yield from _pages(work, fetcher, [product], numbers, {external_id: place})
                continue
            now = timezone.now()
            if product is not None and product.pk in known:
                yield Page(
                    next(numbers), [], Kind.ROW, now, place, gone=(external_id,), gone_reason=NAMES_NONE
                )
                continue
            told = _(NAMES_NONE) if product else _("there is no such product here; sync products, then retry")
            yield Page(next(numbers), [], Kind.ROW, now, place, missing=((external_id, told),))


def expected(work: Work) -> int:
    return _rows(work).count()


def _rows(work: Work) -> QuerySet[Product]:
    organization = work.organization
    if work.options.mode is SyncMode.FULL:
        rows = due.named(organization)
    else:
        rows = due.due(organization) | due.named(organization).filter(due.vanished(organization))
    return rows.exclude(is_active=False) if work.options.active_only else rows


def _known(products) -> dict[int, ProductPicture]:
    found = ProductPicture.objects.filter(product__in=[each.pk for each in products]).defer("payload")
    return {each.product_id: each for each in found}


def _pages(
    work: Work, fetcher: Fetcher, products: Sequence[Product], numbers: Iterator[int], places: dict[str, dict]
) -> Iterator[Page]:
    known = _known(products)
    each_wanted = [Wanted(product, known.get(product.pk)) for product in products]
    if work.run.is_dry:
        rows = [fetching.planned(each) for each in each_wanted]
        last = places[products[-1].external_id]
        yield Page(next(numbers), rows, Kind.ROW, clock.now(), last)
        return
    if work.run.trigger in (Trigger.SCHEDULE, Trigger.FOLLOW_UP):
        fetcher.client.refuse_out_of_scope(budget.ENDPOINT)
    for each in each_wanted:
        asked_at = clock.now()
        row = fetching.kept_already(each) or fetcher.fetch(each)
        yield Page(next(numbers), [row], Kind.ROW, asked_at, places[each.product.external_id])
