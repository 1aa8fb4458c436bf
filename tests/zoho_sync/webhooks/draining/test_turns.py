"""One run at a time, and no hint lost between two."""

from __future__ import annotations

import threading

import pytest
from django.db import connections

from inventory.models import Product
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import draining

from .seen import Status, hint_runs, states

pytestmark = pytest.mark.usefixtures("warehouses")


def test_a_hint_that_comes_while_its_record_is_read_leads_to_another_read(
    sandbox, deliver, work_queue, item_ids, until
):
    (item,) = item_ids(1)
    sandbox.change("items", item, name="before")
    deliver("item", item)
    draining.drain(WebhookDelivery.objects.get().organization_id)
    sandbox.settings(latency_ms=400)
    worker = threading.Thread(target=lambda: (work_queue(1), work_queue(), connections.close_all()))
    worker.start()
    until(lambda: hint_runs(status="running").exists())
    sandbox.change("items", item, name="after")  # the answer under way may be older or newer than this

    late = deliver("item", item)
    worker.join(60)
    sandbox.settings(latency_ms=0)
    work_queue()

    late.refresh_from_db()
    assert late.status == Status.APPLIED
    assert late.run.created_at > late.received_at
    assert Product.objects.get().name == "after"


def test_a_second_run_waits_for_the_first(deliver, work_queue, item_ids, organization):
    first, second = item_ids(2)
    deliver("item", first)
    (run,) = draining.drain(organization.pk)
    deliver("item", second)

    assert draining.drain(organization.pk) == []
    assert states() == [(Status.PROCESSING, ""), (Status.RECEIVED, "")]

    work_queue()

    assert [status for status, _ in states()] == [Status.APPLIED] * 2
    assert hint_runs().exclude(pk=run.pk).get().options["ids"] == [second]


def test_other_entities_need_not_wait(deliver, organization):
    deliver("item", "1")
    draining.drain(organization.pk)
    deliver("contact", "2")

    (run,) = draining.drain(organization.pk)

    assert run.entity == "customers"


@pytest.mark.parametrize(("subject", "most"), [("item", 500), ("contact", 50)])
def test_a_run_takes_no_more_than_its_share(subject, most, deliver, organization):
    for number in range(most + 1):
        deliver(subject, str(number + 1))

    (run,) = draining.drain(organization.pk)

    assert len(run.options["ids"]) == most
    assert WebhookDelivery.objects.filter(status=Status.RECEIVED).count() == 1


def test_two_drains_at_once_take_each_delivery_once(deliver, organization):
    for number in range(60):
        deliver("item", str(number + 1))
        deliver("contact", str(number + 1))
    start, started = threading.Barrier(4), []

    def drain() -> None:
        start.wait()
        started.extend(draining.drain(organization.pk))
        connections.close_all()

    threads = [threading.Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)

    assert sorted(run.entity for run in started) == ["customers", "products"]
    assert set(WebhookDelivery.objects.values_list("attempts_count", flat=True)) == {0, 1}
    assert WebhookDelivery.objects.filter(status=Status.PROCESSING).count() == 110
    assert {run.deliveries.count() for run in started} == {60, 50}
