"""Lists of documents: by what staff ask, in which state, and their totals in each currency."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.models import Bill, Invoice, SalesOrder
from tests.document_factories import InvoiceFactory, SalesOrderFactory, VendorFactory
from tests.factories import NOON, WarehouseFactory

from .reading import plain

pytestmark = pytest.mark.django_db


def test_the_newest_documents_come_first(rows, today):
    for number, days in (("A", 2), ("B", 0), ("C", 1)):
        InvoiceFactory(number=number, date=today - timedelta(days=days))
    assert rows("invoice/") == ["B", "C", "A"]


def test_invoices_by_what_staff_ask(rows, today):
    place = WarehouseFactory(name="Main")
    day = timedelta(days=1)
    late, soon, nowhere = {"due_date": today - day}, {"due_date": today + day}, {"warehouse": None}
    InvoiceFactory(number="LATE", status="sent", salesperson_name="Huda", warehouse=place, **late)
    InvoiceFactory(number="SOON", status="sent", currency_code="USD", **soon, **nowhere)
    InvoiceFactory(number="PAID", status="paid", balance=0, detail_at=None, **late, **nowhere)
    InvoiceFactory(number="VOID", status="void", **late, **nowhere)
    InvoiceFactory(number="DRAFT", status="draft", detail_is_due=True, **late)
    InvoiceFactory(number="GONE", status="sent", removed_at=NOON, **late)
    customer = Invoice.objects.get(number="SOON").customer_id

    for query, wanted in (
        ("", {"LATE", "SOON", "PAID", "VOID", "DRAFT"}),
        ("state=open", {"LATE", "SOON"}),
        ("state=unpaid", {"LATE", "SOON"}),
        ("state=overdue", {"LATE"}),
        ("state=draft", {"DRAFT"}),
        ("state=void", {"VOID"}),
        ("state=settled", {"PAID"}),
        ("salesperson=Huda", {"LATE"}),
        (f"place={place.pk}", {"LATE"}),
        ("place=none", {"SOON", "PAID", "VOID"}),
        ("place=x", set()),
        ("currency=USD", {"SOON"}),
        (f"customer={customer}", {"SOON"}),
        ("customer=x", set()),
        ("lines=waiting", {"PAID"}),
        ("lines=changed", {"DRAFT"}),
        ("presence=removed", {"GONE"}),
    ):
        assert set(rows(f"invoice/?{query}")) == wanted, query


def test_documents_by_their_days(rows, today):
    before = today.replace(day=1) - timedelta(days=1)
    for number, day in (
        ("TODAY", today),
        ("WEEK", today - timedelta(days=6)),
        ("BEFORE", before),
        ("NONE", None),
    ):
        SalesOrderFactory(number=number, date=day)

    assert rows("salesorder/?within=today") == ["TODAY"]
    assert set(rows("salesorder/?within=week")) >= {"TODAY", "WEEK"}
    assert "TODAY" in rows("salesorder/?within=month") and "BEFORE" not in rows("salesorder/?within=month")
    assert "BEFORE" in rows("salesorder/?within=last_month")
    assert rows(f"salesorder/?date_from={today}&date_until={today}") == ["TODAY"]
    for nonsense in ("within=never", "date_from=yesterday", "date_until=2026-13-01"):
        assert rows(f"salesorder/?{nonsense}") == []


def test_a_document_is_found_by_number_reference_customer_and_id(rows):
    InvoiceFactory(number="INV-000118", reference="PO 55", customer_name="مُحَمَّد", external_id="4600001")
    InvoiceFactory(number="INV-000119", external_id="4600002")
    for typed in ("inv-000118", "118", "po 55", "محمد", "4600001"):
        assert rows(f"invoice/?q={typed}") == ["INV-000118"], typed


def test_bills_and_orders_offer_what_fits_them(staff):
    offered = {}
    for kind in ("bill", "salesorder", "creditnote", "package"):
        shown = staff.get(f"/admin/inventory/{kind}/").context["cl"].filter_specs
        states = next(each for each in shown if getattr(each, "parameter_name", "") == "state")
        offered[kind] = [value for value, _words in states.lookup_choices]
    assert offered["bill"] == ["open", "unpaid", "overdue", "draft", "void", "settled"]
    assert offered["salesorder"] == offered["package"] == ["open", "draft", "void", "settled"]
    assert "unused" in offered["creditnote"] and "overdue" not in offered["creditnote"]


def test_what_has_fallen_due_since_the_source_spoke_is_shown_as_overdue(staff, today):
    InvoiceFactory(status="sent", due_date=today - timedelta(days=3))
    shown = plain(staff.get("/admin/inventory/invoice/").content.decode())
    assert "overdue" in shown and "3 days overdue" in shown


def test_every_kind_knows_which_of_its_states_are_open():
    for model in (SalesOrder, Invoice, Bill):
        assert not set(model.OPEN) & set(model.VOID)


def test_documents_and_vendors_are_found_by_the_search_over_everything(staff):
    InvoiceFactory(number="INV-000118")
    VendorFactory(name="Shenzhen Cables")
    assert "INV-000118" in staff.get("/admin/search/results/?q=inv-000118").content.decode()
    assert "Shenzhen Cables" in staff.get("/admin/search/results/?q=shenzhen").content.decode()


# --- Totals -------------------------------------------------------------------------------------------


def tiles(answer) -> dict[str, str]:
    return {tile.name: plain(str(tile.value)) for tile in answer.context["totals"].tiles}


def test_totals_are_told_for_each_currency_by_itself(staff):
    InvoiceFactory(currency_code="USD", total=Decimal("10.50"), balance=Decimal(4))
    InvoiceFactory(currency_code="USD", total=Decimal(20), balance=Decimal(0))
    InvoiceFactory(currency_code="IQD", total=Decimal(25000), balance=Decimal(25000))
    InvoiceFactory(currency_code="IQD", total=Decimal(999), status="void")

    answer = staff.get("/admin/inventory/invoice/")

    assert tiles(answer) == {
        "total in USD": "30.50 USD",
        "still to be paid in USD": "4.00 USD",
        "total in IQD": "25,000 IQD",
        "still to be paid in IQD": "25,000 IQD",
    }
    assert "Left out: 1" in answer.context["totals_note"]
    assert "never added" in answer.context["totals_note"]


def test_totals_follow_the_filters(staff):
    InvoiceFactory(total=Decimal(25000), status="sent")
    InvoiceFactory(total=Decimal(999), balance=Decimal(999), status="draft")
    assert tiles(staff.get("/admin/inventory/invoice/?state=draft"))["total in IQD"] == "999 IQD"


def test_nothing_is_added_up_where_there_is_nothing(staff):
    assert staff.get("/admin/inventory/bill/").context["totals"] is None
    assert "totals" not in staff.get("/admin/inventory/package/").context
