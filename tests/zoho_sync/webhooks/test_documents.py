"""Invoices, bills, transfers and their like are kept, and move the stock of the items in their lines."""

from __future__ import annotations

import pytest

from inventory.models import Invoice, Product, StockLevel
from tests.document_factories import CustomerPaymentFactory, line_of
from zoho_sync.models import RecordError, SyncRun, WebhookDelivery
from zoho_sync.options import Trigger
from zoho_sync.phases.documents import items_of
from zoho_sync.processors import registry
from zoho_sync.subjects import SUBJECTS
from zoho_sync.webhooks import draining

pytestmark = [pytest.mark.usefixtures("mirrored"), pytest.mark.one_leg]
Status, Result = WebhookDelivery.Status, WebhookDelivery.Result
DOCUMENTS = {name: each.path for name, each in SUBJECTS.items() if each.is_document}


@pytest.fixture
def mirrored(run_sync) -> None:
    for entity in ("warehouses", "products", "stock"):
        run_sync(entity)


@pytest.fixture
def counted(sandbox) -> list[tuple[str, str]]:
    """(item, place) of items that Zoho counts."""
    rows = [each for each in sandbox.records("items") if each.get("locations")]
    return [(each["item_id"], each["locations"][0]["location_id"]) for each in rows]


@pytest.fixture
def move(sandbox, counted):
    """move(0, 1): the committed stock of the first and second item is 77 from now on."""

    def change(*numbers: int) -> None:
        for number in numbers:
            item, place = counted[number]
            sandbox.set_stock(item, place, committed=77)

    return change


@pytest.fixture
def add_document(sandbox, counted):
    """add_document("invoice", 0, 1) -> the id of one with lines of the first and the second item."""

    def add(subject: str, *numbers: int) -> str:
        return sandbox.add(DOCUMENTS[subject], line_items=lines(counted, *numbers))

    return add


def lines(counted, *numbers: int) -> list[dict]:
    return [{"item_id": counted[n][0], "quantity": 2, "location_id": counted[n][1]} for n in numbers]


def moved() -> set[str]:
    """Items whose movement has arrived here."""
    found = StockLevel.objects.filter(committed=77)
    return set(found.values_list("product__external_id", flat=True))


def outcome(delivery: WebhookDelivery) -> tuple[str, str]:
    delivery.refresh_from_db()
    return delivery.status, delivery.result


def paths(calls: list[dict]) -> list[str]:
    return [call["path"] for call in calls]


@pytest.mark.parametrize("subject", DOCUMENTS)
def test_a_document_is_kept_and_its_items_are_refreshed_by_two_calls(
    subject, sandbox, deliver, work_queue, counted, move, add_document, api_calls
):
    document = add_document(subject, 0)
    move(0, 1, 2)
    delivery = deliver(subject, document, item_ids=[counted[0][0], counted[1][0]])
    sandbox.forget_calls()

    work_queue()

    assert moved() == {counted[0][0], counted[1][0]}
    assert paths(api_calls()) == [f"/{DOCUMENTS[subject]}/{document}", "/itemdetails"]
    assert outcome(delivery) == (Status.APPLIED, Result.CHANGED)
    kept = registry.get(SUBJECTS[subject].mirror).model.objects.get(external_id=document)
    assert [line.product_external_id for line in kept.lines.all()] == [counted[0][0]]


def test_what_waited_for_the_document_is_linked(sandbox, organization, deliver, work_queue, add_document):
    document = add_document("invoice", 0)
    payment = CustomerPaymentFactory(organization=organization)
    waiting = line_of(payment, invoice_external_id=document)
    deliver("invoice", document)

    work_queue()

    waiting.refresh_from_db()
    assert waiting.invoice == Invoice.objects.get()


@pytest.mark.parametrize("subject", ["invoice", "vendor_credit"])
def test_items_that_a_body_names_do_not_wait_for_a_missing_scope(
    subject, sandbox, deliver, work_queue, counted, move
):
    move(0)
    sandbox.order_fault("status", path=f"/{DOCUMENTS[subject]}/*", status=401, code=57, times=None)
    named = deliver(subject, "51000000000777", item_ids=[counted[0][0]])
    nameless = deliver(subject, "51000000000778")

    work_queue()

    assert moved() == {counted[0][0]}
    assert outcome(named) == (Status.APPLIED, Result.CHANGED)
    assert "scope" in str(named.reason)
    assert outcome(nameless)[0] == Status.FAILED


@pytest.mark.parametrize("subject", DOCUMENTS)
def test_a_body_without_lines_has_the_document_read(
    subject, sandbox, deliver, work_queue, counted, move, add_document, api_calls
):
    document = add_document(subject, 0, 1)
    move(0, 1, 2)
    delivery = deliver(subject, document)
    sandbox.forget_calls()

    work_queue()

    assert moved() == {counted[0][0], counted[1][0]}
    assert paths(api_calls()) == [f"/{DOCUMENTS[subject]}/{document}", "/itemdetails"]
    assert outcome(delivery) == (Status.APPLIED, Result.CHANGED)
    assert sorted(delivery.item_ids) == sorted([counted[0][0], counted[1][0]])


