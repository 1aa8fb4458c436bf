"""Who owes: by age, by currency, beside what the source says."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import NOON, CustomerFactory

from .conftest import TODAY, invoice

pytestmark = pytest.mark.django_db
AGES = ("not_due", "to_30", "to_60", "to_90", "over_90")


def owed(customer, balance, overdue, **facts):
    return invoice(customer=customer, balance=balance, due_date=TODAY - timedelta(days=overdue), **facts)


@pytest.mark.parametrize(
    ("overdue", "age"),
    [
        (-5, "not_due"),
        (0, "not_due"),
        (1, "to_30"),
        (30, "to_30"),
        (31, "to_60"),
        (60, "to_60"),
        (61, "to_90"),
        (90, "to_90"),
        (91, "over_90"),
        (900, "over_90"),
    ],
)
def test_a_debt_is_as_old_as_the_days_since_it_was_due(rows, shop, overdue, age):
    owed(shop, 100, overdue)
    (row,) = rows("receivables")
    assert {name: row[name] for name in AGES} == dict.fromkeys(AGES, 0) | {age: 100}


def test_each_customer_and_currency_stands_by_itself_beside_the_sources_figure(ask, rows, shop):
    type(shop).objects.filter(pk=shop.pk).update(receivable=250)
    owed(shop, 100, 10)
    owed(shop, 200, 100)
    owed(shop, 7, 10, currency_code="USD")

    iqd, usd = rows("receivables")

    assert (iqd["currency"], iqd["total"], iqd["documents"], iqd["source_total"], iqd["difference"]) == (
        "IQD", 300, 2, 250, 50,
    )  # fmt: skip
    assert iqd["oldest"] == TODAY - timedelta(days=100)
    assert (usd["currency"], usd["total"], usd["source_total"], usd["difference"]) == ("USD", 7, None, None)
    assert {each.group["currency"]: each.values["total"] for each in ask("receivables").totals} == {
        "IQD": 300,
        "USD": 7,
    }


def test_whom_the_source_calls_a_debtor_without_an_unpaid_invoice_is_shown(rows):
    customer = CustomerFactory(receivable=80)
    CustomerFactory(receivable=0)
    (row,) = rows("receivables")
    assert (row["customer"], row["total"], row["source_total"], row["difference"]) == (
        customer.pk,
        0,
        80,
        -80,
    )
    assert rows("receivables", show="overdue") == []
    assert len(rows("receivables", show="different")) == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"status": "void"},
        {"status": "draft"},
        {"status": "pending_approval"},
        {"removed_at": NOON},
        {"balance": 0},
    ],
)
def test_what_is_not_in_force_gone_or_paid_is_owed_by_nobody(rows, shop, facts):
    invoice(**{"customer": shop, "balance": 100, "due_date": TODAY} | facts)
    assert rows("receivables") == []


def test_an_invoice_without_a_due_day_is_due_on_its_date_and_said(rows, notes, shop):
    invoice(customer=shop, balance=50, date=TODAY - timedelta(days=40))
    (row,) = rows("receivables")
    assert row["to_60"] == 50
    assert "1 unpaid invoice has no due day" in notes("receivables")


def test_unknown_balances_and_customers_not_here_yet_are_said(rows, notes):
    invoice(balance=None)
    invoice(balance=5, due_date=TODAY, customer_external_id="77")
    assert [(row["customer"], row["total"]) for row in rows("receivables")] == [(None, 5)]
    told = notes("receivables")
    assert "Of 1 invoice the source does not tell what is still to be paid" in told
    assert "1 unpaid invoice names a customer who is not mirrored yet" in told
