"""One page: what differs from what is stored, and what has to be done about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from django.utils.translation import gettext_noop

from inventory.mirror import Detailed

from ..errors import PayloadError, RecordRejected
from ..excerpts import quick_ids
from ..options import SyncMode
from ..payloads import fingerprint
from ..processors.base import Details, Expansion, Kind
from ..sentences import said
from ..work import Page, Tally, Work
from . import applying, doubts, failures, lookups, stock_checks, totals
from .early import doubtful_times
from .failures import Failure
from .omitted import NO_STOCK, NOT_ACTIVE
from .outcomes import Outcomes
from .sets import remove_vanished
from .tables import store_rows

REPEATED = gettext_noop("repeated on the page")


@dataclass
class Prepared:
    """A page ready to be stored. known_ids: every record it showed, good or bad."""

    page: Page
    expansions: list[Expansion] = field(default_factory=list)
    hashes: dict[str, str] = field(default_factory=dict)  # of the raw records that were expanded, by unit
    unchanged: list[str] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)
    skip_reasons: Counter = field(default_factory=Counter)
    foreign: set[str] = field(default_factory=set)  # ids of records that were read, and are another entity's
    known_ids: list[str] = field(default_factory=list)
    totals: dict = field(default_factory=dict)  # the stock lane's list rows: {item id: its totals}


def prepare(work: Work, page: Page) -> Prepared:
    """Find what differs. Reads the database, writes nothing, holds no transaction."""
    prepared = Prepared(page)
    if page.totals:
        return totals.prepare(work, prepared)
    if page.planned:
        return prepared  # each row is looked at when it is written
    records = _identified(work, page, prepared)
    known = _stored_hashes(work, page, list(records))
    for external_id, raw in records.items():
        digest = fingerprint(raw)
        if known.get(external_id) == digest:
            prepared.unchanged.append(external_id)
        else:
            _expand(work, prepared, raw, digest, external_id)
    for external_id, reason in page.missing:
        prepared.failures.append(Failure(external_id, external_id, reason, b""))
    return prepared


def _identified(work: Work, page: Page, prepared: Prepared) -> dict[str, bytes]:
    """The raw records by id; those without a readable id become failures at once."""
    records: dict[str, bytes] = {}
    ids = page.ids or quick_ids(page.rows, work.processor.id_key)
    for raw, external_id in zip(page.rows, ids, strict=True):
        if external_id:
            if external_id in records:
                prepared.skip_reasons[REPEATED] += 1
            records[external_id] = raw
        else:
            _expand(work, prepared, raw, fingerprint(raw), "")
    prepared.known_ids = list(records)
    return records


def _stored_hashes(work: Work, page: Page, ids: list[str]) -> dict[str, str]:
    """{external id: hash} of live rows for which an equal hash proves that nothing is to be done."""
    options = work.options
    if options.with_stock_only or options.warehouses or options.update_prices or not ids:
        return {}
    if work.processor.lane == "stock":
        return lookups.stock_hashes(work.organization.pk, ids)
    column = "detail_hash" if _is_detail(work, page) else "payload_hash"
    if work.processor.reads_every_detail and page.kind is Kind.DETAIL:
        return {}  # equal bytes do not prove that rows which waited for a product are in
    return lookups.live_hashes(work.processor.model, column, work.organization.pk, ids)


def _is_detail(work: Work, page: Page) -> bool:
    return page.kind is Kind.DETAIL and issubclass(work.processor.model, Detailed)


def _expand(work: Work, prepared: Prepared, raw: bytes, digest: str, external_id: str) -> None:
    try:
        payload = work.processor.decode(raw)
        if work.processor.accepts and (reason := work.processor.accepts(payload)):
            prepared.skip_reasons[reason] += 1
            prepared.foreign.add(external_id)
            return
        if reason := _left_out(work, payload):
            prepared.skip_reasons[reason] += 1
            return
        expansion = work.processor.expand(payload, raw, prepared.page.kind, work)
    except (RecordRejected, PayloadError) as error:
        prepared.failures.append(Failure(external_id or f"#{digest}", external_id, said(error), raw))
        return
    if not external_id:  # the id was there after all, written in an unusual way
        prepared.known_ids += [row.external_id for row in expansion.rows[:1]]
    for row in expansion.rows:
        if row.raw is raw:
            row.hash = digest
        elif row.raw and not row.hash:
            row.hash = fingerprint(row.raw)
    prepared.hashes[external_id] = digest
    prepared.expansions.append(expansion)


def _left_out(work: Work, payload: dict) -> str:
    """Why this run does not want the record, or ""."""
    options = work.options
    if options.mode is SyncMode.REALTIME:
        return ""
    has_activity = (
        "is_active" in work.processor.mapping.fields
    )  # an invoice is sent or paid, and never "active"
    if options.active_only and has_activity and payload.get("status") not in (None, "", "active"):
        return NOT_ACTIVE
    if options.with_stock_only and work.run.entity == "products" and not _has_stock(payload):
        return NO_STOCK
    return ""


def _has_stock(payload: dict) -> bool:
    return any(
        payload.get(name) not in (None, "", 0)
        for name in ("stock_on_hand", "available_stock", "actual_available_stock")
    )


def store(work: Work, prepared: Prepared) -> Tally:
    """Write the page, inside the caller's transaction. In a dry run the plan is written instead."""
    if prepared.page.totals:
        return totals.store(work, prepared)
    if prepared.page.planned:
        return applying.store(work, prepared.page)
    outcomes = Outcomes()
    outcomes.all_unchanged(prepared.unchanged)
    found = list(prepared.failures)
    rows = [row for expansion in prepared.expansions for row in expansion.rows]
    for expansion in prepared.expansions:
        outcomes.all_unchanged(expansion.unchanged)
        found += [Failure(unit, unit, reason, b"") for unit, reason in expansion.rejected]
    found += store_rows(work, prepared.page, rows, outcomes)
    failed_units = {failure.unit for failure in found}
    removed = remove_vanished(work, prepared, failed_units, outcomes)
    if not work.run.is_dry:
        if prepared.unchanged and _is_detail(work, prepared.page) and work.processor.details is Details.EACH:
            read = work.processor.model, work.organization.pk, prepared.unchanged
            lookups.settle_details(*read, doubtful_times(prepared.page))
        doubts.of_page(work, prepared, failed_units)
        stock_checks.store(work, prepared, failed_units, outcomes)
        failures.store(work, found)
        if work.has_waiting_errors:
            settled = outcomes.good_units | outcomes.left_out_units | prepared.foreign
            failures.resolve(work, settled - failed_units)
    for failure in found:
        outcomes.failed(failure.unit or failure.external_id)
    tally = outcomes.tally()
    tally.removed = removed
    tally.skipped += prepared.skip_reasons.total()
    tally.skip_reasons += prepared.skip_reasons
    return tally
