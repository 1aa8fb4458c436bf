"""What documents come to: in each currency by itself, and of those that bind."""

from __future__ import annotations

import pytest

from inventory.api.documents.urls import TOTALS
from tests.document_factories import CustomerPaymentFactory, InvoiceFactory, SalesOrderFactory
from tests.factories import NOON

pytestmark = pytest.mark.django_db


def test_currencies_are_never_added_to_each_other(get):
    InvoiceFactory(total="0.1", balance="0.1", currency_code="USD")
    InvoiceFactory(total="0.2", balance=None, currency_code="USD")
    InvoiceFactory(total=12500, balance=0)

    told = get("invoices/totals/")

    assert told == {
        "results": [
            {"currency_code": "USD", "count": 2, "total": "0.3", "total_unknown": 0, "balance": "0.1",
             "balance_unknown": 1},
            {"currency_code": "IQD", "count": 1, "total": "12500", "total_unknown": 0, "balance": "0",
             "balance_unknown": 0},
        ],
        "left_out": 0,
    }  # fmt: skip


def test_sums_are_exact_however_many_there_are(get):
    for _ in range(30):
        InvoiceFactory(total="0.1")

    assert get("invoices/totals/")["results"][0]["total"] == "3"


def test_they_take_the_filters_of_the_list(get):
    mine, _other = InvoiceFactory(total=5), InvoiceFactory(total=7)
    InvoiceFactory(customer=mine.customer, removed_at=NOON)

    (row,) = get(f"invoices/totals/?customer={mine.customer.external_id}&unpaid=true")["results"]

    assert (row["count"], row["total"]) == (1, "5")


def test_drafts_and_voids_come_to_nothing_unless_they_are_asked_for(get):
    InvoiceFactory(total=5)
    InvoiceFactory(total=7, status="void")

    whole, void = get("invoices/totals/"), get("invoices/totals/?status=void")

    assert (whole["results"][0]["total"], whole["left_out"]) == ("5", 1)
    assert (void["results"][0]["total"], void["left_out"]) == ("7", 0)


def test_a_payment_leaves_what_is_unused_and_an_order_nothing(get):
    CustomerPaymentFactory(total=9, unused=4)
    SalesOrderFactory(total=9)

    assert get("customer-payments/totals/")["results"][0]["balance"] == "4"
    assert get("sales-orders/totals/")["results"][0]["balance"] is None


def test_nothing_comes_to_nothing(get):
    for name in TOTALS:
        assert get(f"{name}/totals/") == {"results": [], "left_out": 0}


@pytest.mark.parametrize(
    "query",
    ["changed_since=2026-11-20T09:00:00Z", "page_size=10", "cursor=x", "fields=id", "opne=true", "status="],
)
def test_what_has_no_meaning_for_a_sum_is_refused(get, query):
    assert [*get(f"invoices/totals/?{query}", status=400)["errors"]] == [query.partition("=")[0]]


def test_two_queries_tell_them(get, django_assert_num_queries):
    InvoiceFactory.create_batch(5)
    get("invoices/totals/")

    with django_assert_num_queries(3 + 2):  # who asks, and what it comes to
        get("invoices/totals/")
