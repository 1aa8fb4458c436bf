"""What happens is counted, once each: against what the rows of the sync say of themselves, on a real Zoho sandbox."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db.models import Sum
from django.utils import timezone

from monitoring.metrics import buffer, reading
from monitoring.metrics.rows import EVER
from monitoring.models import MetricSample
from tests.zoho_sync.webhooks.conftest import (  # noqa: F401
    deliver,
    item_ids,
    organization,
    run_sync,
    sandbox,
    size,
    start_run,
    warehouses,
    work_queue,
    zoho_server,
)
from zoho_sync.models import ApiUsage, SyncRun, WebhookDelivery
from zoho_sync.runner import work_slice
from zoho_sync.signals import PageCounts


def counted(name: str, *labels: str) -> dict[tuple[str, ...], float]:
    """{values of these labels: total}, since ever."""
    buffer.flush()
    found: Counter[tuple[str, ...]] = Counter()
    for text, total in MetricSample.objects.filter(name=name, width=EVER).values_list("labels", "total"):
        pairs = dict(reading.unpack(text))
        found[tuple(pairs.get(label, "") for label in labels)] += total
    return dict(found)


def told_by(*runs: SyncRun) -> dict[tuple[str, str], float]:
    sums = {
        (run.entity, result): getattr(run, f"{result}_count") for run in runs for result in PageCounts.RESULTS
    }
    return {key: number for key, number in sums.items() if number}


def test_the_rows_of_a_run_that_was_taken_up_again_and_again_are_counted_once(start_run, run_sync, sandbox):  # noqa: F811
    run_sync("warehouses")
    bad = sandbox.ids("items")[7]
    sandbox.poison("items", bad, f'{{"item_id": "{bad}", "name": "Bad", "rate": "much"}}')
    buffer.own.forget()
    run = start_run("products", batch_size=10)
    while not run.is_ended:
        work_slice(run.pk, seconds=0.001, rings=False)
        run.refresh_from_db()
    assert run.status == SyncRun.Status.PARTIAL and run.slices_count > 2
    assert counted("rows", "entity", "result") == told_by(run)
    assert counted("runs", "entity", "result") == {("products", "partial"): 1}
    assert counted("failures", "entity") == {("products",): 1}


@pytest.mark.one_leg
def test_a_dry_run_is_a_run_that_takes_no_rows(run_sync):  # noqa: F811
    run_sync("warehouses", dry_run=True)
    assert counted("rows", "entity", "result") == {}
    assert counted("runs", "entity", "result") == {("warehouses", "succeeded"): 1}


@pytest.mark.one_leg
def test_calls_are_those_of_the_ledger_by_endpoints_without_ids(run_sync, sandbox):  # noqa: F811
    run_sync("warehouses")
    run_sync("price_lists")
    ledger = (
        ApiUsage.objects.exclude(api="accounts").values_list("api", "endpoint").annotate(Sum("calls_count"))
    )
    found = counted("calls", "api", "endpoint")
    assert found == {(api, endpoint): count for api, endpoint, count in ledger}
    assert any("{id}" in endpoint for _api, endpoint in found)
    assert not any(character.isdigit() for _api, endpoint in found for character in endpoint)
    buffer.flush()
    timed = MetricSample.objects.filter(name="call_seconds", width=EVER).aggregate(Sum("count"))
    assert timed["count__sum"] == sum(found.values())


@pytest.mark.one_leg
def test_webhooks_are_counted_by_what_became_of_them_and_timed_until_applied(
    sandbox,  # noqa: F811
    warehouses,  # noqa: F811
    deliver,  # noqa: F811
    work_queue,  # noqa: F811
    item_ids,  # noqa: F811
):
    came_at = timezone.now() - timedelta(seconds=90)
    for item in item_ids(3):
        deliver("item", item, received_at=came_at)
    deliver("strange", "1")
    work_queue()
    states = Counter(WebhookDelivery.objects.values_list("subject", "status"))
    assert counted("webhooks", "subject", "state") == states
    assert states["item", "applied"] == 3
    found = reading.window("webhook_seconds", minutes=5, subject="item")
    assert found.count == 3 and 90 <= found.total / 3 < 150


@pytest.mark.one_leg
def test_a_delivery_that_the_door_settles_has_come_and_was_ignored(organization):  # noqa: F811
    from zoho_sync.signals import WebhookEvent, tell, webhook_received

    for status in ("received", "ignored"):
        event = WebhookEvent("tds.zoho.webhook.received", organization.pk, 1, "item", "products", "7", status)
        tell(webhook_received, event, keep=False)
    assert counted("webhooks", "state") == {("received",): 2, ("ignored",): 1}


@pytest.mark.one_leg
def test_verdicts_of_the_truth_meter_are_counted(organization):  # noqa: F811
    from zoho_sync.signals import TruthEvent, tell, truth_checked

    tell(
        truth_checked,
        TruthEvent("tds.zoho.truth.checked", organization.pk, "products", "7", "equal"),
        keep=False,
    )
    assert counted("truth_checks", "entity", "verdict") == {("products", "equal"): 1}
