"""Whatever goes wrong on the way, documents and their lines are exact again once it is over.

The simulation (docs/torture.md) plays faults over products, stock, customers and price lists; these are the same ones
at the calls for documents.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from torture.upstream_faults import BODIES, LISTINGS, STATUSES, WIRES
from zoho_sync import services
from zoho_sync.comparison import compare
from zoho_sync.models import FilterVerdict, RateBucket, RecordError, SyncRun
from zoho_sync.options import Trigger
from zoho_sync.runner import work_slice
from zoho_sync.zoho import scopes

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

LONG = (
    "silence",
    "drip",
    "drip-for-ever",
    "slow",
    "bomb",
    "bomb-packed",
)  # they cost time, and tell nothing new here
SINGLE = {name: {"kind": "status"} | order for name, order in STATUSES.items()} | BODIES
SINGLE |= {name: order for name, order in WIRES.items() if name not in LONG}
LISTED = {name: order for name, order in LISTINGS.items() if not order.get("is_foreign")}
CASES = {
    "the list": ("/invoices", SINGLE | LISTED),
    "a detail": ("/invoices/*", SINGLE),
}


def finish() -> None:
    """The fault is over: silences and pauses end, credentials are believed again, failures are retried."""
    RateBucket.objects.update(blocked_until=None, slow_until=None, fewer_until=None)
    FilterVerdict.objects.filter(name=scopes.VERDICT).delete()
    resting = SyncRun.objects.filter(status=SyncRun.Status.PAUSED)
    for key in list(resting.values_list("pk", flat=True)):
        resting.filter(pk=key).update(paused_until=timezone.now() - timedelta(seconds=1))
        work_slice(key, rings=False)
    for run in SyncRun.objects.filter(status=SyncRun.Status.QUARANTINED):
        services.reject_run(run, user=None)
    waiting = RecordError.objects.filter(status=RecordError.Status.WAITING).exclude(external_id="")
    if waiting.exists():
        for run in services.retry_errors(waiting, trigger=Trigger.RETRY):
            services.work_here(run)


@pytest.mark.parametrize("where", CASES)
def test_documents_are_exact_again_after_every_fault(where, sandbox, organization, start_run, run_sync):
    path, faults = CASES[where]
    run_sync("products")
    assert run_sync("invoices").status == "succeeded"
    broken = {}
    for number, (name, order) in enumerate(faults.items()):
        sandbox.random_changes(6, seed=number, documents=True)
        sandbox.order_fault(path=path, **({"times": 1} | order))
        work_slice(start_run("invoices", "full").pk, rings=False)
        sandbox.clear_faults()
        finish()

        last = run_sync("invoices", "incremental")

        left = list(RecordError.objects.exclude(status=RecordError.Status.RESOLVED))
        report = compare(organization, "invoices")
        if last.status != "succeeded" or left or not report.is_equal:
            broken[name] = (
                str(last.message),
                left,
                report.differences[:3],
                report.missing_here,
                report.missing_there,
            )
    assert not broken, "\n".join(f"{name}: {told}" for name, told in broken.items())
