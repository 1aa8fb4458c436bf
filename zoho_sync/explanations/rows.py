"""Which explanation belongs to a run or a delivery as it stands now."""

from __future__ import annotations

from ..models import SyncRun, WebhookDelivery
from . import EXPLANATIONS, OTHER, Explanation, explain

Status = SyncRun.Status
# What came through, works or waits its turn needs no explanation.
UNUSUAL = (
    Status.PAUSED, Status.CANCELLING, Status.CANCELLED, Status.PARTIAL, Status.FAILED, Status.QUARANTINED,
)  # fmt: skip


def of_run(run: SyncRun) -> Explanation | None:
    """None of a run about which there is nothing to explain."""
    if run.status not in UNUSUAL:
        return None
    if run.status == Status.PARTIAL and run.failed_count and not run.options.get("plan"):
        return EXPLANATIONS["some_failed"]  # a dry run's message tells of its plan instead
    return explain(run.message) or OTHER


def of_delivery(delivery: WebhookDelivery) -> Explanation | None:
    """None where it was applied, or nothing has gone wrong with it yet."""
    if delivery.status == WebhookDelivery.Status.APPLIED:
        return None
    return explain(delivery.reason)
