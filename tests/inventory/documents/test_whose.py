"""Documents where they lead to: the customer, the vendor, the product whose stock they moved."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from inventory.models import Invoice
from tests.document_factories import BillFactory, InvoiceFactory, VendorFactory, line_of
from tests.factories import NOON, CustomerFactory, StockChangeFactory, StockLevelFactory, UserFactory

from .reading import page, panel

pytestmark = pytest.mark.django_db


def test_a_customers_page_checks_the_balance(staff, today):
    customer = CustomerFactory(receivable=Decimal(50000), unused_credits=Decimal(0))
    InvoiceFactory(customer=customer, balance=Decimal(25000), due_date=today - timedelta(days=12))

    told = panel(page(staff, customer), "Balance, checked")

    assert "the source says 50,000 IQD" in told and "documents here come to 25,000 IQD" in told
    assert "25,000 IQD apart" in told and "oldest: 12 days" in told
    assert "older than the days that are mirrored" in told
    assert "agrees" in told  # the credits do


def test_a_customers_page_shows_the_latest_of_each_kind_and_leads_to_all(staff, today):
    customer = CustomerFactory()
    for days in range(12):
        InvoiceFactory(customer=customer, number=f"I-{days}-", date=today - timedelta(days=days))
    shown = page(staff, customer)
    told = panel(shown, "Invoices")
    assert "I-9-" in told and "I-10-" not in told
    assert f"/admin/inventory/invoice/?customer={customer.pk}" in shown
    assert "None that is mirrored." in panel(shown, "Sales orders")


def test_a_vendors_page_shows_what_is_owed_to_it(staff):
    vendor = VendorFactory(payable=Decimal(100))
    BillFactory(vendor=vendor, number="BILL-1", balance=Decimal(100))
    shown = page(staff, vendor)
    assert "agrees" in panel(shown, "Balance, checked")
    assert "BILL-1" in panel(shown, "Bills")


# --- Why a product's figures are so -------------------------------------------------------------------


@pytest.fixture
def level():
    found = StockLevelFactory()
    sold = InvoiceFactory(number="INV-1", warehouse=found.warehouse, source_created_at=NOON)
    line_of(sold, product=found.product, quantity=Decimal(2))
    StockChangeFactory(level=found, before=16, after=14, changed_at=NOON + timedelta(hours=1))
    StockChangeFactory(level=found, before=14, after=9, changed_at=NOON + timedelta(hours=2))
    return found


def test_a_products_page_tells_what_moved_its_stock_and_what_nothing_explains(staff, level):
    told = panel(page(staff, level.product), "Why is this number so")
    assert "INV-1" in told and "-2" in told
    assert "explained" in told and "no document explains it" in told
    assert "1 change is explained by no document" in told


def test_all_movements_have_a_page_by_place(staff, level):
    address = reverse("admin:inventory_product_why", args=[level.product_id])
    assert "INV-1" in staff.get(f"{address}?place={level.warehouse_id}").content.decode()
    assert "INV-1" not in staff.get(f"{address}?place={level.warehouse_id + 99}").content.decode()
    assert "INV-1" not in staff.get(f"{address}?before=2020-01-01").content.decode()


@pytest.mark.parametrize("query", ["place=x", "before=yesterday", "strange=1"])
def test_what_that_page_cannot_read_is_refused(staff, level, query):
    address = reverse("admin:inventory_product_why", args=[level.product_id])
    assert staff.get(f"{address}?{query}").status_code == 400


def test_whoever_may_not_see_documents_is_told_of_none_by_customers_and_products(client, level):
    user = UserFactory(is_staff=True)
    seen = ("view_product", "view_customer", "view_salesorder")
    user.user_permissions.set(Permission.objects.filter(codename__in=seen))
    client.force_login(user)

    bought = page(client, Invoice.objects.get().customer)

    assert "INV-1" not in bought and "Balance, checked" not in bought
    assert "Sales orders" in bought
    assert "INV-1" not in page(client, level.product)
    assert client.get(reverse("admin:inventory_product_why", args=[level.product_id])).status_code == 403
