"""Which documents speak of a product, the latest first."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory.api.documents.movements import SOURCES
from inventory.api.documents.movements_schema import NAMES
from tests.document_factories import (
    DAY,
    FACTORIES,
    AdjustmentFactory,
    InvoiceFactory,
    SalesReturnFactory,
    TransferOrderFactory,
    line_of,
)
from tests.factories import NOON, ProductFactory, WarehouseFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def product():
    return ProductFactory()


@pytest.fixture
def movements(get, product):
    return lambda query="": get(f"products/{product.pk}/movements/{query}")


def numbers(told) -> list[str]:
    return [row["document"]["number"] for row in told["results"]]


def one_of_each(product) -> None:
    for source in SOURCES:
        line_of(FACTORIES[source.document](number=source.kind), product=product)


def test_every_kind_with_a_line_of_it_is_told(movements, product):
    one_of_each(product)
    line_of(InvoiceFactory())

    told = movements()

    assert numbers(told) == [row["kind"] for row in told["results"]] == list(NAMES)
    assert told["next"] is None


def test_a_line_is_told_with_its_document_its_party_and_its_price(movements, product):
    invoice = InvoiceFactory(currency_code="USD")
    line = line_of(invoice, product=product, quantity="2.5", unit="pcs")

    (told,) = movements()["results"]

    assert told == {
        "kind": "invoice",
        "date": "2026-11-20",
        "document": {
            "id": str(invoice.pk),
            "external_id": invoice.external_id,
            "number": invoice.number,
            "status": "sent",
        },
        "line": {"id": str(line.pk), "external_id": line.external_id, "name": line.name},
        "party": {
            "id": str(invoice.customer_id),
            "external_id": invoice.customer_external_id,
            "name": invoice.customer_name,
        },
        "quantity": "2.5",
        "unit": "pcs",
        "rate": {"amount": "1250", "currency_code": "USD"},
        "warehouse": {"id": str(invoice.warehouse_id), "external_id": invoice.warehouse_external_id},
        "to_warehouse": None,
    }


def test_the_line_s_own_place_counts_before_that_of_its_document(movements, product):
    place = WarehouseFactory()
    line_of(AdjustmentFactory(), product=product, warehouse=place, warehouse_external_id=place.external_id)

    (told,) = movements()["results"]

    assert told["warehouse"]["id"] == str(place.pk)
    assert (told["party"], told["rate"]) == (None, None)
    assert numbers(movements(f"?warehouse={place.external_id}")) == numbers(movements())


def test_pages_miss_none_and_tell_none_twice(movements, get, product):
    for offset in (0, 1, 1):
        for source in SOURCES[:4]:
            document = FACTORIES[source.document](date=DAY - timedelta(days=offset))
            line_of(document, product=product)
            line_of(document, product=product)
    line_of(InvoiceFactory(date=None), product=product)
    whole = movements("?page_size=500")["results"]
    page, told = movements("?page_size=3"), []
    while True:
        told += page["results"]
        if not page["next"]:
            break
        page = get(page["next"])

    assert told == whole
    assert len(whole) == 25
    assert whole[-1]["date"] is None
    assert [row["date"] for row in whole[:-1]] == sorted((row["date"] for row in whole[:-1]), reverse=True)


def test_what_is_gone_is_not_told(movements, product):
    line_of(InvoiceFactory(removed_at=NOON), product=product)
    line_of(InvoiceFactory(), product=product, removed_at=NOON)

    assert movements()["results"] == []


def test_it_is_narrowed_by_kind_day_and_place(movements, product):
    early = InvoiceFactory(date=DAY - timedelta(days=9), number="early")
    transfer = TransferOrderFactory(number="transfer")
    for document in (early, transfer, SalesReturnFactory(number="return")):
        line_of(document, product=product)

    assert numbers(movements("?kind=invoice")) == ["early"]
    assert numbers(movements("?kind=invoice&kind=sales_return")) == ["return", "early"]
    assert numbers(movements("?date_to=2026-11-19")) == ["early"]
    assert numbers(movements("?date_from=2026-11-12")) == ["return", "transfer"]
    assert numbers(movements(f"?warehouse={transfer.to_warehouse_id}")) == ["transfer"]


@pytest.mark.parametrize(
    "query",
    ["kind=stock", "kind=", "date_from=x", "warehouse=404", "cursor=x", "page_size=0", "ordering=date"],
)
def test_nonsense_is_refused_by_name(get, product, query):
    errors = get(f"products/{product.pk}/movements/?{query}", status=400)["errors"]

    assert [*errors] == [query.partition("=")[0]]


def test_it_costs_a_query_for_each_kind_however_many_lines_there_are(
    movements, product, django_assert_num_queries
):
    for _ in range(3):
        one_of_each(product)
    movements()

    with django_assert_num_queries(3 + 1 + len(SOURCES)):
        movements()


def test_a_product_that_there_is_not_is_not_found(get, product):
    get(f"products/{product.pk + 1}/movements/", status=404)
    get(f"products/{10**30}/movements/", status=404)
