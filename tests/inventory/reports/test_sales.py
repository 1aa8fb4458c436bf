"""What was sold: invoices less credit notes, by item, customer and salesperson; each currency by itself."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.factories import NOON, CustomerFactory, ProductFactory, WarehouseFactory

from .conftest import TODAY, credit_note, invoice

pytestmark = pytest.mark.django_db
OUTSIDE = ("draft", "void", "cancelled", "rejected", "pending_approval")


def test_an_item_is_told_with_quantity_revenue_average_and_share(rows, cable):
    other = ProductFactory(name="Other")
    invoice((cable, 3, 300), (other, 1, 100))
    invoice((cable, 1, 140))
    credit_note((cable, 1, 40))

    first, second = rows("sales-by-item")

    assert (first["product"], first["sold"], first["returned"], first["quantity"]) == (cable.pk, 4, 1, 3)
    assert (first["revenue"], first["average_price"], first["documents"], first["share"]) == (400, 110, 2, 80)
    assert (second["product"], second["revenue"], second["share"]) == (other.pk, 100, 20)


@pytest.mark.parametrize("status", OUTSIDE)
def test_documents_that_are_not_in_force_do_not_count(rows, cable, shop, status):
    invoice((cable, 1, 10), customer=shop)
    invoice((cable, 5, 50), customer=shop, status=status)
    credit_note((cable, 5, 50), customer=shop, status=status)
    assert [row["quantity"] for row in rows("sales-by-item")] == [1]
    assert [row["revenue"] for row in rows("sales-by-customer")] == [10]
    assert [row["revenue"] for row in rows("sales-by-salesperson")] == [10]


def test_removed_documents_and_removed_lines_do_not_count(rows, cable):
    invoice((cable, 1, 10))
    invoice((cable, 5, 50), removed_at=NOON)
    invoice((cable, 7, 70)).lines.update(removed_at=NOON)
    assert [row["quantity"] for row in rows("sales-by-item")] == [1]


def test_currencies_are_never_added(ask, rows, cable, shop):
    invoice((cable, 1, "10.10"), currency_code="USD", customer=shop)
    invoice((cable, 2, "30000"), currency_code="IQD", customer=shop)
    told = {row["currency"]: (row["quantity"], row["revenue"], row["share"]) for row in rows("sales-by-item")}
    assert told == {"USD": (1, Decimal("10.1"), 100), "IQD": (2, 30000, 100)}
    totals = {each.group["currency"]: each.values["revenue"] for each in ask("sales-by-customer").totals}
    assert totals == {"USD": Decimal("10.1"), "IQD": 30000}
    assert [row["currency"] for row in rows("sales-by-item", currency="USD")] == ["USD"]


def test_both_ends_of_the_period_belong_to_it(rows, cable):
    for days in (0, 1, 2, 3):
        invoice((cable, 10**days, 1), date=TODAY - timedelta(days=days))
    (row,) = rows("sales-by-item", since=TODAY - timedelta(days=2), until=TODAY - timedelta(days=1))
    assert row["quantity"] == 110


def test_the_usual_period_is_the_last_thirty_days(rows, cable):
    invoice((cable, 1, 1), date=TODAY - timedelta(days=29))
    invoice((cable, 5, 1), date=TODAY - timedelta(days=30))
    invoice((cable, 7, 1), date=TODAY + timedelta(days=1))
    assert [row["quantity"] for row in rows("sales-by-item")] == [1]


def test_invoices_that_wait_for_their_lines_are_said(rows, notes, cable, shop):
    invoice(total=500, customer=shop, detail_at=None, detail_is_due=True)
    invoice((cable, 1, 10), customer=shop)
    assert [row["revenue"] for row in rows("sales-by-customer")] == [510]
    assert "1 invoice of the period waits for its lines" in notes("sales-by-item")
    assert "waits for its lines" not in notes("sales-by-item", until=TODAY - timedelta(days=1))


def test_how_far_back_the_mirror_reaches_is_said(notes, cable):
    assert "No invoice is mirrored" in notes("sales-by-item")
    invoice((cable, 1, 10), date=date(2026, 11, 20))
    assert "Invoices before 2026-11-20 are not mirrored" in notes("sales-by-item")
    assert "not mirrored" not in notes("sales-by-item", since="2026-11-20")


def test_lines_without_a_product_stand_by_themselves_and_unlinked_ones_are_said(rows, notes, cable):
    made = invoice((None, 1, 25), (cable, 1, 10))
    assert [(row["product"], row["revenue"]) for row in rows("sales-by-item")] == [(None, 25), (cable.pk, 10)]
    made.lines.filter(product=None).update(product_external_id="77")
    assert "1 line names a product that is not mirrored yet" in notes("sales-by-item")


def test_a_line_is_at_its_own_warehouse_else_at_its_documents(rows, cable):
    main, depot = WarehouseFactory(), WarehouseFactory()
    made = invoice((cable, 1, 1), (cable, 10, 1), warehouse=main)
    made.lines.filter(quantity=10).update(warehouse=depot, warehouse_external_id=depot.external_id)
    assert [row["sold"] for row in rows("sales-by-item", warehouse=[main.external_id])] == [1]
    assert [row["sold"] for row in rows("sales-by-item", warehouse=[depot.external_id])] == [10]


def test_a_customer_is_told_with_documents_average_and_goods(rows, cable, shop):
    other = CustomerFactory(name="Other")
    invoice((cable, 3, 300), customer=shop, total=330)  # with tax
    invoice((cable, 1, 100), customer=shop, total=110)
    credit_note((cable, 1, 100), customer=shop, total=110)
    invoice((cable, 1, 100), customer=other, total=110)

    first, second = rows("sales-by-customer")

    assert (first["customer"], first["documents"], first["credit_notes"], first["quantity"]) == (
        shop.pk,
        2,
        1,
        3,
    )
    assert (first["invoiced"], first["credited"], first["revenue"]) == (440, 110, 330)
    assert (first["average"], first["share"], second["share"]) == (220, 75, 25)


def test_whoever_only_gave_back_is_below_zero(rows, cable, shop):
    credit_note((cable, 1, 100), customer=shop)
    (row,) = rows("sales-by-customer")
    assert (row["revenue"], row["quantity"], row["average"]) == (-100, -1, None)


def test_salespersons_are_told_apart_by_id_whatever_the_spelling(rows, cable):
    for name in ("Ali", "Ali H."):
        invoice((cable, 1, 10), salesperson_external_id="9", salesperson_name=name)
    invoice((cable, 1, 10), salesperson_external_id="8", salesperson_name="Ali")
    invoice((cable, 1, 10))
    told = [(row["salesperson"], row["revenue"]) for row in rows("sales-by-salesperson")]
    assert sorted(told) == [("", 10), ("Ali", 10), ("Ali H.", 20)]
