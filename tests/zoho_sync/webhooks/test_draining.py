"""From hints to runs: what is gathered, what is read, and what is never read at all."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel
from zoho_sync.models import CallSlot, OAuthToken, SyncRun, WebhookDelivery
from zoho_sync.options import Trigger
from zoho_sync.webhooks import draining

pytestmark = pytest.mark.usefixtures("warehouses")
Status, Result = WebhookDelivery.Status, WebhookDelivery.Result


def states() -> list[tuple[str, str]]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("status", "result"))


def hint_runs(**which):
    return SyncRun.objects.filter(trigger=Trigger.WEBHOOK, **which)


def test_a_hundred_hints_of_one_record_are_one_refetch(sandbox, deliver, work_queue, api_calls, item_ids):
    (item,) = item_ids(1)
    for _ in range(100):
        deliver("item", item)
    sandbox.forget_calls()

    work_queue()

    assert [call["query"]["item_ids"] for call in api_calls()] == [item]
    assert states() == [(Status.APPLIED, Result.CHANGED)] * 100
    assert Product.objects.get().external_id == item


class TestManyItems:
    @pytest.fixture
    def size(self):
        from zoho_sync.sandbox import Size

        return Size(items=210, customers=4, vendors=1, locations=3, price_lists=1, price_list_items=10)

    def test_two_hundred_item_hints_are_one_call(self, sandbox, deliver, work_queue, api_calls, item_ids):
        for item in item_ids(200):
            deliver("item", item)
        sandbox.forget_calls()

        work_queue()

        assert [call["path"] for call in api_calls()] == ["/itemdetails"]
        assert Product.objects.count() == 200
        assert states() == [(Status.APPLIED, Result.CHANGED)] * 200

    def test_many_deletions_at_once_are_tombstones(self, sandbox, deliver, work_queue, run_sync, item_ids):
        run_sync("products")
        gone = item_ids(30)
        for item in gone:
            sandbox.delete("items", item)
            deliver("item", item)

        work_queue()

        assert states() == [(Status.APPLIED, Result.REMOVED)] * 30
        removed = Product.objects.exclude(removed_at=None).values_list("external_id", flat=True)
        assert sorted(removed) == sorted(gone)

    def test_deletions_wait_for_the_next_minute_without_asking_twice(
        self, sandbox, deliver, work_queue, run_sync, item_ids, api_calls, settings, tick
    ):
        """What is known when the minute's calls are spent is stored; else the same ids would be asked for for ever."""
        run_sync("products")
        gone = item_ids(30)
        for item in gone:
            sandbox.delete("items", item)
            deliver("item", item)
        CallSlot.objects.all().delete()
        sandbox.forget_calls()
        settings.ZOHO |= {"CALLS_PER_MINUTE": 15}

        for _minute in range(5):
            work_queue()
            CallSlot.objects.all().delete()
            tick(minutes=2)

        assert states() == [(Status.APPLIED, Result.REMOVED)] * 30
        asked = [call["path"] for call in api_calls() if call["path"].startswith("/items/")]
        assert len(asked) < 30 + 3 * 10

    def test_an_answer_that_leaves_out_what_exists_removes_nothing(
        self, sandbox, deliver, work_queue, run_sync, item_ids, api_calls
    ):
        run_sync("products")
        for item in item_ids(40):
            deliver("item", item)
        sandbox.forget_calls()
        sandbox.order_fault("short_list", path="/itemdetails", share=0.25)

        work_queue()

        assert not Product.objects.exclude(removed_at=None).exists()
        asked = [call["path"] for call in api_calls()]
        assert len(asked) == 2, asked  # the one that proves the answer wrong; the rest is tried again later


def test_a_hint_brings_the_product_and_its_stock(sandbox, deliver, work_queue, item_ids):
    tracked = next(each for each in sandbox.records("items") if each.get("locations"))
    deliver("item", tracked["item_id"])

    work_queue()

    told = {place["location_id"]: place["location_stock_on_hand"] for place in tracked["locations"]}
    found = StockLevel.objects.values_list("warehouse__external_id", "on_hand")
    assert dict(found) == told


def test_a_movement_of_stock_alone_counts_as_a_change(sandbox, deliver, work_queue, run_sync):
    run_sync("products")
    run_sync("stock")
    tracked = next(each for each in sandbox.records("items") if each.get("locations"))
    sandbox.set_stock(tracked["item_id"], tracked["locations"][0]["location_id"], on_hand=77)
    deliver("item", tracked["item_id"])

    work_queue()

    assert states() == [(Status.APPLIED, Result.CHANGED)]
    assert StockLevel.objects.filter(product__external_id=tracked["item_id"], on_hand=77).exists()


