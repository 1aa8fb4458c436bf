"""Every kind of document is listed, told with its lines, followed and refused in the same way."""

from __future__ import annotations

import csv
import io
import json

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.api.documents.lined import LinedShape
from inventory.api.documents.urls import DOCUMENTS
from tests.document_factories import (
    FACTORIES,
    InvoiceFactory,
    SalesOrderFactory,
    SalesReturnFactory,
    line_of,
)
from tests.factories import NOON, ProductFactory, UserFactory
from tests.schemas import schema, unfit

pytestmark = pytest.mark.django_db
LINED = [name for name, view in DOCUMENTS.items() if isinstance(view.shape, LinedShape)]


def make(name: str, **told):
    return FACTORIES[DOCUMENTS[name].shape.model](**told)


def unfitting(path: str, answer) -> list[str]:
    told = schema()["paths"][f"/api/v1/{path}"]["get"]["responses"]["200"]["content"]["application/json"]
    return unfit(told["schema"], answer, is_closed=False)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_kind_tells_its_rows_as_the_schema_says(name, get):
    """Live ones in the list, tombstones to who asks for them, a row alone the same with what is too long for lists."""
    shape = DOCUMENTS[name].shape
    row = make(name, payload='{"secret-looking": 1}')
    gone = make(name, removed_at=NOON, removed_reason="it does not exist any more")
    if name in LINED:
        line_of(row)

    page = get(f"{name}/")
    alone = get(f"{name}/{row.pk}/")

    (listed,) = page["results"]
    assert [listed["id"], listed["external_id"]] == [str(row.pk), row.external_id]
    assert list(alone) == shape.names
    assert {key: alone[key] for key in listed} == listed
    assert [each["id"] for each in get(f"{name}/?removed=true")["results"]] == [str(gone.pk)]
    assert unfitting(f"{name}/", page) == []
    assert unfitting(f"{name}/{{id}}/", alone) == []
    get(f"{name}/{gone.pk + 1}/", status=404)


def test_every_kind_is_refused_to_who_may_not_look(client):
    user = UserFactory()
    client.force_login(user)
    statuses = {name: client.get(f"/api/v1/{name}/").status_code for name in DOCUMENTS}
    assert set(statuses.values()) == {403}

    user.user_permissions.add(Permission.objects.get(codename="view_invoice"))

    assert [name for name in DOCUMENTS if client.get(f"/api/v1/{name}/").status_code == 200] == ["invoices"]


@pytest.mark.parametrize("name", LINED)
def test_a_page_with_its_lines_costs_one_query_more_however_long_it_is(name, reader):
    def queries(address: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            assert reader.get(address).status_code == 200
        return len(asked)

    def grow(count: int) -> tuple[int, int]:
        for _ in range(count):
            line_of(document := make(name))
            line_of(document)
        return queries(f"/api/v1/{name}/?page_size=500"), queries(f"/api/v1/{name}/?fields=id,lines")

    queries(f"/api/v1/{name}/")  # what is asked once per process
    few, many = grow(2), grow(10)

    assert few == many
    assert few[1] == few[0] + 1


@pytest.mark.parametrize("name", DOCUMENTS)
def test_wide_columns_are_never_read_for_a_list(name, reader):
    make(name)

    with CaptureQueriesContext(connection) as asked:
        reader.get(f"/api/v1/{name}/")

    wide = [column.paths[0] for column in DOCUMENTS[name].shape.columns if column.is_wide and column.paths]
    sql = " ".join(query["sql"] for query in asked.captured_queries)
    assert [column for column in ("payload", *wide) if f'"{column}"' in sql] == []


def test_lines_come_in_their_order_without_those_that_are_gone(get):
    invoice = InvoiceFactory()
    second, first = line_of(invoice, position=2), line_of(invoice, position=1)
    line_of(invoice, position=3, removed_at=NOON)
    line_of(InvoiceFactory())

    told = get(f"invoices/{invoice.pk}/")["lines"]

    assert [line["id"] for line in told] == [str(first.pk), str(second.pk)]
    assert told[0]["product"] == {"id": str(first.product_id), "external_id": first.product_external_id}
    assert told[0]["rate"] == {"amount": "1250", "currency_code": "IQD"}
    assert told[0]["quantity"] == "10"


def test_what_is_not_linked_yet_is_told_by_the_sources_id(get):
    invoice = InvoiceFactory(customer=None, customer_external_id="77", customer_name="Al Noor", warehouse=None,
                             warehouse_external_id="")  # fmt: skip

    told = get(f"invoices/{invoice.pk}/")

    assert told["customer"] == {"id": None, "external_id": "77", "name": "Al Noor"}
    assert told["warehouse"] is None


def test_days_are_days_and_amounts_have_their_currency(get):
    told = get(f"invoices/{InvoiceFactory(total='12500.5', balance=None, currency_code='USD').pk}/")

    assert told["date"] == told["due_date"] == "2026-11-20"
    assert told["total"] == {"amount": "12500.5", "currency_code": "USD"}
    assert told["balance"] is None


def test_a_return_is_paid_back_in_the_currency_of_its_order(get):
    returned = SalesReturnFactory(sales_order__currency_code="USD", refunded=25)
    line_of(returned)
    unknown = SalesReturnFactory(sales_order=None, sales_order_external_id="5", refunded=25)

    told = get(f"sales-returns/{returned.pk}/")

    assert told["refunded"] == {"amount": "25", "currency_code": "USD"}
    assert told["lines"][0]["rate"] == {"amount": "1250", "currency_code": "USD"}
    assert get(f"sales-returns/{unknown.pk}/")["refunded"] == {"amount": "25", "currency_code": ""}


def test_csv_holds_the_lines_of_each_document_in_one_cell(reader):
    invoice = InvoiceFactory()
    line_of(invoice, quantity=3)
    InvoiceFactory()

    response = reader.get("/api/v1/invoices/?format=csv&fields=number,date,total,lines")

    header, first, second = csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig")))
    assert header == ["number", "date", "total.amount", "total.currency_code", "lines"]
    assert first[:4] == [invoice.number, "2026-11-20", "12500", "IQD"]
    assert [line["quantity"] for line in json.loads(first[4])] == ["3"]
    assert second[4] == "[]"


def test_the_raw_record_is_told_to_who_may_change_records(get, reader):
    order = SalesOrderFactory(payload='{"a": 1}', detail_payload='{"a": 1, "line_items": []}')
    get(f"sales-orders/{order.pk}/?include=payload", status=403)
    user = reader.get("/api/v1/sales-orders/").wsgi_request.user
    user.user_permissions.add(Permission.objects.get(codename="change_salesorder"))

    told = get(f"sales-orders/{order.pk}/?include=payload")["payload"]

    assert told == {"listing": '{"a": 1}', "detail": '{"a": 1, "line_items": []}'}


def test_a_list_is_walked_in_pages_by_day_those_without_one_last(get):
    days = ["2026-11-03", "2026-11-01", None, "2026-11-02"]
    for day in days:
        InvoiceFactory(date=day)
    address, told = "invoices/?ordering=-date&page_size=1&fields=date", []
    while address:
        page = get(address)
        told += [row["date"] for row in page["results"]]
        address = page["next"]

    assert told == ["2026-11-03", "2026-11-02", "2026-11-01", None]


def test_a_composite_tells_its_parts(get):
    composite = make("composites")
    cable = ProductFactory()
    line_of(composite, product=cable, quantity=2)

    (part,) = get(f"composites/{composite.pk}/")["lines"]

    assert (part["product"]["id"], part["quantity"]) == (str(cable.pk), "2")
