"""From hints to the mirror: one refetch for many, by the right entity, and nothing that is not mirrored."""

from __future__ import annotations

import pytest

from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel
from zoho_sync.models import CallSlot, WebhookDelivery

from .seen import Result, Status, hint_runs, states

pytestmark = pytest.mark.usefixtures("warehouses")


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


@pytest.mark.parametrize("subject", ["customerpayment", "vendor", "user", "invoice"])
def test_a_record_that_nobody_knows_is_no_failure(subject, sandbox, deliver, work_queue, api_calls):
    deliver(subject, "51000000000999")
    sandbox.forget_calls()

    work_queue()

    kept = WebhookDelivery.objects.get()
    assert (kept.status, kept.result) in [
        (Status.APPLIED, Result.UNKNOWN), (Status.APPLIED, Result.REMOVED),
    ]  # fmt: skip
    assert len(api_calls()) == 1


def test_what_is_not_mirrored_is_ignored_with_a_reason_and_costs_no_call(
    sandbox, deliver, work_queue, api_calls
):
    deliver("spaceship", "51000000000999")
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