def test_a_hint_of_what_is_stored_already_changes_nothing(deliver, work_queue, item_ids):
    (item,) = item_ids(1)
    deliver("item", item)
    work_queue()
    stored = Product.objects.values().get()
    deliver("item", item)

    work_queue()

    assert states()[1] == (Status.APPLIED, Result.UNCHANGED)
    assert Product.objects.values().get() == stored


def test_every_mirrored_subject_is_read_by_its_own_entity(sandbox, deliver, work_queue, item_ids, run_sync):
    run_sync("products")
    sandbox.change("items", item_ids(1)[0], name="Renamed")
    customer = next(
        each["contact_id"] for each in sandbox.records("contacts") if each["contact_type"] == "customer"
    )
    book = sandbox.records("pricebooks")[0]
    for subject, record in (
        ("item", item_ids(1)[0]),
        ("contact", customer),
        ("pricebook", book["pricebook_id"]),
    ):
        deliver(subject, record)

    work_queue()

    assert states() == [(Status.APPLIED, Result.CHANGED)] * 3
    assert Product.objects.get(external_id=item_ids(1)[0]).cause == hint_runs().get(entity="products").cause
    assert Customer.objects.get().external_id == customer
    assert PriceList.objects.get().external_id == book["pricebook_id"]
    assert PriceListItem.objects.count() == len(book["pricebook_items"])
    assert {run.entity for run in hint_runs()} == {"products", "customers", "price_lists"}


@pytest.mark.parametrize("subject", ["item", "contact"])
def test_a_record_that_is_gone_gets_its_tombstone(subject, sandbox, deliver, work_queue, run_sync):
    kind, model = {"item": ("items", Product), "contact": ("contacts", Customer)}[subject]
    run_sync("products" if subject == "item" else "customers")
    gone = model.objects.order_by("pk").first()
    sandbox.delete(kind, gone.external_id)
    deliver(subject, gone.external_id)

    work_queue()

    gone.refresh_from_db()
    assert gone.removed_at is not None
    assert model.objects.live().count() == model.objects.count() - 1
    assert states() == [(Status.APPLIED, Result.REMOVED)]


def test_a_price_list_that_is_gone_gets_its_tombstone(sandbox, deliver, work_queue, sync_all):
    sync_all()
    gone = PriceList.objects.order_by("pk").first()
    sandbox.delete("pricebooks", gone.external_id)
    deliver("pricebook", gone.external_id)

    work_queue()

    gone.refresh_from_db()
    assert gone.removed_at is not None
    assert states() == [(Status.APPLIED, Result.REMOVED)]


@pytest.mark.parametrize("subject", ["item", "contact", "pricebook"])
def test_what_neither_zoho_nor_we_know_is_no_failure(subject, deliver, work_queue):
    deliver(subject, "51000000000999")

    work_queue()

    assert states() == [(Status.APPLIED, Result.UNKNOWN)]


def test_a_vendor_is_ignored_with_the_reason(sandbox, deliver, work_queue):
    contacts = sandbox.records("contacts")
    vendor = next(each["contact_id"] for each in contacts if each["contact_type"] == "vendor")
    customer = next(each["contact_id"] for each in contacts if each["contact_type"] == "customer")
    deliver("contact", vendor)
    deliver("contact", customer)
    deliver("contact", "51000000000999")

    work_queue()

    assert states() == [
        (Status.IGNORED, Result.LEFT_OUT), (Status.APPLIED, Result.CHANGED), (Status.APPLIED, Result.UNKNOWN),
    ]  # fmt: skip
    assert "a vendor, not a customer" in WebhookDelivery.objects.earliest("pk").reason


@pytest.mark.parametrize("subject", ["customerpayment", "vendor", "user", "spaceship"])
def test_what_is_not_mirrored_is_ignored_with_a_reason_and_costs_no_call(
    subject, sandbox, deliver, work_queue, api_calls
):
    deliver(subject, "51000000000999")
    sandbox.forget_calls()

    work_queue()

    kept = WebhookDelivery.objects.get()
    assert (kept.status, kept.result) == (Status.IGNORED, Result.LEFT_OUT)
    assert kept.reason
    assert kept.settled_at is not None
    assert api_calls() == []


@pytest.mark.parametrize("record_id", ["", "1,2", "../settings", "12/statements", "12?x=1", "a b"])
def test_an_id_that_could_become_another_path_is_never_asked_for(
    record_id, sandbox, deliver, work_queue, api_calls
):
    deliver("contact", record_id)
    deliver("item", record_id)
    sandbox.forget_calls()

    work_queue()

    assert api_calls() == []
    assert states() == [(Status.IGNORED, Result.LEFT_OUT)] * 2


def test_a_refused_id_does_not_stop_the_others(sandbox, deliver, work_queue):
    customers = [each for each in sandbox.records("contacts") if each["contact_type"] == "customer"][:3]
    for each in customers:
        deliver("contact", each["contact_id"])
    sandbox.order_fault("status", path=f"/contacts/{customers[1]['contact_id']}", status=400, code=2)

    work_queue()

    assert [status for status, _ in states()] == [Status.APPLIED, Status.FAILED, Status.APPLIED]


