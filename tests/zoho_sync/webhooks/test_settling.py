"""However a run of hints ends, each of its deliveries is somewhere from where it goes on, or is done."""

from __future__ import annotations

import signal
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Product, StockChange, StockLevel
from tests.factories import UserFactory
from zoho_sync import services
from zoho_sync.models import Event, SyncRun, WebhookDelivery
from zoho_sync.options import Trigger
from zoho_sync.signals import webhook_processed
from zoho_sync.webhooks import draining, settling

pytestmark = pytest.mark.usefixtures("warehouses")
Status, Result = WebhookDelivery.Status, WebhookDelivery.Result


@pytest.fixture
def taken(deliver, item_ids, organization) -> tuple[WebhookDelivery, SyncRun]:
    """A delivery and the run that was started for it; nobody works on it yet."""
    delivery = deliver("item", item_ids(1)[0])
    (run,) = draining.drain(organization.pk)
    delivery.refresh_from_db()
    return delivery, run


def test_a_taken_delivery_says_who_reads_for_it(taken):
    delivery, run = taken

    assert (delivery.status, delivery.run, delivery.attempts_count) == (Status.PROCESSING, run, 1)
    assert (run.trigger, run.mode, run.entity) == (Trigger.WEBHOOK, "realtime", "products")


def test_an_applied_delivery_says_when_and_how_long_it_took(taken, work_queue):
    delivery, _run = taken
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(seconds=30))

    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED
    assert abs((delivery.settled_at - delivery.received_at).total_seconds() - delivery.seconds) < 0.01
    assert 30 <= delivery.seconds < 90


def test_what_became_of_it_is_told_after_the_commit(taken, work_queue):
    delivery, run = taken
    told = []

    def hear(sender, event, **_more) -> None:
        told.append(event)

    webhook_processed.connect(hear)
    try:
        work_queue()
    finally:
        webhook_processed.disconnect(hear)

    (event,) = told
    assert (event.name, event.delivery_id, event.run_id) == (
        "tds.zoho.webhook.processed",
        delivery.pk,
        run.pk,
    )
    assert (event.subject, event.entity, event.status) == ("item", "products", "applied")
    kept = Event.objects.get(name="tds.zoho.webhook.processed")
    assert (kept.run_id, kept.data["record_id"]) == (run.pk, delivery.record_id)


@pytest.mark.parametrize("moment", ["before", "while"])
def test_a_run_that_a_person_cancels_leaves_its_deliveries_to_be_tried_again(
    moment, taken, sandbox, work_queue, in_background, until, tick
):
    delivery, run = taken
    if moment == "before":
        services.cancel_run(run, user=UserFactory(username="layla"))
    else:
        sandbox.settings(latency_ms=1500)
        in_background(run)
        until(lambda: SyncRun.objects.get(pk=run.pk).progress_total)  # its work has begun
        services.cancel_run(run, user=UserFactory(username="layla"))
        until(lambda: SyncRun.objects.get(pk=run.pk).is_ended)
        sandbox.settings(latency_ms=0)
    settling.settle_left_behind()

    delivery.refresh_from_db()
    if delivery.status != Status.APPLIED:  # Zoho's answer may have been in before the cancel was seen
        assert (delivery.status, str(delivery.reason)) == (Status.FAILED, "Cancelled by layla.")
    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED


def test_a_run_that_a_person_pauses_does_not_keep_its_deliveries(taken, work_queue, tick):
    delivery, run = taken
    services.pause_run(run, user=UserFactory())

    tick()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.RECEIVED, 0)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED
    assert delivery.run != run
    run.refresh_from_db()
    assert run.status == SyncRun.Status.PAUSED


def test_a_run_whose_row_is_deleted_does_not_keep_its_deliveries(taken, work_queue, tick):
    delivery, run = taken
    SyncRun.objects.filter(pk=run.pk).delete()

    tick()
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)


@pytest.mark.parametrize("status", ["failed", "cancelled", "succeeded", "partial"])
def test_a_run_that_ended_without_a_word_is_found_by_the_sweep(status, taken, work_queue, tick):
    delivery, run = taken
    SyncRun.objects.filter(pk=run.pk).update(status=status, finished_at=timezone.now())

    services.requeue_lost()

    delivery.refresh_from_db()
    assert delivery.status != Status.PROCESSING
    tick(minutes=2)
    work_queue()
    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED


def test_a_run_that_nobody_works_on_is_rung_for_again(taken, work_queue, tick):
    from django_q.models import OrmQ

    delivery, _run = taken
    OrmQ.objects.all().delete()  # a queue that lost everything

    tick(minutes=5)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED


def test_a_delivery_whose_bell_was_lost_is_drained_all_the_same(deliver, item_ids, work_queue, tick):
    from django_q.models import OrmQ

    delivery = deliver("item", item_ids(1)[0])
    OrmQ.objects.all().delete()
    tick()
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED


def test_a_warehouse_that_was_opened_today_is_fetched_for_the_next_attempt(
    sandbox, deliver, work_queue, tick
):
    place = sandbox.add("locations", location_name="Opened today")
    item = sandbox.add("items", name="Kept there", stock={place: 5})
    delivery = deliver("item", item)
    work_queue()
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.FAILED, 1)

    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED
    assert StockLevel.objects.filter(warehouse__external_id=place, on_hand=5).exists()