def test_a_sold_kit_refreshes_its_parts(sandbox, deliver, work_queue, counted, move):
    kit, part = (counted[n][0] for n in range(2))
    line = {"item_id": kit, "quantity": 1, "mapped_items": [{"item_id": part, "quantity": 2}]}
    document = sandbox.add("invoices", line_items=[line])
    move(0, 1, 2)
    deliver("invoice", document)

    work_queue()

    assert moved() == {kit, part}


@pytest.mark.parametrize("lines", [5, "text", {"a": 1}, ["x", None, {"mapped_items": 7}]])
def test_lines_of_an_unknown_shape_name_nothing(lines):
    assert items_of(SUBJECTS["invoice"], {"line_items": lines}) == []


def test_documents_and_items_share_their_calls(
    sandbox, deliver, work_queue, counted, move, add_document, api_calls
):
    move(0, 1, 2, 3)
    deliver("item", counted[0][0])
    deliver("invoice", "51000000000777", item_ids=[counted[0][0], counted[1][0]])
    deliver("bill", add_document("bill", 1, 2))
    deliver("package", add_document("package", 3))
    sandbox.forget_calls()

    work_queue()

    assert moved() == {item for item, _place in counted[:4]}
    assert paths(api_calls()).count("/itemdetails") == 1
    assert len(api_calls()) == 4
    assert SyncRun.objects.filter(trigger=Trigger.WEBHOOK).count() == 1


def test_a_line_that_was_taken_out_refreshes_its_item_too(
    sandbox, deliver, work_queue, counted, move, add_document
):
    document = add_document("invoice", 0, 1)
    deliver("invoice", document)
    work_queue()
    sandbox.change("invoices", document, line_items=lines(counted, 0))
    move(1)

    deliver("invoice", document, item_ids=[counted[0][0]])
    work_queue()

    assert moved() == {counted[1][0]}


def test_a_deleted_document_refreshes_what_its_earlier_deliveries_named(
    sandbox, deliver, work_queue, counted, move, add_document
):
    document = add_document("salesorder", 0, 1)
    deliver("salesorder", document)
    work_queue()
    sandbox.delete("salesorders", document)
    move(0, 1)

    last = deliver("salesorder", document)
    work_queue()

    assert moved() == {counted[0][0], counted[1][0]}
    assert outcome(last) == (Status.APPLIED, Result.REMOVED)


def test_a_deleted_document_that_nobody_knows_is_no_failure(deliver, work_queue):
    delivery = deliver("invoice", "51000000000777")

    work_queue()

    assert outcome(delivery) == (Status.APPLIED, Result.REMOVED)
    assert not Product.objects.exclude(removed_at=None).exists()
    assert not RecordError.objects.exists()


def test_a_document_whose_lines_name_no_item_is_kept(sandbox, deliver, work_queue):
    document = sandbox.add("invoices", line_items=[{"name": "Delivery to Basra", "quantity": 1}])
    delivery = deliver("invoice", document)

    work_queue()

    assert outcome(delivery) == (Status.APPLIED, Result.CHANGED)
    assert Invoice.objects.get().lines.get().name == "Delivery to Basra"


def test_a_document_with_a_new_item_brings_the_item(sandbox, deliver, work_queue, counted):
    item = sandbox.add("items", name="New in stock", stock={counted[0][1]: 5})
    document = sandbox.add(
        "bills", line_items=[{"item_id": item, "quantity": 5, "location_id": counted[0][1]}]
    )
    deliver("bill", document)

    work_queue()

    assert Product.objects.get(external_id=item).name == "New in stock"


@pytest.mark.parametrize("code", [(401, 57), (404, 5), (400, 2)])
def test_documents_that_may_not_be_read_fail_alone(
    code, sandbox, deliver, work_queue, counted, move, add_document
):
    """A scope that is missing must not keep the hints about items waiting."""
    move(0)
    refused = deliver("invoice", add_document("invoice", 1))
    item = deliver("item", counted[0][0])
    sandbox.order_fault("status", path="/invoices/*", status=code[0], code=code[1], times=None)

    work_queue()

    assert outcome(item) == (Status.APPLIED, Result.CHANGED)
    assert outcome(refused) == (Status.FAILED, "")
    assert refused.reason
    assert not RecordError.objects.exists()


def test_a_run_that_stops_after_its_documents_still_reads_their_items(
    sandbox, deliver, work_queue, counted, move, add_document, organization, tick
):
    move(0)
    delivery = deliver("invoice", add_document("invoice", 0))
    sandbox.order_fault("status", path="/itemdetails", status=429, code=1070, times=12)
    work_queue()
    (run,) = SyncRun.objects.filter(trigger=Trigger.WEBHOOK)
    assert list(run.cursor["named"].values()) == [{"items": [counted[0][0]]}]
    sandbox.clear_faults()
    sandbox.forget_calls()

    tick(minutes=10)
    work_queue()

    assert moved() == {counted[0][0]}
    assert outcome(delivery)[0] == Status.APPLIED
    assert f"/invoices/{delivery.record_id}" not in paths(sandbox.calls())


def test_no_more_documents_are_read_by_one_run_than_its_share(deliver, organization):
    for number in range(51):
        deliver("invoice", str(number + 1))

    (run,) = draining.drain(organization.pk)

    assert len(run.options["documents"]) == 50
