"""Reports for programs: their list, their rows, their pages, their refusals."""

from __future__ import annotations

import csv
import io
from decimal import Decimal

import pytest
from django.test import Client

from inventory.models import KeptReport
from inventory.reports import kept, registry
from tests.access.conftest import bearer, permitted, token_of
from tests.factories import CustomerFactory, ProductFactory, StockLevelFactory, WarehouseFactory
from tests.inventory.api.test_schema import check

from .conftest import invoice

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/reports/"


def program(*kinds: str) -> Client:
    user = permitted(*(f"inventory.view_{kind}_report" for kind in kinds), is_staff=False)
    return Client(headers=bearer(token_of(user, "read")[1]), raise_request_exception=False)


@pytest.fixture
def caller(db) -> Client:
    return program("stock", "money")


def test_the_list_tells_what_one_may_see(caller):
    told = caller.get(ROOT).json()["results"]
    assert [each["key"] for each in told] == [report.key for report in registry.every()]
    assert told[0]["url"].endswith("/api/v1/reports/stock-value/") and told[0]["question"]
    assert "receivables" not in [each["key"] for each in program("stock").get(ROOT).json()["results"]]


def test_rows_hold_references_money_and_decimals_as_text(caller, cable):
    invoice((cable, "1.50", "1000.10"))
    told = caller.get(f"{ROOT}sales-by-item/").json()
    (row,) = told["results"]
    assert row["product"] == {
        "id": str(cable.pk), "external_id": cable.external_id, "name": "Cable", "code": "CB-1",
    }  # fmt: skip
    assert row["revenue"] == {"amount": "1000.1", "currency_code": "IQD"}
    assert (row["sold"], row["documents"], row["share"]) == ("1.5", 1, "100")
    assert told["totals"] == [
        {
            "group": {"currency": "IQD"},
            "rows": 1,
            "values": {"sold": "1.5", "returned": "0", "quantity": "1.5", "revenue": "1000.1"},
            "not_known": {},
        }
    ]
    assert [column["name"] for column in told["columns"]] == list(row)


def test_pages_follow_each_other(caller):
    for number in range(5):
        invoice((ProductFactory(name=f"Product {number}"), 1, 10))
    first = caller.get(f"{ROOT}sales-by-item/?page_size=2&order=product").json()
    assert first["count"] == 5 and first["previous"] is None
    second = caller.get(first["next"]).json()
    assert [row["product"]["name"] for row in second["results"]] == ["Product 2", "Product 3"]
    third = caller.get(second["next"]).json()
    assert third["next"] is None and len(third["results"]) == 1
    assert caller.get(third["previous"]).json()["results"] == second["results"]
    assert caller.get(f"{ROOT}sales-by-item/?page_size=2&page=9").json()["results"] == []


def test_csv_holds_the_whole(caller):
    place = WarehouseFactory(sells=True)
    StockLevelFactory(
        product=ProductFactory(name="=evil", purchase_price=Decimal(2)), warehouse=place, on_hand=3
    )
    answer = caller.get(f"{ROOT}stock-value/?by=product&format=csv")
    told = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    assert told[0]["product.name"] == "'=evil"
    assert (told[0]["value.amount"], told[0]["value.currency_code"]) == ("6", "IQD")


@pytest.mark.parametrize(
    ("asked", "name"),
    [
        ("colour=red", "colour"),
        ("since=", "since"),
        ("since=2026-13-01", "since"),
        ("since=2026-11-02&until=2026-11-01", "until"),
        ("order=colour", "order"),
        ("page=0", "page"),
        ("page_size=501", "page_size"),
        ("warehouse=nowhere", "warehouse"),
        ("currency=usd", "currency"),
        ("currency=USD&currency=IQD", "currency"),
        ("format=csv&page=2", "page"),
    ],
)
def test_what_is_wrong_is_refused_by_name(caller, asked, name):
    answer = caller.get(f"{ROOT}sales-by-item/?{asked}")
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]


def test_several_warehouses_may_be_asked_for(caller, cable):
    places = [WarehouseFactory(), WarehouseFactory()]
    for place in places:
        StockLevelFactory(product=cable, warehouse=place, on_hand=1)
    StockLevelFactory(product=cable, on_hand=1)
    asked = "&".join(f"warehouse={place.external_id}" for place in places)
    assert caller.get(f"{ROOT}stock-value/?{asked}").json()["count"] == 2


def test_amounts_are_left_out_for_whoever_may_not_see_money():
    StockLevelFactory(
        product=ProductFactory(purchase_price=Decimal(777)), warehouse=WarehouseFactory(), on_hand=4
    )
    (seen,) = program("stock").get(f"{ROOT}dead-stock/").json()["results"]
    assert (seen["on_hand"], "value" in seen) == ("4", False)
    (told,) = program("stock", "money").get(f"{ROOT}dead-stock/").json()["results"]
    money = {"currency": "IQD", "value": {"amount": "3108", "currency_code": "IQD"}}
    assert told == seen | money
    assert program("stock").get(f"{ROOT}receivables/").status_code == 403


def test_a_large_report_is_asked_for_until_it_is_there(caller, settings):
    settings.REPORTS = settings.REPORTS | {"ROWS_AT_ONCE": -1}
    customer = CustomerFactory(name="Shop")
    invoice(customer=customer, balance=5, due_date="2026-01-01")
    first = caller.get(f"{ROOT}receivables/")
    assert (first.status_code, first.json()["state"]) == (202, "waits")
    assert int(first.headers["Retry-After"]) > 0
    assert caller.get(f"{ROOT}receivables/?format=csv").json()["state"] == "waits"
    kept.reckon(KeptReport.objects.get().pk)
    (row,) = caller.get(f"{ROOT}receivables/").json()["results"]
    assert (row["customer"]["name"], row["over_90"]["amount"], row["oldest"]) == ("Shop", "5", "2026-01-01")


def test_a_report_that_fails_says_so(caller, settings, caplog):
    settings.REPORTS = settings.REPORTS | {"ROWS_AT_ONCE": -1}
    caller.get(f"{ROOT}receivables/")
    row = KeptReport.objects.get()
    KeptReport.objects.update(question=row.question | {"order": "nothing"})
    kept.reckon(row.pk)
    answer = caller.get(f"{ROOT}receivables/")
    assert (answer.status_code, answer.json()["code"]) == (503, "report_failed")


def test_the_schema_tells_of_each_report_with_its_parameters(caller):
    paths = caller.get("/api/schema/?format=json").json()["paths"]
    asked = {
        each["name"]: each["schema"] for each in paths["/api/v1/reports/low-stock/"]["get"]["parameters"]
    }
    assert asked["days"]["maximum"] == 3660
    assert asked["show"]["enum"] == ["attention", "out", "low", "soon", "all"]
    assert {f"/api/v1/reports/{report.key}/" for report in registry.every()} <= set(paths)


def test_every_answer_is_what_the_schema_says(caller, cable, shop):
    StockLevelFactory(
        product=cable, warehouse=WarehouseFactory(sells=True), available_for_sale=0, on_hand=None
    )
    invoice((cable, 1, 10), (None, 1, 3), customer=shop, balance=5, date="2026-01-01")
    check("reports/", caller.get(ROOT).json())
    for report in registry.every():
        since = "?since=2026-01-01" if "since" in report.parameters.base_fields else ""
        check(f"reports/{report.key}/", caller.get(f"{ROOT}{report.key}/{since}").json())


def test_an_unchanged_answer_is_not_sent_twice(caller):
    first = caller.get(ROOT)
    assert caller.get(ROOT, headers={"If-None-Match": first["ETag"]}).status_code == 304