def test_stock_that_waited_for_its_warehouse_is_in_once_the_failure_is_resolved(sandbox, run_sync):
    place = sandbox.add("locations", location_name="Opened today")
    item = sandbox.add("items", name="Kept there", stock={place: 5})
    assert run_sync("products", ids=(item,)).failed_count == 1
    run_sync("warehouses")

    run = run_sync("products", ids=(item,))

    assert run.status == SyncRun.Status.SUCCEEDED
    assert StockLevel.objects.filter(warehouse__external_id=place, on_hand=5).exists()


def test_a_product_that_a_price_list_was_quicker_to_name_is_fetched(
    sandbox, deliver, work_queue, tick, run_sync
):
    run_sync("products")
    item = sandbox.add("items", name="New, with a price")
    book = next(
        each["pricebook_id"] for each in sandbox.records("pricebooks") if each["pricebook_type"] == "per_item"
    )
    sandbox.set_price(book, item, rate=5)
    delivery = deliver("pricebook", book)
    work_queue()
    delivery.refresh_from_db()
    assert delivery.status == Status.FAILED
    assert "is not here yet" in delivery.reason

    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert delivery.status == Status.APPLIED


class TestHeldBack:
    """A detail that lost more of its parts than one believes waits for a person, and its delivery with it."""

    @pytest.fixture
    def size(self):
        from zoho_sync.sandbox import Size

        return Size(items=60, customers=4, vendors=1, locations=2, price_lists=2, price_list_items=40)

    @pytest.fixture
    def held(self, sandbox, sync_all, deliver, work_queue) -> tuple[WebhookDelivery, SyncRun]:
        sync_all()
        book = next(each for each in sandbox.records("pricebooks") if each.get("pricebook_items"))
        for row in book["pricebook_items"][:30]:
            sandbox.set_price(book["pricebook_id"], row["item_id"])
        delivery = deliver("pricebook", book["pricebook_id"])
        work_queue()
        return delivery, SyncRun.objects.get(trigger=Trigger.WEBHOOK)

    def test_it_waits_for_a_persons_decision(self, held):
        delivery, run = held
        delivery.refresh_from_db()

        assert run.status == SyncRun.Status.QUARANTINED
        assert delivery.status == Status.PROCESSING
        assert "waits for a person's decision" in delivery.reason

    def test_other_hints_go_on_meanwhile(self, held, sandbox, deliver, work_queue):
        delivery, _run = held
        other = next(
            each["pricebook_id"]
            for each in sandbox.records("pricebooks")
            if each["pricebook_id"] != delivery.record_id
        )
        later = deliver("pricebook", other)

        work_queue()

        later.refresh_from_db()
        assert later.status == Status.APPLIED

    def test_approval_applies_it(self, held, work_queue):
        delivery, run = held
        services.approve_run(run, user=UserFactory())

        work_queue()

        delivery.refresh_from_db()
        assert (delivery.status, delivery.result, str(delivery.reason)) == (
            Status.APPLIED,
            Result.CHANGED,
            "",
        )

    def test_rejection_leaves_it_to_be_tried_again(self, held, tick):
        delivery, run = held
        services.reject_run(run, user=UserFactory())

        services.requeue_lost()

        delivery.refresh_from_db()
        assert delivery.status == Status.FAILED
        assert "rejected" in delivery.reason


# --- A worker that is killed ---------------------------------------------------------------------------


@pytest.mark.parametrize("after_pages", [pytest.param(0, marks=pytest.mark.slow), 2])
def test_a_worker_killed_between_drain_and_settling_loses_nothing(
    after_pages, sandbox, deliver, organization, worker, until, run_sync
):
    run_sync("products")
    run_sync("stock")
    counted = [each for each in sandbox.records("items") if each.get("locations")][:30]
    for each in counted:
        sandbox.set_stock(each["item_id"], each["locations"][0]["location_id"], committed=7)
        deliver("item", each["item_id"])
        deliver("item", each["item_id"])
    changes_before = StockChange.objects.count()
    (run,) = draining.drain(organization.pk)
    SyncRun.objects.filter(pk=run.pk).update(options=run.options | {"batch_size": 10})
    sandbox.settings(latency_ms=300)

    first = worker(run.pk, 0.6)
    until(lambda: StockLevel.objects.filter(committed=7).count() >= 10 * after_pages)
    until(lambda: SyncRun.objects.get(pk=run.pk).fence == 1)
    first.send_signal(signal.SIGKILL)
    first.wait(10)
    assert not SyncRun.objects.get(pk=run.pk).is_ended, "it was done before the kill"
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {Status.PROCESSING}
    sandbox.settings(latency_ms=0)
    assert worker(run.pk, 0.6).wait(60) == 0

    assert WebhookDelivery.objects.filter(status=Status.APPLIED, attempts_count=1).count() == 60
    assert StockLevel.objects.filter(committed=7).count() >= 30
    changed = StockChange.objects.order_by("pk")[changes_before:]
    assert len({(each.level_id, each.figure) for each in changed}) == len(changed), (
        "something was applied twice"
    )
    assert Product.objects.live().count() == 60
