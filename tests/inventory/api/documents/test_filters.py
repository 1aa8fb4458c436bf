"""What documents can be asked for, and what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import days
from inventory.api.documents.urls import DOCUMENTS
from tests.document_factories import (
    DAY,
    BillFactory,
    CreditNoteFactory,
    CustomerPaymentFactory,
    InvoiceFactory,
    PackageFactory,
    SalesOrderFactory,
    TransferOrderFactory,
    line_of,
)
from tests.factories import NOON, OrganizationFactory, ProductFactory, WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(get):
    """keys("invoices/?open=true") → ids on the page."""
    return lambda address: [row["id"] for row in get(address)["results"]]


def told(*rows) -> list[str]:
    return [str(row.pk) for row in rows]


def test_open_is_what_somebody_still_has_to_do_something_about(keys):
    sent, paid = InvoiceFactory(status="sent"), InvoiceFactory(status="paid")

    assert keys("invoices/?open=true") == told(sent)
    assert keys("invoices/?open=false") == told(paid)


def test_unpaid_has_a_balance_and_binds(keys):
    unpaid = InvoiceFactory(balance=1)
    others = [InvoiceFactory(balance=0), InvoiceFactory(balance=None), InvoiceFactory(status="draft")]
    InvoiceFactory(removed_at=NOON)

    assert keys("invoices/?unpaid=true") == told(unpaid)
    assert keys("invoices/?unpaid=false") == told(*others)


@pytest.mark.parametrize(("name", "factory"), [("invoices", InvoiceFactory), ("bills", BillFactory)])
def test_overdue_is_unpaid_since_a_day_that_is_over_where_the_organisation_is(keys, name, factory):
    today = days.today(OrganizationFactory(time_zone="Pacific/Kiritimati"))
    late = factory(due_date=today - timedelta(days=1))
    others = [
        factory(due_date=today),
        factory(due_date=None),
        factory(due_date=today - DAY.resolution, balance=0),
    ]

    assert keys(f"{name}/?overdue=true") == told(late)
    assert keys(f"{name}/?overdue=false") == told(*others)


def test_the_day_is_that_of_the_organisation():
    """At 09:00 UTC it is 23:00 of the same day in the west, and 23:00 in the east."""
    shown = {
        zone: days.today(OrganizationFactory.build(time_zone=zone), NOON.replace(hour=10))
        for zone in ("Asia/Baghdad", "Pacific/Kiritimati", "Pacific/Pago_Pago", "")
    }

    assert shown["Asia/Baghdad"] == shown[""] == DAY
    assert shown["Pacific/Kiritimati"] == DAY + timedelta(days=1)
    assert shown["Pacific/Pago_Pago"] == DAY - timedelta(days=1)


def test_what_is_left_of_credits_and_payments_can_be_asked_for(keys):
    credit, payment = CreditNoteFactory(balance=5), CustomerPaymentFactory(unused=5)
    CreditNoteFactory(balance=0)
    CustomerPaymentFactory(unused=0)

    assert keys("credit-notes/?unused=true") == told(credit)
    assert keys("customer-payments/?unused=true") == told(payment)


def test_days_count_with_both_ends(keys):
    rows = [InvoiceFactory(date=DAY + timedelta(days=offset)) for offset in range(4)]

    assert keys("invoices/?date_from=2026-11-21&date_to=2026-11-22") == told(*rows[1:3])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("date_from=21.11.2026", "date_from"),
        ("date_to=20261121", "date_to"),
        ("date_from=2026-02-30", "date_from"),
        ("open=yes", "open"),
        ("customer=404", "customer"),
        ("product=404", "product"),
        ("vendor=1", "vendor"),
        ("status=", "status"),
        ("ordering=customer", "ordering"),
        ("fields=payload", "fields"),
        ("number=1&number=2", "number"),
    ],
)
def test_nonsense_is_refused_by_name(get, query, field):
    assert [*get(f"invoices/?{query}", status=400)["errors"]] == [field]


def test_several_states_may_be_named(keys):
    sent, overdue = InvoiceFactory(status="sent"), InvoiceFactory(status="overdue")
    InvoiceFactory(status="paid")

    assert keys("invoices/?status=sent&status=overdue") == told(sent, overdue)


def test_people_places_and_numbers_are_found_by_their_ids_and_names(keys):
    invoice = InvoiceFactory(number="INV-7", reference="PO 9", currency_code="USD", salesperson_name="Huda")
    InvoiceFactory()
    bill = BillFactory()
    BillFactory()

    assert keys(f"invoices/?customer={invoice.customer.external_id}") == told(invoice)
    assert keys(f"bills/?vendor={bill.vendor_id}") == told(bill)
    for query in (
        f"warehouse={invoice.warehouse_id}", "salesperson=Huda", "number=inv-7", "reference=po 9", "currency=usd",
    ):  # fmt: skip
        assert keys(f"invoices/?{query}") == told(invoice), query


def test_a_transfer_is_of_both_its_places(keys):
    transfer, other = TransferOrderFactory(), TransferOrderFactory()

    assert keys(f"transfer-orders/?warehouse={transfer.warehouse_id}") == told(transfer)
    assert keys(f"transfer-orders/?warehouse={transfer.to_warehouse_id}") == told(transfer)
    assert keys(f"transfer-orders/?warehouse={WarehouseFactory().pk}") == []
    assert other.pk


def test_documents_are_found_by_the_products_of_their_lines(keys):
    cable = ProductFactory()
    order, gone, other = SalesOrderFactory(), SalesOrderFactory(), SalesOrderFactory()
    line_of(order, product=cable)
    line_of(order, product=cable)
    line_of(gone, product=cable, removed_at=NOON)
    line_of(other)

    assert keys(f"sales-orders/?product={cable.external_id}") == told(order)


def test_payments_are_found_by_the_invoices_that_they_pay_and_packages_by_their_order(keys):
    invoice, payment, order = InvoiceFactory(), CustomerPaymentFactory(), SalesOrderFactory()
    line_of(payment, invoice=invoice, invoice_external_id=invoice.external_id)
    CustomerPaymentFactory()
    package = PackageFactory(sales_order=order, sales_order_external_id=order.external_id)
    PackageFactory()

    assert keys(f"customer-payments/?invoice={invoice.external_id}") == told(payment)
    assert keys(f"packages/?sales_order={order.pk}") == told(package)


def test_what_waits_for_its_lines_can_be_asked_for(keys):
    waiting, read = InvoiceFactory(detail_is_due=True), InvoiceFactory()

    assert keys("invoices/?lines_pending=true") == told(waiting)
    assert keys("invoices/?lines_pending=false") == told(read)


def test_every_kind_is_searched_and_every_filter_takes_a_value_that_makes_sense(get):
    """None of them breaks on either database."""
    values = {"date_from": "2026-11-20", "date_to": "2026-11-20", "q": "x", "ordering": "-id"}
    references = {
        "customer",
        "vendor",
        "product",
        "part",
        "warehouse",
        "invoice",
        "sales_order",
        "organization",
    }
    for name, view in DOCUMENTS.items():
        for asked, kind in view.filterset_class.base_filters.items():
            if asked in references or asked in ("changed_since", "removed", "updated_by_run"):
                continue
            flags = ("true", "false") if type(kind).__name__ == "FlagFilter" else (values.get(asked, "x"),)
            for value in flags:
                get(f"{name}/?{asked}={value}")
