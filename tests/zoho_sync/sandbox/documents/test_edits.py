"""What staff do with documents, and what follows: amounts, statuses, balances, times, webhooks."""

from __future__ import annotations

from decimal import Decimal

import pytest

from zoho_sync.sandbox import SandboxError

from ..conftest import Client
from ..sender.conftest import receiver  # noqa: F401  a fixture


@pytest.fixture
def control(sandbox):
    sandbox.control.settings(webhook_spacing_seconds=0.05)
    return sandbox.control


@pytest.fixture
def zoho(sandbox):
    return Client(sandbox)


@pytest.fixture
def unpaid(control) -> dict:
    """An invoice of which nothing has been paid, that has more than one line."""
    return next(
        one
        for one in control.records("invoices")
        if one["status"] in ("sent", "overdue") and len(one["line_items"]) > 1
    )


def owed_by(control, customer) -> Decimal:
    return control.record("contacts", customer)["outstanding_receivable_amount"]


def test_a_paid_invoice_is_paid_everywhere(control, zoho, unpaid):
    invoice, customer = unpaid["invoice_id"], unpaid["customer_id"]
    zoho.get("/invoices", per_page=200), zoho.get(f"/contacts/{customer}")  # both have been written once
    before = owed_by(control, customer)

    payment = control.pay_invoice(invoice, payment_mode="cash")

    told = zoho.get(f"/invoices/{invoice}")["invoice"]
    assert (told["status"], told["balance"], told["payment_made"]) == ("paid", 0, unpaid["total"])
    assert told["last_modified_time"] > unpaid["last_modified_time"]
    (row,) = zoho.get(f"/customerpayments/{payment}")["payment"]["invoices"]
    assert (row["invoice_id"], row["amount_applied"], row["balance_amount"]) == (invoice, unpaid["total"], 0)
    assert owed_by(control, customer) == before - unpaid["total"]
    found = zoho.get("/invoices", invoice_number=unpaid["invoice_number"])["invoices"]
    assert [row["status"] for row in found] == ["paid"]


def test_a_part_leaves_a_rest_and_too_much_lies_unused(control, unpaid):
    invoice = unpaid["invoice_id"]

    control.pay_invoice(invoice, 1)
    half = control.record("invoices", invoice)
    rest = control.pay_invoice(invoice, half["balance"] + 7)

    assert (half["status"], half["balance"]) == ("partially_paid", unpaid["total"] - 1)
    assert control.record("invoices", invoice)["status"] == "paid"
    assert control.record("customerpayments", rest)["unused_amount"] == 7


def test_a_payment_may_be_for_several_invoices_of_its_customer(control):
    owed: dict[str, list] = {}
    for one in control.records("invoices"):
        if one["status"] in ("sent", "overdue"):
            owed.setdefault(one["customer_id"], []).append(one)
    customer, pair = next((who, some[:2]) for who, some in owed.items() if len(some) > 1)
    rows = [{"invoice_id": one["invoice_id"], "amount_applied": one["balance"]} for one in pair]

    payment = control.add(
        "customerpayments", customer_id=customer, amount=sum(one["balance"] for one in pair), invoices=rows
    )

    told = control.record("customerpayments", payment)
    assert told["unused_amount"] == 0
    assert told["invoice_number"] == ", ".join(one["invoice_number"] for one in pair)
    assert {control.record("invoices", one["invoice_id"])["status"] for one in pair} == {"paid"}


def test_a_deleted_payment_is_owed_again(control, unpaid):
    before = owed_by(control, unpaid["customer_id"])
    payment = control.pay_invoice(unpaid["invoice_id"])

    control.delete("customerpayments", payment)

    told = control.record("invoices", unpaid["invoice_id"])
    assert told["balance"] == unpaid["total"]
    assert told["status"] in ("sent", "overdue")
    assert owed_by(control, unpaid["customer_id"]) == before


def test_the_payment_of_a_deleted_invoice_lies_unused(control, unpaid):
    payment = control.pay_invoice(unpaid["invoice_id"])

    control.delete("invoices", unpaid["invoice_id"])

    told = control.record("customerpayments", payment)
    assert (told["invoices"], told["unused_amount"]) == ([], unpaid["total"])