# --- One run at a time, and no hint lost between two ---------------------------------------------------


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


# --- When no call may be made --------------------------------------------------------------------------


def assert_waits(delivery: WebhookDelivery) -> None:
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.RECEIVED, 0)
    assert delivery.reason
    assert delivery.next_attempt_at > timezone.now()


def test_hints_use_the_reserve_that_others_must_leave(
    settings, sandbox, deliver, work_queue, item_ids, start_run
):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "REALTIME_RESERVE_PERCENT": 90}
    deliver("item", item_ids(1)[0])
    other = start_run("customers")

    work_queue()

    other.refresh_from_db()
    assert states() == [(Status.APPLIED, Result.CHANGED)]
    assert (other.status, other.calls_count) == (SyncRun.Status.PAUSED, 0)


def test_with_the_budget_empty_deliveries_wait_and_drain_later(
    settings, sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    (item,) = item_ids(1)
    usual = settings.ZOHO
    settings.ZOHO = usual | {"CALLS_PER_DAY": 1}  # spent by the warehouses
    delivery = deliver("item", item)
    sandbox.forget_calls()

    work_queue()

    assert_waits(delivery)
    assert api_calls() == []
    assert not hint_runs().exists()

    settings.ZOHO = usual
    tick(minutes=6)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count, str(delivery.reason)) == (Status.APPLIED, 1, "")


def test_a_budget_that_ends_in_the_middle_of_a_run_is_waited_for(
    settings, sandbox, deliver, work_queue, item_ids, tick, organization
):
    from zoho_sync.zoho.budget import today, used

    customers = [each for each in sandbox.records("contacts") if each["contact_type"] == "customer"][:4]
    for each in customers:
        deliver("contact", each["contact_id"])
    usual = settings.ZOHO
    settings.ZOHO = usual | {"CALLS_PER_DAY": used(organization, today(organization)) + 2}

    work_queue()

    run = hint_runs().get()
    assert run.status == SyncRun.Status.PAUSED
    assert {status for status, _ in states()} == {Status.PROCESSING}

    settings.ZOHO = usual
    tick(hours=25)
    work_queue()

    assert states() == [(Status.APPLIED, Result.CHANGED)] * 4
    assert set(WebhookDelivery.objects.values_list("attempts_count", flat=True)) == {1}


def test_while_the_token_is_refused_deliveries_wait_and_drain_later(
    sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    (item,) = item_ids(1)
    OAuthToken.objects.update(state=OAuthToken.State.REFUSED, state_message="Zoho refuses the refresh token.")
    delivery = deliver("item", item)
    sandbox.forget_calls()

    work_queue()

    assert_waits(delivery)
    assert str(delivery.reason) == "Zoho refuses the refresh token."
    assert api_calls() == []

    OAuthToken.objects.update(state=OAuthToken.State.WORKING, state_message="")
    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)


def test_a_token_that_is_revoked_under_a_run_costs_no_attempt(
    sandbox, deliver, work_queue, item_ids, tick, organization
):
    (item,) = item_ids(1)
    delivery = deliver("item", item)
    sandbox.tokens("revoke")
    sandbox.tokens("expire")

    work_queue()

    assert hint_runs().get().status == SyncRun.Status.FAILED
    assert_waits(delivery)

    sandbox.tokens("restore")
    OAuthToken.objects.update(state=OAuthToken.State.WORKING, state_message="")
    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)


def test_silence_that_zoho_asked_for_is_kept_and_costs_no_attempt(
    sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    from zoho_sync.models import RateBucket

    (first,) = item_ids(1)
    sandbox.order_fault("status", path="/itemdetails", status=429, code=44)
    deliver("item", first)
    work_queue()
    sandbox.forget_calls()
    later = deliver("contact", "51000000000999")

    work_queue()

    assert_waits(later)
    assert api_calls() == []

    RateBucket.objects.update(blocked_until=timezone.now() - timedelta(seconds=1))
    tick(minutes=6)
    work_queue()

    assert [status for status, _ in states()] == [Status.APPLIED] * 2
    assert set(WebhookDelivery.objects.values_list("attempts_count", flat=True)) == {1}


def test_an_outage_of_zoho_costs_no_attempt(settings, sandbox, deliver, work_queue, item_ids, tick):
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 1}
    (item,) = item_ids(1)
    sandbox.order_fault("status", path="/itemdetails", status=500, times=None)
    delivery = deliver("item", item)
    for _ in range(12):
        work_queue()
        tick(minutes=3)
    assert hint_runs(status=SyncRun.Status.FAILED).exists()
    delivery.refresh_from_db()
    assert delivery.attempts_count <= 1

    sandbox.clear_faults()
    for _ in range(8):
        tick(minutes=16)
        work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)
