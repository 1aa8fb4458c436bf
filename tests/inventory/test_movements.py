"""Which documents moved a product's stock, and which change of a figure they come to."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory import movements
from inventory.models import TransferOrder
from inventory.movements import Change, Movement, explain
from tests.document_factories import (
    AdjustmentFactory,
    BillFactory,
    CreditNoteFactory,
    InvoiceFactory,
    PackageFactory,
    SalesOrderFactory,
    SalesReturnFactory,
    TransferOrderFactory,
    VendorCreditFactory,
    line_of,
)
from tests.factories import NOON, ProductFactory, StockChangeFactory, StockLevelFactory, WarehouseFactory

HOUR = timedelta(hours=1)


# --- What explains what (no tables) -------------------------------------------------------------------


def moved(
    label: str, quantity: int, *, at=NOON, kind="invoice", counts=True, place=1, figures=("accounting",)
):
    return Movement(
        kind=kind, document_id=hash(label) % 1000, label=label, external_id=label, day=at.date(), noted_at=at,
        changed_at=at, status="sent", counts=counts, figures=figures, quantity=Decimal(quantity), warehouse_id=place,
    )  # fmt: skip


def changed(before: int, after: int, *, at=NOON + HOUR, figure="on_hand", place=1):
    return Change(figure, Decimal(before), Decimal(after), at, "run 1", place)


def reasons(changes, documents) -> list[list[str] | None]:
    found = explain(changes, documents)
    return [None if each.by is None else sorted(movement.label for movement in each.by) for each in found]


@pytest.mark.parametrize(
    ("change", "documents", "labels"),
    [
        (changed(16, 14), [moved("A", -2)], ["A"]),
        (changed(16, 14), [moved("A", -3)], []),
        (changed(16, 14), [], []),
        (changed(16, 9), [moved("A", -2), moved("B", -5)], ["A", "B"]),
        (changed(16, 14), [moved("A", -2), moved("B", -5)], ["A"]),
        (changed(16, 14), [moved("A", -5), moved("B", 3, kind="bill")], ["A", "B"]),
        (changed(16, 14), [moved("A", -2, counts=False)], []),  # a draft
        (changed(16, 14), [moved("A", -2, place=2)], []),  # somewhere else
        (changed(16, 14), [moved("A", -2, at=NOON + 3 * HOUR)], []),  # written after it was seen
        (changed(16, 14), [moved("A", -2, figures=("physical",))], []),
        (changed(16, 14, figure="physical_available"), [moved("A", -2, figures=("physical",))], ["A"]),
        (
            changed(4, 10, figure="committed"),
            [moved("A", 6, kind="salesorder", figures=("committed",))],
            ["A"],
        ),
        (changed(10, 4, figure="committed"), [moved("A", -6)], ["A"]),  # an invoice takes what was promised
    ],
)
def test_a_change_is_explained_by_the_documents_that_come_to_it(change, documents, labels):
    assert reasons([change], documents) == [labels]


def test_figures_that_follow_from_others_and_changes_from_the_unknown_need_no_document():
    unknown = Change("on_hand", None, Decimal(4), NOON, "run 1", 1)
    assert reasons([changed(16, 14, figure="available_for_sale"), unknown], [moved("A", -2)]) == [None, None]


def test_a_document_explains_one_change_only():
    first, second = changed(16, 14), changed(14, 12, at=NOON + 2 * HOUR)
    assert reasons([second, first], [moved("A", -2)]) == [[], ["A"]]


def test_a_document_from_before_the_last_look_explains_nothing_later():
    seen, later = changed(20, 16, at=NOON + HOUR), changed(16, 14, at=NOON + 5 * HOUR)
    old = [moved("A", -4), moved("B", -2)]
    assert reasons([later, seen], old) == [[], ["A"]]


def test_many_documents_between_two_looks_explain_a_change_together():
    many = [moved(f"N{number}", -1) for number in range(30)]
    assert len(reasons([changed(40, 10)], many)[0]) == 30


# --- From the tables ----------------------------------------------------------------------------------


@pytest.fixture
def place(db):
    return WarehouseFactory(name="Main")


@pytest.fixture
def product(db):
    return ProductFactory()


def written(factory, product, quantity=2, line=None, **values):
    document = factory(source_created_at=NOON, **values)
    line_of(document, product=product, quantity=Decimal(quantity), **(line or {}))
    return document


@pytest.mark.parametrize(
    ("factory", "values", "told"),
    [
        (InvoiceFactory, {}, (-2, True, ("accounting",))),
        (InvoiceFactory, {"status": "void"}, (-2, False, ("accounting",))),
        (InvoiceFactory, {"status": "draft"}, (-2, False, ("accounting",))),
        (BillFactory, {}, (2, True, ("accounting",))),
        (CreditNoteFactory, {}, (2, True, ("accounting",))),
        (VendorCreditFactory, {}, (-2, True, ("accounting",))),
        (AdjustmentFactory, {}, (2, True, ("accounting", "physical"))),
        (AdjustmentFactory, {"kind": "value"}, (2, False, ("accounting", "physical"))),
        (PackageFactory, {"status": "delivered"}, (-2, True, ("physical",))),
        (PackageFactory, {"status": "not_shipped"}, (-2, False, ("physical",))),
        (SalesReturnFactory, {"status": "received"}, (2, True, ("physical",))),
        (SalesReturnFactory, {"status": "approved"}, (2, False, ("physical",))),
        (SalesOrderFactory, {"status": "confirmed"}, (2, True, ("committed",))),
        (SalesOrderFactory, {"status": "draft"}, (2, False, ("committed",))),
    ],
)
def test_each_kind_moves_its_figures_its_way(product, place, factory, values, told):
    written(factory, product, warehouse=place, **values)
    (found,) = movements.story(product).movements
    assert (found.quantity, found.counts, found.figures) == told
    assert found.warehouse_id == place.pk


def test_a_transfer_takes_from_one_place_and_brings_to_the_other_once_it_is_there(product, place):
    shop = WarehouseFactory(name="Shop")
    written(TransferOrderFactory, product, warehouse=place, to_warehouse=shop, status="in_transit")

    def counted():
        return {
            each.warehouse_id: each.quantity for each in movements.story(product).movements if each.counts
        }

    assert counted() == {place.pk: -2}

    TransferOrder.objects.update(status="transferred")
    assert counted() == {place.pk: -2, shop.pk: 2}


def test_what_an_order_still_promises_is_what_no_invoice_has_taken(product):
    written(SalesOrderFactory, product, 6, status="open", line={"quantity_invoiced": Decimal(4)})
    (found,) = movements.story(product).movements
    assert (found.quantity, found.left) == (6, 2)


def test_removed_documents_and_removed_lines_move_nothing(product):
    written(InvoiceFactory, product, removed_at=NOON)
    document = written(InvoiceFactory, product)
    document.lines.update(removed_at=NOON)
    assert movements.story(product).movements == []


def test_a_story_is_of_one_place_where_one_is_asked_for(product, place):
    shop = WarehouseFactory()
    written(InvoiceFactory, product, warehouse=shop, number="SHOP")
    written(InvoiceFactory, product, warehouse=shop, number="MAIN", line={"warehouse": place})
    for warehouse, quantity in ((place, 1), (shop, 5)):
        level = StockLevelFactory(product=product, warehouse=warehouse)
        StockChangeFactory(level=level, after=quantity)

    told = movements.story(product, warehouse=place.pk)

    assert [each.label for each in told.movements] == ["MAIN"]
    assert [each.change.after for each in told.changes] == [1]


def test_the_history_of_the_product_is_set_against_its_documents(product, place):
    level = StockLevelFactory(product=product, warehouse=place)
    written(InvoiceFactory, product, warehouse=place, number="INV-1")
    StockChangeFactory(level=level, before=16, after=14, changed_at=NOON + HOUR)
    StockChangeFactory(level=level, before=14, after=10, changed_at=NOON + 2 * HOUR)

    newest, oldest = movements.story(product).changes

    assert (newest.change.after, newest.by) == (10, ())
    assert [each.label for each in oldest.by] == ["INV-1"]


def test_a_long_story_is_cut_at_a_day_and_goes_on_from_there(product):
    for days in range(6):
        written(InvoiceFactory, product, number=f"I{days}", date=NOON.date() - timedelta(days=days))
        written(BillFactory, product, number=f"B{days}", date=NOON.date() - timedelta(days=days * 30))

    first = movements.story(product, most=4)
    labels = {each.label for each in first.movements}
    rest = movements.story(product, before=first.until)

    assert labels == {"B0", "I0", "I1", "I2"}
    assert first.more and first.until == NOON.date() - timedelta(days=2)
    assert "I3" in [each.label for each in rest.movements] and not rest.more


def test_a_long_history_is_cut_at_a_day_and_goes_on_from_there(product, place):
    level = StockLevelFactory(product=product, warehouse=place)
    for days in range(6):
        StockChangeFactory(level=level, after=days, changed_at=NOON - timedelta(days=days))

    first = movements.story(product, most=4)
    rest = movements.story(product, before=first.until)

    assert first.more and first.until == NOON.date() - timedelta(days=3)
    assert [each.change.after for each in rest.changes] == [4, 5] and not rest.more


def test_a_story_costs_one_query_for_each_table(product):
    for factory in (InvoiceFactory, BillFactory, SalesOrderFactory):
        written(factory, product)
    with CaptureQueriesContext(connection) as captured:
        movements.story(product)
    assert len(captured) == len(movements.SOURCES) + 1


def test_a_document_without_a_day_stands_last(product):
    written(InvoiceFactory, product, number="NONE", date=None)
    written(InvoiceFactory, product, number="OLD", date=date(2020, 1, 1))
    assert [each.label for each in movements.story(product).movements] == ["OLD", "NONE"]
    assert timezone.is_aware(movements.story(product).movements[0].moment)
