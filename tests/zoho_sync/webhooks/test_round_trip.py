"""From a signed POST at the door to the mirrored record, through the queue."""

from __future__ import annotations

import hashlib
import hmac
import json

import pytest

from inventory.models import Customer, CustomerPayment, Invoice, Product, SourceUser, StockLevel, Vendor
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks.keys import make_secret

Status, Result = WebhookDelivery.Status, WebhookDelivery.Result


@pytest.fixture
def post(client, organization):
    """post("products", {"item": {…}}) -> the answer to a delivery that Zoho has signed."""
    _row, secret = make_secret(organization, "all modules")

    def send(door: str, body: dict) -> dict:
        raw = json.dumps(body).encode()
        signature = hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
        answer = client.post(
            f"/api/zoho/webhooks/{door}", raw, content_type="application/json",
            headers={"X-Zoho-Webhook-Signature": signature},
        )  # fmt: skip
        assert answer.status_code == 202, answer.content
        return answer.json()

    return send


def test_an_item_a_contact_and_a_document_arrive(sandbox, post, work_queue, run_sync):
    for entity in ("warehouses", "products", "stock"):
        run_sync(entity)
    counted = next(each for each in sandbox.records("items") if each.get("locations"))
    place = counted["locations"][0]["location_id"]
    sandbox.set_stock(counted["item_id"], place, committed=77)
    renamed = next(
        each["item_id"] for each in sandbox.records("items") if each["item_id"] != counted["item_id"]
    )
    sandbox.change("items", renamed, name="Renamed in Zoho")
    customer = next(each for each in sandbox.records("contacts") if each["contact_type"] == "customer")

    post("products", {"item": {"item_id": renamed, "name": "what the body says is only a hint"}})
    post("customers", {"contact": {"contact_id": customer["contact_id"], "contact_type": "customer"}})
    lines = [{"item_id": counted["item_id"]}]
    invoice = sandbox.add("invoices", line_items=lines)
    post("invoices", {"invoice": {"invoice_id": invoice, "line_items": lines}})
    work_queue()

    assert Product.objects.get(external_id=renamed).name == "Renamed in Zoho"
    assert Customer.objects.get().external_id == customer["contact_id"]
    assert StockLevel.objects.filter(product__external_id=counted["item_id"], committed=77).exists()
    found = WebhookDelivery.objects.order_by("pk").values_list("status", "result", "attempts_count")
    assert list(found) == [(Status.APPLIED, Result.CHANGED, 1)] * 3
    assert Invoice.objects.get().lines.get().product.external_id == counted["item_id"]


def test_back_and_forth_within_ten_minutes_is_a_duplicate_and_read_all_the_same(
    sandbox, post, work_queue, item_ids, warehouses
):
    (item,) = item_ids(1)
    answers = []
    for name in ("A", "B", "A"):
        sandbox.change("items", item, name=name)
        answers.append(post("products", {"item": {"item_id": item, "name": name}}))
        work_queue()
        assert Product.objects.get().name == name

    assert [each["status"] for each in answers] == ["received", "received", "duplicate"]
    assert all(each["queued"] for each in answers)


@pytest.mark.parametrize(
    ("door", "kind", "key", "model"),
    [
        ("payments", "customerpayments", "payment_id", CustomerPayment),
        ("vendors", "contacts", "contact_id", Vendor),
        ("users", "users", "user_id", SourceUser),
    ],
)
def test_payments_vendors_and_users_arrive(door, kind, key, model, sandbox, post, work_queue):
    if kind == "customerpayments":
        sandbox.add("customerpayments", amount=5)
    records = [each for each in sandbox.records(kind) if each.get("contact_type") in (None, "vendor")]

    answer = post(door, {key: records[0][key]})
    work_queue()

    assert (answer["status"], answer["queued"]) == ("received", True)
    kept = WebhookDelivery.objects.get()
    assert (kept.status, kept.result) == (Status.APPLIED, Result.CHANGED), kept.reason
    assert model.objects.get().external_id == records[0][key]