def test_a_credit_is_used_as_far_as_both_reach(control, unpaid):
    note = control.add(
        "creditnotes",
        customer_id=unpaid["customer_id"],
        line_items=[{"name": "Taken back", "quantity": 1, "rate": unpaid["total"] + 5}],
    )

    assert control.apply_credit(note, unpaid["invoice_id"]) == unpaid["total"]

    invoice, credit = control.record("invoices", unpaid["invoice_id"]), control.record("creditnotes", note)
    assert (invoice["status"], invoice["credits_applied"]) == ("paid", unpaid["total"])
    assert (credit["status"], credit["balance"]) == ("open", 5)
    assert credit["invoices"][0]["invoice_number"] == unpaid["invoice_number"]


def test_a_changed_line_changes_what_is_owed(control, unpaid):
    line = unpaid["line_items"][0]
    before = owed_by(control, unpaid["customer_id"])

    control.change_line("invoices", unpaid["invoice_id"], line["line_item_id"], quantity=line["quantity"] + 1)
    more = control.record("invoices", unpaid["invoice_id"])
    control.change_line("invoices", unpaid["invoice_id"], line["line_item_id"], remove=True)
    less = control.record("invoices", unpaid["invoice_id"])

    assert more["sub_total"] > unpaid["sub_total"] > less["sub_total"]
    assert [one["line_item_id"] for one in more["line_items"]] == [
        one["line_item_id"] for one in unpaid["line_items"]
    ]
    assert len(less["line_items"]) == len(unpaid["line_items"]) - 1
    assert owed_by(control, unpaid["customer_id"]) == before - unpaid["balance"] + less["balance"]


def test_an_order_tells_of_its_invoice_as_it_is_now(control, zoho):
    order = next(one for one in control.records("salesorders") if one["invoices"][:1])
    invoice = order["invoices"][0]["invoice_id"]
    zoho.get(f"/salesorders/{order['salesorder_id']}")

    control.change("invoices", invoice, due_date="2031-01-01")

    told = zoho.get(f"/salesorders/{order['salesorder_id']}")["salesorder"]
    assert told["invoices"][0]["due_date"] == "2031-01-01"


def test_a_void_invoice_is_owed_no_more_and_gives_its_stock_back(control, unpaid):
    place = control.ids("locations")[0]
    item = next(one for one in control.records("items") if one.get("locations"))["item_id"]
    stock = control.record("items", item)["stock_on_hand"]
    line = {"item_id": item, "quantity": 3, "location_id": place}
    invoice = control.add("invoices", customer_id=unpaid["customer_id"], line_items=[line], moves_stock=True)
    assert control.record("items", item)["stock_on_hand"] == stock - 3
    before = owed_by(control, unpaid["customer_id"])

    control.void("invoices", invoice)

    told = control.record("invoices", invoice)
    assert (told["status"], told["balance"]) == ("void", 0)
    assert control.record("items", item)["stock_on_hand"] == stock
    assert owed_by(control, unpaid["customer_id"]) == before - told["total"]


def test_what_makes_no_sense_is_refused_and_changes_nothing(control, unpaid):
    invoice = unpaid["invoice_id"]
    draft = next(one["invoice_id"] for one in control.records("invoices") if one["status"] == "draft")
    other = next(
        one["customer_id"]
        for one in control.records("invoices")
        if one["customer_id"] != unpaid["customer_id"]
    )
    too_much = [{"invoice_id": invoice, "amount_applied": unpaid["balance"] + 1}]
    its = [{"invoice_id": invoice, "amount_applied": 1}]
    payments = control.ids("customerpayments")

    for order in (
        lambda: control.pay_invoice(invoice, 0),
        lambda: control.pay_invoice(invoice, "dear"),
        lambda: control.pay_invoice(draft),
        lambda: control.add(
            "customerpayments", customer_id=unpaid["customer_id"], amount=10**9, invoices=too_much
        ),
        lambda: control.add("customerpayments", customer_id=other, amount=5, invoices=its),
        lambda: control.add("customerpayments", customer_id=unpaid["customer_id"], amount=0, invoices=its),
        lambda: control.void("packages", control.ids("packages")[0]),
        lambda: control.change_line("invoices", invoice, "1", quantity=2),
        lambda: control.change("customerpayments", payments[0], invoices=[]),
    ):
        with pytest.raises(SandboxError):
            order()

    assert control.record("invoices", invoice) == unpaid
    assert control.ids("customerpayments") == payments


