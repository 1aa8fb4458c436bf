"""One document: its lines, its sums, what belongs to it; and every kind of them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import Invoice
from tests.access.rows.documents import DOCUMENTS
from tests.access.world import documents as one_of_each
from tests.document_factories import (
    CreditNoteFactory,
    CustomerPaymentFactory,
    InvoiceFactory,
    PackageFactory,
    SalesOrderFactory,
    line_of,
)
from tests.factories import NOON, ProductFactory, StockLevelFactory

from .reading import page, panel

pytestmark = pytest.mark.django_db


@pytest.fixture
def invoice():
    product = ProductFactory(name="كيبل شبكة")
    document = InvoiceFactory(total=Decimal(25000), reference="SO-7", salesperson_name="Zainab")
    line_of(document, product=product, rate=Decimal(12500), total=Decimal(25000), unit="pcs")
    return document


def test_a_document_shows_its_lines_with_links_to_products(staff, invoice):
    line_of(invoice, name="أجور توصيل", total=Decimal(0))
    shown = page(staff, invoice)
    lines = panel(shown, "Lines")
    assert "كيبل شبكة" in lines and "أجور توصيل" in lines and "12,500 IQD" in lines
    product = invoice.lines.first().product
    assert f"/admin/inventory/product/{product.pk}/change/" in shown


def test_a_document_that_adds_up_says_so(staff, invoice):
    assert "agree" in panel(page(staff, invoice), "Sums")


def test_a_document_that_does_not_add_up_says_by_how_much(staff, invoice):
    invoice.lines.update(total=Decimal(24000))
    told = panel(page(staff, invoice), "Sums")
    assert "does not add up" in told and "1,000 IQD apart" in told


def test_lines_that_are_not_read_yet_are_said_to_be_so_and_not_to_be_wrong(staff):
    shown = page(staff, InvoiceFactory(detail_at=None, detail_is_due=True))
    assert "Only the head of this document is here" in shown
    assert "have not been read yet" in panel(shown, "Lines")
    assert "does not add up" not in panel(shown, "Sums")


def test_lines_older_than_their_head_are_said_to_be_so(staff, invoice):
    Invoice.objects.update(detail_is_due=True)
    assert "has changed this document since its lines were read" in page(staff, invoice)


def test_an_order_shows_how_far_it_has_come_and_what_came_of_it(staff):
    order = SalesOrderFactory(number="SO-7")
    line_of(order, quantity=Decimal(6), quantity_packed=Decimal(6), quantity_shipped=Decimal(4))
    PackageFactory(number="PKG-1", sales_order=order)
    InvoiceFactory(number="INV-7", customer=order.customer, reference="SO-7")
    InvoiceFactory(number="INV-8", reference="SO-7")  # somebody else's

    shown = page(staff, order)

    assert {"PKG-1", "INV-7"} <= set(panel(shown, "Related documents").split())
    assert "INV-8" not in shown
    assert "tsh-tag-good" in shown.split(">Lines</h2>")[1].split("</section>")[0]


def test_an_invoice_names_its_order_its_payments_and_its_credits(staff, invoice):
    SalesOrderFactory(number="SO-7", customer=invoice.customer)
    CreditNoteFactory(number="CN-1", reference=invoice.number, customer=invoice.customer)
    payment = CustomerPaymentFactory(number="77", customer=invoice.customer)
    line_of(payment, invoice=invoice, amount=Decimal(5000))

    related = panel(page(staff, invoice), "Related documents")

    assert {"SO-7", "CN-1", "77"} <= set(related.split())
    assert "5,000 IQD" in related
    assert "5,000 IQD" in panel(page(staff, payment), "Invoices that it pays")


def test_a_removed_document_is_told_of_in_words(staff):
    shown = page(staff, InvoiceFactory(removed_at=NOON))
    assert "left the source" in shown


def test_a_customer_that_is_not_here_yet_is_named_without_a_link(staff):
    document = InvoiceFactory(customer=None, customer_name="Not here", customer_external_id="9")
    assert "Not here" in page(staff, document)
    assert staff.get("/admin/inventory/invoice/").status_code == 200


# --- All kinds ----------------------------------------------------------------------------------------


def test_every_column_of_every_kind_can_be_shown_and_exported(staff):
    level = StockLevelFactory()
    made = one_of_each(level)
    assert set(DOCUMENTS) < set(made)
    for kind in made:
        address = f"/admin/inventory/{kind}/"
        names = [name for name, *_rest in staff.get(address).context["bar"]["columns"]]
        staff.post(f"{address}columns/", {"column": names})
        assert staff.get(address).status_code == 200, kind
        exported = staff.post(f"{address}export/csv/")
        lines = b"".join(exported.streaming_content).decode().splitlines()
        assert len(lines) == 2, (kind, lines)


def test_the_queries_of_every_list_and_page_are_counted(staff):
    made = one_of_each(StockLevelFactory())
    page(staff, made["invoice"])  # what a process asks once
    counted = {}
    for kind, row in made.items():
        staff.get(f"/admin/inventory/{kind}/")
        with CaptureQueriesContext(connection) as listed:
            staff.get(f"/admin/inventory/{kind}/")
        with CaptureQueriesContext(connection) as alone:
            page(staff, row)
        counted[kind] = (len(listed), len(alone))
    assert counted == COUNTED


COUNTED = {  # of the list, of one row's page
    "salesorder": (10, 13), "invoice": (10, 12), "customerpayment": (10, 10), "creditnote": (10, 10),
    "package": (8, 10), "salesreturn": (8, 11), "purchaseorder": (10, 11), "bill": (10, 11),
    "vendorcredit": (10, 10), "adjustment": (8, 10), "transferorder": (8, 10), "vendor": (7, 14),
    "sourceuser": (7, 8), "currency": (7, 8), "tax": (7, 8), "productgroup": (7, 9), "composite": (7, 10),
}  # fmt: skip
