"""The generated half year: everything adds up, and one seed on one day gives one history."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date
from decimal import Decimal

import pytest

from zoho_sync.sandbox import Sandbox, Size
from zoho_sync.sandbox.world import World

from .conftest import SIZE, TODAY
from .test_lists import DOCUMENTS


def told(kept, kind):
    return kept.control.records(kind)


@pytest.mark.parametrize(
    "kind", ["invoices", "salesorders", "creditnotes", "bills", "purchaseorders", "vendorcredits"]
)
def test_a_total_is_the_lines_less_discount_plus_tax_and_the_rest(kind, kept):
    for document in told(kept, kind):
        lines = document["line_items"]
        assert document["sub_total"] == sum(line["item_total"] for line in lines)
        extra = (document.get("shipping_charge") or 0) + (document.get("adjustment") or 0)
        expected = document["sub_total"] - document["discount_total"] + document["tax_total"] + extra
        assert document["total"] == expected
        in_base = (document["total"] * document["exchange_rate"]).quantize(Decimal("0.01"))
        assert abs(document["bcy_total"] - in_base) <= Decimal("0.01")


def test_what_is_still_owed_is_the_total_less_payments_and_credits(kept):
    paid, credited = Counter(), Counter()
    for payment in told(kept, "customerpayments"):
        for row in payment["invoices"]:
            paid[row["invoice_id"]] += row["amount_applied"]
    for note in told(kept, "creditnotes"):
        for row in note["invoices"]:
            credited[row["invoice_id"]] += row["amount"]

    for invoice in told(kept, "invoices"):
        known = invoice["invoice_id"]
        assert (invoice["payment_made"], invoice["credits_applied"]) == (paid[known], credited[known])
        if invoice["status"] != "void":
            assert invoice["balance"] == invoice["total"] - paid[known] - credited[known]


def test_the_status_of_an_invoice_fits_what_is_owed_and_when(kept):
    seen = set()
    for invoice in told(kept, "invoices"):
        status, balance = invoice["status"], invoice["balance"]
        seen.add(status)
        assert (status in ("paid", "void")) == (balance == 0)
        if status == "partially_paid":
            assert 0 < balance < invoice["total"]
        if status in ("sent", "viewed", "overdue"):
            assert balance == invoice["total"]
            assert (status == "overdue") == (invoice["due_date"] < TODAY.isoformat())
    assert seen >= {"draft", "sent", "overdue", "partially_paid", "paid", "void"}


def test_a_payment_is_used_and_unused_in_its_own_currency(kept):
    invoices = {one["invoice_id"]: one for one in told(kept, "invoices")}
    several = 0
    for payment in told(kept, "customerpayments"):
        used = sum(row["amount_applied"] for row in payment["invoices"])
        assert payment["amount"] == used + payment["unused_amount"]
        assert payment["unused_amount"] >= 0
        several += len(payment["invoices"]) > 1
        for row in payment["invoices"]:
            invoice = invoices[row["invoice_id"]]
            assert invoice["customer_id"] == payment["customer_id"]
            assert invoice["currency_code"] == payment["currency_code"]
            assert row["balance_amount"] == invoice["balance"]
    assert several


def test_every_contact_owes_what_its_documents_say(kept):
    owed, unused = defaultdict(Decimal), defaultdict(Decimal)
    open_ones = lambda kind: [one for one in told(kept, kind) if one["status"] not in ("draft", "void")]  # noqa: E731
    for kind, party in (("invoices", "customer_id"), ("bills", "vendor_id")):
        for one in open_ones(kind):
            owed[one[party]] += one["balance"]
    for kind, party in (("creditnotes", "customer_id"), ("vendorcredits", "vendor_id")):
        for one in open_ones(kind):
            unused[one[party]] += one["balance"]
    for one in told(kept, "customerpayments"):
        unused[one["customer_id"]] += one["unused_amount"]

    for contact in told(kept, "contacts"):
        side = "receivable" if contact["contact_type"] == "customer" else "payable"
        known = contact["contact_id"]
        assert contact[f"outstanding_{side}_amount"] == owed[known]
        assert contact[f"unused_credits_{side}_amount"] == unused[known]


def test_a_document_is_in_the_currency_of_its_contact_at_a_rate(kept):
    currency = {one["contact_id"]: one["currency_code"] for one in told(kept, "contacts")}
    seen = set()
    for invoice in told(kept, "invoices"):
        assert invoice["currency_code"] == currency[invoice["customer_id"]]
        assert (invoice["exchange_rate"] == 1) == (invoice["currency_code"] == "IQD")
        seen.add(invoice["currency_code"])
    assert seen == {"IQD", "USD"}


def test_lines_have_the_traps_of_real_ones(kept):
    known = set(kept.control.ids("items"))
    lines = [line for invoice in told(kept, "invoices") for line in invoice["line_items"]]

    assert any(line["item_id"] == "" and line["name"] for line in lines)
    assert any(line["item_id"] and line["item_id"] not in known for line in lines)  # deleted since
    assert any(line.get("mapped_items") for line in lines)
    assert len({line["location_id"] for line in lines}) == SIZE.locations
    assert len({line["line_item_id"] for line in lines}) == len(lines)


def test_dates_are_of_the_last_half_year_and_none_is_to_come(kept):
    for kind in DOCUMENTS:
        days = [date.fromisoformat(one["date"]) for one in told(kept, kind)]
        assert days
        assert min((TODAY - day).days for day in days) >= 1
        assert max((TODAY - day).days for day in days) <= 180
    invoices = [one["date"] for one in told(kept, "invoices")]
    assert len({day[:7] for day in invoices}) >= 6


def test_a_document_is_dated_in_the_zone_of_the_organisation(kept):
    for invoice in told(kept, "invoices"):
        assert invoice["created_time"][:10] == invoice["date"]
        assert invoice["created_time"].endswith("+0300")
        assert invoice["last_modified_time"] >= invoice["created_time"]


def test_salespersons_have_an_id_and_a_name_and_some_are_users(kept):
    sellers = {
        (one["salesperson_id"], one["salesperson_name"])
        for one in told(kept, "invoices")
        if one.get("salesperson_id")
    }
    users = {one["user_id"]: one["name"] for one in told(kept, "users")}

    assert any(users.get(seller) == name for seller, name in sellers)
    assert any(name not in users.values() for _seller, name in sellers)


def test_an_order_tells_of_its_packages_and_invoices(kept):
    packages = {one["package_id"]: one for one in told(kept, "packages")}
    shipped = 0
    for order in told(kept, "salesorders"):
        for told_of in order["packages"]:
            package = packages[told_of["package_id"]]
            assert package["salesorder_id"] == order["salesorder_id"]
            assert told_of["tracking_number"] == package["shipment_order"].get("tracking_number", "")
            shipped += 1
        for told_of in order["invoices"]:
            assert told_of["total"] == order["total"]
    assert shipped == len(packages)


def test_nothing_generated_moves_stock(kept):
    plain = SIZE.__class__(**{**vars_of(SIZE), "documents": 0})
    without = World(plain, 7, TODAY)
    figures = lambda item: {place: stock.on_hand for place, stock in (item.stock or {}).items()}  # noqa: E731

    for item in kept.world.table("items"):
        assert figures(item) == figures(without.table("items").records[item.id])


def vars_of(size: Size) -> dict[str, int]:
    return {name: getattr(size, name) for name in Size.__dataclass_fields__}


def test_documents_come_after_everything_else_and_change_no_id():
    plain = World(Size(**{**vars_of(SIZE), "documents": 0}), 7, TODAY)
    full = World(SIZE, 7, TODAY)

    for kind in ("items", "contacts", "pricebooks", "locations", "users", "currencies", "categories"):
        assert list(plain.table(kind).records) == list(full.table(kind).records)
    assert plain.new_id() < min(full.table("invoices").records)
    assert not any(len(plain.table(kind)) for kind in DOCUMENTS)


def forms(size: Size, seed: int, today: date) -> dict[str, list]:
    with Sandbox(size=size, seed=seed, today=today) as sandbox:
        return {kind: sandbox.control.records(kind) for kind in (*DOCUMENTS, "contacts", "itemgroups")}


def test_one_seed_on_one_day_is_one_history_and_another_is_another():
    size = Size(items=30, customers=6, vendors=2, locations=2, price_lists=1, documents=40)

    first = forms(size, 3, TODAY)

    assert forms(size, 3, TODAY) == first
    assert forms(size, 4, TODAY) != first


@pytest.mark.parametrize(
    "size",
    [
        Size(items=0, customers=0, vendors=0, locations=1, price_lists=0, price_list_items=0, documents=5),
        Size(items=0, customers=3, vendors=1, locations=1, price_lists=0, price_list_items=0, documents=20),
        Size(items=4, customers=1, vendors=0, locations=1, price_lists=0, price_list_items=0, documents=1),
    ],
)
def test_a_company_without_much_has_documents_as_far_as_it_can(size):
    found = forms(size, 7, TODAY)

    assert len(found["invoices"]) == (size.documents if size.customers else 0)
    assert bool(found["bills"]) <= bool(size.vendors)