def test_an_invoice_with_payments_cannot_be_made_void(control, unpaid):
    control.pay_invoice(unpaid["invoice_id"], 1)

    with pytest.raises(SandboxError, match="payments or credits"):
        control.void("invoices", unpaid["invoice_id"])


def test_a_payment_is_told_of_and_so_is_its_invoice(control, unpaid, receiver):  # noqa: F811
    control.set_webhook("customerpayments", receiver.url, events=["created"])
    control.set_webhook("invoices", receiver.url, events=["edited"])

    payment = control.pay_invoice(unpaid["invoice_id"])

    bodies = [post.json for post in receiver.wait_for(2)]
    (paid,) = [body["customerpayment"] for body in bodies if "customerpayment" in body]
    (invoice,) = [body["invoice"] for body in bodies if "invoice" in body]
    assert paid["payment_id"] == payment
    assert (invoice["invoice_id"], invoice["status"]) == (unpaid["invoice_id"], "paid")


def test_vendors_and_users_have_webhooks_of_their_own(control, receiver):  # noqa: F811
    contacts = control.records("contacts")
    vendor = next(one["contact_id"] for one in contacts if one["contact_type"] == "vendor")
    customer = next(one["contact_id"] for one in contacts if one["contact_type"] == "customer")
    for module in ("vendors", "users"):
        control.set_webhook(module, receiver.url)

    control.change("contacts", customer, mobile="1")
    control.change("contacts", vendor, mobile="2")
    control.change("users", control.ids("users")[1], status="inactive")

    bodies = [post.json for post in receiver.wait_for(2)]
    assert sorted(key for body in bodies for key in body) == ["user", "vendor"]
    assert next(body["vendor"] for body in bodies if "vendor" in body)["contact_id"] == vendor
    assert len(control.sent()) == 2


def test_a_busy_day_keeps_every_figure_in_agreement(control):
    done = control.random_changes(250, seed=1, documents=True)

    assert {"payment", "credit", "void", "line", "new invoice", "deleted document"} <= {
        each["what"] for each in done
    }
    invoices = {one["invoice_id"]: one for one in control.records("invoices")}
    paid = dict.fromkeys(invoices, Decimal(0))
    for payment in control.records("customerpayments"):
        assert payment["unused_amount"] >= 0
        for row in payment["invoices"]:
            paid[row["invoice_id"]] += row["amount_applied"]
    owed: dict[str, Decimal] = {}
    for known, invoice in invoices.items():
        assert invoice["payment_made"] == paid[known]
        if invoice["status"] not in ("draft", "void"):
            who = invoice["customer_id"]
            owed[who] = owed.get(who, Decimal(0)) + invoice["balance"]
    for contact in control.records("contacts"):
        if contact["contact_type"] == "customer":
            assert contact["outstanding_receivable_amount"] == owed.get(contact["contact_id"], 0)


def test_a_busy_day_is_the_same_for_the_same_seed(sandbox, control):
    from zoho_sync.sandbox import Sandbox

    from .conftest import SIZE, TODAY

    with Sandbox(size=SIZE, seed=7, today=TODAY) as other:
        assert control.random_changes(60, 5, documents=True) == other.control.random_changes(
            60, 5, documents=True
        )


def test_without_a_history_balances_are_left_alone(control):
    from zoho_sync.sandbox import Sandbox, Size

    with Sandbox(size=Size(items=3, customers=2, vendors=0, locations=1, documents=0)) as plain:
        customer = plain.control.ids("contacts")[0]
        before = owed_by(plain.control, customer)

        plain.control.add("invoices", customer_id=customer, line_items=[{"name": "x", "rate": 5}])

        assert owed_by(plain.control, customer) == before


def test_what_only_the_detail_of_a_document_tells_can_be_changed_too(control, zoho):
    invoice = control.ids("invoices")[0]

    control.change("invoices", invoice, terms="خلال 30 يومًا", notes="")

    told = zoho.get(f"/invoices/{invoice}")["invoice"]
    assert (told["terms"], told["notes"]) == ("خلال 30 يومًا", "")
