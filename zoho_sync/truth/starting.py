"""How rounds begin: by the schedule, by a person's button, and what a person does about a drift."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from inventory.models import Organization

from .. import connections
from ..models import OAuthToken, SyncRun, TruthCheck
from ..options import Trigger
from ..queue import enqueue
from ..starts import refresh_records
from .drifts import open_drifts
from .rounds import Round, check_truth

JOB = "zoho_sync.tasks.check_truth"
JOB_SECONDS = 240.0  # the queue kills a job after 600
MOST_AT_ONCE = 1000  # records of one entity in one refresh


def check_each(external_id: str = "", count: int | None = None) -> dict[str, Round]:
    """A round for every connected organisation, or for the one that is named: {its external id: round}."""
    return {
        each.external_id: check_truth(each, count, seconds=JOB_SECONDS) for each in _connected(external_id)
    }


def _connected(external_id: str) -> list[Organization]:
    if external_id:
        return [connections.organization_for(external_id)]
    rows = OAuthToken.objects.exclude(refresh_token="").select_related("organization").order_by("pk")
    found = {row.organization.external_id: row.organization for row in rows}
    if connections.environment_rules():
        own = connections.organization_for()
        found[own.external_id] = own
    if not found:
        return [connections.organization_for()]  # which says what is missing
    return list(found.values())


def queue_check(organization: Organization, count: int) -> None:
    """A worker does one round of `count` records soon."""
    with transaction.atomic():
        enqueue(JOB, organization.external_id, count)


def refresh_drifts(
    organization: Organization, drifts: Iterable[TruthCheck], *, trigger: Trigger, user=None
) -> list[SyncRun]:
    """Read the records of these drifts again, now: a real-time run per entity, which their open drifts then name.

    At most MOST_AT_ONCE records of an entity. Raises as `start_run` does.
    """
    ids: dict[str, dict[str, None]] = {}
    for each in drifts:
        ids.setdefault(each.entity, {})[each.external_id] = None
    runs = []
    with transaction.atomic():
        for entity, records in ids.items():
            some = list(records)[:MOST_AT_ONCE]
            run = refresh_records(entity, some, trigger=trigger, organization=organization, user=user)
            rows = open_drifts(TruthCheck.objects.filter(organization=organization, entity=entity))
            rows.filter(external_id__among=some).update(refresh_run=run)
            runs.append(run)
    return runs
