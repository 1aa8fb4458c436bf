"""What documents come to for a customer or a vendor, beside what the source says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from inventory import balances
from tests.document_factories import (
    BillFactory,
    CreditNoteFactory,
    CustomerPaymentFactory,
    InvoiceFactory,
    VendorCreditFactory,
    VendorFactory,
)
from tests.factories import NOON, CustomerFactory

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 20)


@pytest.fixture
def customer():
    return CustomerFactory(currency_code="USD")


def test_each_currency_is_added_up_by_itself(customer):
    InvoiceFactory(customer=customer, currency_code="USD", balance=Decimal("10.5"))
    InvoiceFactory(customer=customer, currency_code="USD", balance=Decimal(4))
    InvoiceFactory(customer=customer, currency_code="IQD", balance=Decimal(25000))

    found = {each.currency: (each.owed, each.open_count) for each in balances.of_customer(customer, TODAY)}

    assert found == {"USD": (Decimal("14.5"), 2), "IQD": (25000, 1)}


def test_what_counts_nothing_is_left_out(customer):
    for values in ({"status": "void"}, {"status": "draft"}, {"removed_at": NOON}):
        InvoiceFactory(customer=customer, currency_code="USD", **values)
    InvoiceFactory(customer=CustomerFactory(), currency_code="USD")
    assert balances.of_customer(customer, TODAY) == []


def test_what_is_overdue_is_told_with_its_oldest_day(customer):
    for day, balance in (((2026, 11, 1), 3), ((2026, 10, 1), 2), ((2026, 11, 20), 50), ((2026, 1, 1), 0)):
        InvoiceFactory(customer=customer, currency_code="USD", due_date=date(*day), balance=Decimal(balance))
    (found,) = balances.of_customer(customer, TODAY)
    assert (found.owed, found.late, found.late_since) == (55, 5, date(2026, 10, 1))


def test_credits_are_what_notes_and_payments_have_left(customer):
    CreditNoteFactory(customer=customer, currency_code="USD", balance=Decimal(7))
    CustomerPaymentFactory(customer=customer, currency_code="USD", unused=Decimal(5))
    CreditNoteFactory(customer=customer, currency_code="USD", balance=Decimal(7), status="void")
    (found,) = balances.of_customer(customer, TODAY)
    assert (found.owed, found.credits) == (0, 12)


def test_a_vendor_is_owed_what_bills_have_open():
    vendor = VendorFactory()
    BillFactory(vendor=vendor, balance=Decimal(60))
    VendorCreditFactory(vendor=vendor, balance=Decimal(20))
    (found,) = balances.of_vendor(vendor, TODAY)
    assert (found.currency, found.owed, found.credits) == ("USD", 60, 20)


@pytest.mark.parametrize(
    ("told", "difference", "agrees"), [(14, 0, True), (20, 6, False), (10, -4, False), (None, None, False)]
)
def test_the_sources_figure_is_compared_in_its_own_currency(customer, told, difference, agrees):
    InvoiceFactory(customer=customer, currency_code="USD", balance=Decimal(14))
    InvoiceFactory(customer=customer, currency_code="IQD", balance=Decimal(9999))
    found = balances.of_customer(customer, TODAY)

    check = balances.compared(None if told is None else Decimal(told), "USD", found, "owed")

    assert (check.difference, check.agrees, check.others) == (difference, agrees, ["IQD"])


def test_a_balance_that_nobody_knows_is_counted_and_not_guessed(customer):
    InvoiceFactory(customer=customer, currency_code="USD", balance=None)
    (found,) = balances.of_customer(customer, TODAY)
    assert (found.owed, found.unknown) == (0, 1)
