"""Records that a complete listing did not show, and that Zoho, asked for each, does not know any more."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone
from django.utils.translation import gettext_noop

from inventory.models import Product

from ..models import RunPage
from ..sentences import sentence
from ..work import Work
from . import dependants, failures, plans

_TOLD = {
    "postgresql": "SELECT jsonb_array_elements_text(page.record_ids) FROM {pages} page WHERE page.run_id = %s",
    "sqlite": "SELECT told.value FROM {pages} page, json_each(page.record_ids) told WHERE page.run_id = %s",
}
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
        f"EXCEPT {told}) ORDER BY id",
        [work.organization.pk, work.organization.pk, work.run.started_at, work.run.pk],
    )
    return [row.external_id for row in rows]


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


def remove(work: Work, external_ids: tuple[str, ...]) -> int:
    """Give tombstones to records that are proven gone, and to what belongs to them. Returns how many records.

    In the stock lane the ids are products': who asks for stock may be the first to learn that the item is gone.
    """
    model = Product if work.processor.lane == "stock" else work.processor.model
    rows = model.objects.live().filter(organization=work.organization, external_id__in=external_ids)
    if work.run.is_dry:
        labelled = [(row.external_id, str(row)) for row in rows.defer("payload")]
        plans.store_removals(work, model, labelled, REASON)
        dependants.plan(work, model, list(rows.values_list("pk", flat=True)))
        return len(labelled)
    failures.resolve(work, set(external_ids))
    now = timezone.now()
    tombstone = {"removed_at": now, "removed_reason": REASON, "cause": work.run.cause, "synced_at": now}
    dependants.bury(work, model, list(rows.values_list("pk", flat=True)), now)
    return rows.update(**tombstone)
