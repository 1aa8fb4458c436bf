"""Is the mirror right? Ask Zoho and compare, field by field, without short cuts and without writing anything."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils import timezone

from .errors import PayloadError, RecordRejected
from .estimates import estimate_calls
from .excerpts import quick_id
from .loader import Difference, differences
from .loader.differences import MISSING_HERE, MISSING_THERE
from .models import SyncRun
from .options import SyncMode, SyncOptions
from .phases import details, listing, recent, stock, warehouses
from .processors import registry
from .processors.base import Details, Kind
from .work import Page, Work
from .zoho.client import ZohoClient

_KEPT = 1000  # differences kept in a report; all are counted


@dataclass
class ComparisonReport:
    """compared = equal + different records (payloads of Zoho); `differences` holds the first 1,000 fields.

    unreadable: reasons why records could not be compared. pending_details: customers whose detail is still to be read,
    so that differences in what only a detail tells are expected.
    """

    entity: str
    compared: int = 0
    equal: int = 0
    differing: int = 0
    missing_here: int = 0
    missing_there: int = 0
    pending_details: int = 0
    calls: int = 0
    differences: list[Difference] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @property
    def is_equal(self) -> bool:
        return not (self.differing or self.missing_here or self.missing_there or self.unreadable)


def compare(organization, entity: str, *, sample: int | None = None) -> ComparisonReport:
    """Compare all records of an entity, or `sample` random ones, with Zoho. Raises as the Zoho client does."""
    processor = registry.get(entity)
    options = SyncOptions(entity=entity, mode=SyncMode.FULL)
    run = SyncRun(
        organization=organization, entity=entity, mode=SyncMode.FULL, is_dry=True, started_at=timezone.now()
    )
    work = Work(run, processor, options)
    report = ComparisonReport(entity)
    seen: set[str] = set()
    with ZohoClient(organization, priority=work.priority) as client:
        for page in _pages(work, client, sample):
            _compare_page(work, page, report, seen)
        report.calls = client.calls_count
    if sample is None and processor.lane != "stock":
        _not_in_zoho(work, seen, report)
    if hasattr(processor.model, "detail_is_due") and processor.details is not Details.BULK:
        report.pending_details = _live(work).filter(detail_is_due=True).count()
    return report


def calls_of_all(organization, entity: str) -> int:
    """About how many calls it takes to compare all records: those of a full run, and one for each that has a detail."""
    processor = registry.get(entity)
    calls = estimate_calls(organization, entity, SyncMode.FULL)
    if processor.details is Details.EACH and not processor.reads_every_detail:
        rows = processor.model.objects.live().filter(organization=organization)
        calls += rows.count()
    return calls


def _live(work: Work):
    """Those that Zoho's listing has to show; of documents the ones that are not too old for it."""
    rows = work.processor.model.objects.live().filter(organization=work.organization)
    if work.oldest_day is None:
        return rows
    return rows.filter(Q(date=None) | Q(date__gte=work.oldest_day) | Q(status__in=work.processor.model.OPEN))


def _pages(work: Work, client: ZohoClient, sample: int | None) -> Iterator[Page]:
    processor = work.processor
    if processor.lane == "warehouses":
        yield from warehouses.locations(work, client, {})
        return
    if processor.lane == "stock":
        if sample is None:
            yield from stock.all_details(work, client, {})
        else:
            ids = list(stock.candidates(work).values_list("external_id", flat=True))
            yield from details.of_ids(work, client, _some(ids, sample), {})
        return
    if processor.details is Details.NONE:  # what there is to know stands in the listing
        sample = None
    ids = list(_live(work).order_by("external_id").values_list("external_id", flat=True))
    if processor.lane == "documents" and sample is None:
        yield from recent.listed(work, client, {})
    elif sample is None or processor.reads_every_detail:
        yield from listing.listed_rows(work, client, {})
    if sample is not None:
        yield from details.of_ids(work, client, _some(ids, sample), {})
    elif processor.details is Details.EACH:
        yield from details.of_ids(work, client, tuple(ids), {})


def _some(ids: list[str], sample: int) -> tuple[str, ...]:
    return tuple(random.sample(ids, min(sample, len(ids))))


def _compare_page(work: Work, page: Page, report: ComparisonReport, seen: set[str]) -> None:
    processor = work.processor
    for raw in page.rows:
        external_id = quick_id(raw, processor.id_key) or quick_id(raw, "warehouse_id")
        try:
            payload = processor.decode(raw)
            if processor.accepts and processor.accepts(payload):
                continue
            expansion = processor.expand(payload, raw, page.kind, work)
        except (PayloadError, RecordRejected) as error:
            report.unreadable.append(f"{external_id}: {error}")
            continue
        found, reasons = differences(work, expansion.rows, expansion.sets)
        report.unreadable += reasons + [f"{unit}: {reason}" for unit, reason in expansion.rejected]
        _count(report, found, is_again=page.kind is Kind.DETAIL and external_id in seen)
        seen.add(external_id)
    report.unreadable += [f"{external_id}: {reason}" for external_id, reason in page.missing]
    for external_id in page.gone:
        _count(
            report, [Difference("", external_id, "", MISSING_THERE, None, None)], is_again=external_id in seen
        )


def _count(report: ComparisonReport, found: list[Difference], *, is_again: bool) -> None:
    """is_again: a record whose list row was compared before; its detail adds differences, not records."""
    here = sum(1 for each in found if each.field == MISSING_HERE)
    there = sum(1 for each in found if each.field == MISSING_THERE)
    report.missing_here += here
    report.missing_there += there
    if not is_again:
        report.compared += 1
    if len(found) > here + there:
        report.differing += 1
    if not found and not is_again:
        report.equal += 1
    report.differences += found[: max(0, _KEPT - len(report.differences))]


def _not_in_zoho(work: Work, seen: set[str], report: ComparisonReport) -> None:
    """Live rows that Zoho's whole listing does not show."""
    for row in _live(work).defer("payload").iterator():
        if row.external_id not in seen:
            _count(
                report,
                [Difference(row._meta.model_name, row.external_id, str(row), MISSING_THERE, None, None)],
                is_again=True,
            )
