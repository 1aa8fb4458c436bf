"""What a customer owes, why, and whether the source says the same."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import days
from tests.document_factories import CreditNoteFactory, CustomerPaymentFactory, InvoiceFactory
from tests.factories import NOON, CustomerFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def customer():
    return CustomerFactory(receivable=300, unused_credits=70)


@pytest.fixture
def statement(get, customer):
    return lambda: get(f"customers/{customer.pk}/statement/")


def invoice(customer, balance, **told):
    return InvoiceFactory(customer=customer, total=1000, balance=balance, **told)


def test_it_adds_up_what_is_open_beside_the_sources_own_figures(statement, customer):
    today = days.today(customer.organization)
    late = invoice(customer, 100, due_date=today - timedelta(days=3))
    soon = invoice(customer, 200, due_date=today + timedelta(days=3))
    credit = CreditNoteFactory(customer=customer, balance=50)
    payment = CustomerPaymentFactory(customer=customer, unused=20)

    told = statement()

    assert told["balances"] == [
        {
            "currency_code": "IQD",
            "receivable": "300",
            "open_invoices_count": 2,
            "overdue": "100",
            "overdue_since": late.due_date.isoformat(),
            "unused_credits": "70",
            "balance": "230",
            "unknown": 0,
            "source_receivable": "300",
            "source_unused_credits": "70",
            "agrees": True,
        }
    ]
    assert [row["id"] for row in told["open_invoices"]] == [str(late.pk), str(soon.pk)]
    assert told["open_invoices"][0]["balance"] == {"amount": "100", "currency_code": "IQD"}
    assert [row["id"] for row in told["credits"]] == [str(credit.pk)]
    assert [row["id"] for row in told["payments"]] == [str(payment.pk)]


def test_what_binds_nobody_what_is_gone_and_what_is_anothers_is_left_out(statement, customer):
    invoice(customer, 5, status="draft")
    invoice(customer, 5, status="void")
    invoice(customer, 5, removed_at=NOON)
    InvoiceFactory(balance=5)
    CreditNoteFactory(customer=customer, balance=5, status="void")

    told = statement()

    assert told["balances"][0]["receivable"] == "0"
    assert told["balances"][0]["agrees"] is False
    assert (told["open_invoices"], told["credits"], told["payments"]) == ([], [], [])


def test_another_currency_stands_by_itself_and_is_not_compared(statement, customer):
    invoice(customer, 300)
    invoice(customer, 9, currency_code="USD")

    own, other = statement()["balances"]

    assert (own["currency_code"], own["receivable"], own["agrees"]) == ("IQD", "300", None)
    assert (other["currency_code"], other["receivable"], other["source_receivable"]) == ("USD", "9", None)
    assert other["agrees"] is None


def test_what_is_not_known_is_counted_and_nothing_is_judged(statement, customer):
    invoice(customer, None)

    (told,) = statement()["balances"]

    assert (told["unknown"], told["agrees"]) == (1, None)


def test_the_whole_lists_are_linked(get, statement, customer):
    due = invoice(customer, 5)

    told = get(statement()["urls"]["open_invoices"])

    assert [row["id"] for row in told["results"]] == [str(due.pk)]


def test_it_costs_as_many_queries_for_many_documents_as_for_few(
    customer, statement, django_assert_num_queries
):
    def grow() -> None:
        for _ in range(3):
            invoice(customer, 5)
            CreditNoteFactory(customer=customer)
            CustomerPaymentFactory(customer=customer)

    grow()
    statement()
    grow()

    with django_assert_num_queries(3 + 1 + 3 + 6):  # who asks; the customer; sums; three lists
        statement()


def test_a_customer_that_there_is_not_and_a_parameter_that_there_is_not_are_refused(get, customer):
    get(f"customers/{customer.pk + 1}/statement/", status=404)
    get(f"customers/{10**30}/statement/", status=404)
    get(f"customers/{customer.pk}/statement/?fields=id", status=400)
