"""Records that a complete listing did not show, and that Zoho, asked for each, does not know any more."""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from inventory.models import Product

from ..models import RunPage
from ..options import SyncMode, Trigger
from ..sentences import sentence
from ..work import Page, Tally, Work
from . import dependants, failures, plans, traces

_TOLD = {
    "postgresql": "SELECT jsonb_array_elements_text(page.record_ids) FROM {pages} page WHERE page.run_id = %s",
    "sqlite": "SELECT told.value FROM {pages} page, json_each(page.record_ids) told WHERE page.run_id = %s",
}
# Documents older than the window are not listed any more; that proves nothing.
_IN_WINDOW = "AND (date IS NULL OR date >= %s) "
UNKNOWN = gettext_noop("Zoho does not know this id")
REASON = gettext_noop("Zoho answered 404 (1002): it does not exist any more")


def missing_ids(work: Work) -> list[str]:
    """External ids of live rows that no page of this run showed, in the database's own order.

    Rows written since the run began (by a webhook, say) exist, whatever the listing says.
    """
    model = work.processor.model
    table = model._meta.db_table
    told = _TOLD[connection.vendor].format(pages=RunPage._meta.db_table)
    # EXCEPT, as it is never planned as a comparison of each row with each, as NOT IN and NOT EXISTS are on PostgreSQL
    # while it knows little of the tables (10,000 rows: 7.4 s, so 0.04 s).
    rows = model.objects.raw(
        f"SELECT id, external_id FROM {table} WHERE organization_id = %s AND external_id IN ("  # noqa: S608 (our tables)
        f"SELECT external_id FROM {table} WHERE organization_id = %s AND removed_at IS NULL AND synced_at < %s "
        f"EXCEPT {told}) {_IN_WINDOW if work.oldest_day else ''}ORDER BY id",
        [
            work.organization.pk, work.organization.pk, work.run.started_at, work.run.pk,
            *([work.oldest_day.isoformat()] if work.oldest_day else []),
        ],
    )  # fmt: skip
    return [row.external_id for row in rows]


def unlisted_open(work: Work, at_most: int) -> list[str]:
    """External ids of open documents that this run's listing of open ones did not show, newest first."""
    if not RunPage.objects.filter(run=work.run, phase="open").exists():
        return []
    told = {
        external_id
        for ids in RunPage.objects.filter(run=work.run, phase="open").values_list("record_ids", flat=True)
        for external_id in ids
    }
    model: Any = work.processor.model
    rows = model.objects.live().filter(
        organization=work.organization, status__in=model.OPEN, synced_at__lt=work.run.started_at
    )
    found = rows.order_by("-date", "-pk").values_list("external_id", flat=True)
    return list(islice((each for each in found.iterator() if each not in told), at_most))


def unknown_ids(work: Work, external_ids: tuple[str, ...]) -> list[str]:
    """Those of the ids of which we never had a row, live or gone."""
    model = Product if work.processor.lane == "stock" else work.processor.model
    rows = model.objects.filter(organization=work.organization, external_id__in=external_ids)
    known = set(rows.values_list("external_id", flat=True))
    return [external_id for external_id in external_ids if external_id not in known]


def refuse_unknown(work: Work, external_ids: list[str]) -> None:
    """Somebody asked for records that neither Zoho nor we know: said as failures, since nothing of them is in."""
    if not work.run.is_dry:
        failures.store(work, [failures.Failure(each, each, sentence(UNKNOWN), b"") for each in external_ids])


def remove(work: Work, external_ids: tuple[str, ...], asked_at: datetime, reason: str = REASON) -> int:
    """Give tombstones to records that are proven gone, and to what belongs to them. Returns how many records.

    In the stock lane the ids are products': who asks for stock may be the first to learn that the item is gone.
    """
    model = Product if work.processor.lane == "stock" else work.processor.model
    rows = model.objects.filter(
        organization=work.organization, external_id__among=external_ids, removed_at__unsought__isnull=True
    )
    if work.run.is_dry:
        planned = plans.store_removals(work, asked_at, model, rows, reason)
        dependants.plan(work, asked_at, model, list(rows.values_list("pk", flat=True)))
        return planned
    keys = dependants.hold(rows)
    failures.resolve(work, set(external_ids))
    traces.store_removals(work, model, keys, reason)
    now = timezone.now()
    tombstone = {"removed_at": now, "removed_reason": reason, "cause": work.run.cause, "synced_at": now}
    dependants.bury(work, model, keys, now)
    return rows.filter(pk__in=keys).update(**tombstone)


def bury(work: Work, page: Page, tally: Tally) -> None:
    """Tombstones for what is proven gone. An id that was never ours is no removal: a webhook may well speak of one, a
    person who asks for one has to hear that there is no such record."""
    tally.removed += remove(work, page.gone, page.asked_at, page.gone_reason or REASON)
    if strangers := unknown_ids(work, page.gone):
        if work.run.mode == SyncMode.REALTIME and work.run.trigger != Trigger.WEBHOOK:
            refuse_unknown(work, strangers)
            tally.failed += len(strangers)
        else:
            work.run.cursor["unknown"] = [*work.run.cursor.get("unknown", ()), *strangers]
            tally.skipped += len(strangers)
            tally.skip_reasons[UNKNOWN] += len(strangers)
