"""Storing one page: its rows, the place to go on from and its counts commit together, or not at all."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_noop

from inventory.models import StockCheck

from .inserts import inserting
from .leases import Lease
from .loader import Prepared, bury, prepare, store
from .models import RunPage
from .phases import Phase
from .phases.passed import noted
from .signals import writing
from .statistics import Statistics
from .tidings import news_of, tell_of_page
from .work import Page, Tally, Work
from .zoho.client import ZohoClient
from .zoho.statements import Statement

log = logging.getLogger(__name__)

DOUBTFUL = gettext_noop("no longer listed, but Zoho cannot say whether it is gone; kept")
# In the cursor, from page to page.
_STICKY = ("held", "held_count", "all_held", "approved", "moved", "named", "unknown")


class Committing:
    """Stores the pages of one slice, one after the other. client: its calls are counted with the page they brought."""

    def __init__(self, lease: Lease, client: ZohoClient):
        self._lease, self._client = lease, client
        self._calls_before = 0
        self._statistics = Statistics()

    def store(self, work: Work, phase: Phase, page: Page) -> str:
        """Returns the status that the run had then. Raises LeaseLost, and what the database says of itself: it is away,
        locked or full."""
        work = work.on(page.entity)
        prepared = prepare(work, page)
        run = work.run
        before = dict(run.cursor), run.removed_count, run.summary, run.phases, dict(run.skip_reasons)
        try:
            with transaction.atomic():
                tally, seen = _written(work, phase, prepared)
                status = self._told(work, phase, prepared, tally, seen)
        except BaseException:
            run.cursor, run.removed_count, run.summary, run.phases, run.skip_reasons = before
            raise
        self._statistics.note(tally.created, _tables(work, prepared))
        log.info(
            "run %s: %s page %s, %s created, %s updated, %s unchanged, %s failed",
            run.pk, phase.name, page.number, tally.created, tally.updated, tally.unchanged, tally.failed,
        )  # fmt: skip
        return status

    def _told(self, work: Work, phase: Phase, prepared: Prepared, tally: Tally, seen: int) -> str:
        """Write the run, and what else is to be known of the page; one journey to the database."""
        run = work.run
        along: list[Statement] = []
        if phase.remembers:
            facts = {"run_id": run.pk, "phase": phase.name, "number": prepared.page.number}
            facts |= {"record_ids": prepared.known_ids, "committed_at": timezone.now()}
            along.append(inserting(RunPage, **facts))
        if news := news_of(run, tally):
            along.append(writing(news))
        calls = self._client.calls_count
        counts = {
            "progress_done": seen,
            "calls_count": calls - self._calls_before,
            "fetched_count": tally.fetched,
            "created_count": tally.created,
            "updated_count": tally.updated,
            "unchanged_count": tally.unchanged,
            "skipped_count": tally.skipped,
            "stale_count": tally.stale,
            "failed_count": tally.failed,
        }
        status = self._lease.write(
            plus=counts,
            along=along,
            cursor=run.cursor,
            phase=phase.name,
            idle_attempts=0,
            removed_count=run.removed_count,
            skip_reasons=run.skip_reasons,
            summary=run.summary,
            phases=run.phases,
        )
        self._calls_before = calls
        run.idle_attempts = 0
        tell_of_page(run, tally, news)
        return status


def _tables(work: Work, prepared: Prepared) -> Iterator[type[models.Model]]:
    """Those into which the page was written."""
    if work.processor.lane == "stock":
        yield StockCheck
    for expansion in prepared.expansions:
        for row in expansion.rows:
            yield row.mapping.model


def _written(work: Work, phase: Phase, prepared: Prepared) -> tuple[Tally, int]:
    """Write the rows, and note in the run what it has to know of them. Returns what is counted, and how many records
    the page showed."""
    run, page = work.run, prepared.page
    tally = store(work, prepared)
    seen = len(page.planned) or tally.fetched
    tally = tally.of_known() if page.is_again else tally
    if page.gone:
        bury(work, page, tally)
    if page.doubtful:
        tally.skipped += len(page.doubtful)
        tally.skip_reasons[DOUBTFUL] += len(page.doubtful)
    if page.named:
        run.cursor["named"] = run.cursor.get("named", {}) | page.named
    sticky = {name: run.cursor[name] for name in _STICKY if name in run.cursor}
    run.cursor = {**sticky, "phase": phase.name, "at": page.cursor}
    run.removed_count += tally.removed
    run.phases = noted(run.phases, phase.name, page.asked_at, seen)
    for reason, number in tally.skip_reasons.items():
        run.skip_reasons[reason] = run.skip_reasons.get(reason, 0) + number
    return tally, seen
