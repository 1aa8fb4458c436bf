"""Reports as pages and files: who sees them, what the address may say, what leaves the house."""

from __future__ import annotations

import csv
import html
import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inventory.models import RowChange
from inventory.reports import registry
from tests.access.conftest import permitted
from tests.factories import (
    NOON,
    AdministratorFactory,
    CustomerFactory,
    OrganizationFactory,
    PriceChangeFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

from .conftest import credit_note, invoice

pytestmark = pytest.mark.django_db
ROOT = "/admin/reports/"
KEYS = [report.key for report in registry.every()]


def words(answer) -> str:
    return re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode().split('<div class="tsh-report"')[1])
    )


def csv_of(answer) -> list[list[str]]:
    content = b"".join(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


# --- Who ----------------------------------------------------------------------------------------------


def test_each_permission_opens_its_own_reports(client):
    for permission, allowed, refused in (
        ("view_stock_report", "low-stock", "receivables"),
        ("view_money_report", "receivables", "low-stock"),
    ):
        client.force_login(permitted(f"inventory.{permission}"))
        index = client.get(ROOT).content.decode()
        assert f"{ROOT}{allowed}/" in index and f"{ROOT}{refused}/" not in index
        assert client.get(f"{ROOT}{allowed}/").status_code == 200
        assert client.get(f"{ROOT}{refused}/").status_code == 403
        assert client.get(f"{ROOT}nothing/").status_code == 404


def test_files_need_a_permission_of_their_own(client):
    client.force_login(permitted("inventory.view_money_report"))
    assert "You need the permission to export reports" in words(client.get(f"{ROOT}receivables/"))
    assert client.post(f"{ROOT}receivables/export/csv/").status_code == 403


def test_the_search_over_everything_finds_reports(client, seer):
    told = seer.get("/admin/search/results/", {"q": "receivables"}).content.decode()
    assert f"{ROOT}receivables/" in told
    client.force_login(permitted("inventory.view_stock_report"))
    assert (
        f"{ROOT}receivables/"
        not in client.get("/admin/search/results/", {"q": "receivables"}).content.decode()
    )
    client.force_login(UserFactory())
    assert ROOT not in client.get("/admin/search/results/", {"q": "reports"}).content.decode()


# --- What is shown --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", KEYS)
def test_every_report_says_what_it_answers_and_what_nothing_means(seer, key):
    told = words(seer.get(f"{ROOT}{key}/"))
    assert str(registry.get(key).question) in told
    assert "Nothing answers to these parameters." in told


def test_a_row_leads_to_what_is_behind_it_for_those_who_may(client, seer, cable):
    made = invoice((cable, 1, 10), customer=CustomerFactory(name="<b>Shop</b>"))
    told = seer.get(f"{ROOT}sales-by-customer/").content.decode()
    assert f"/admin/inventory/customer/{made.customer_id}/change/" in told
    assert f"?customer__id__exact={made.customer_id}" in told
    assert "<b>Shop" not in told and "&lt;b&gt;Shop" in told
    client.force_login(permitted("inventory.view_money_report"))
    assert "/admin/inventory/customer/" not in client.get(f"{ROOT}sales-by-customer/").content.decode()


def test_every_way_to_what_is_behind_a_row_leads_there(client, cable, shop):
    client.force_login(AdministratorFactory())
    place = WarehouseFactory(sells=True)
    StockLevelFactory(product=cable, warehouse=place, available_for_sale=0)
    PriceChangeFactory(product=cable)
    invoice((cable, 1, 10), customer=shop, balance=10, date=date(2026, 1, 1))
    RowChange.objects.update(noted_at=NOON - timedelta(days=30))
    asked = {"past-stock": "?at=2026-11-20T12:00", "past-prices": "?at=2026-11-20T12:00"}
    asked["sales-by-customer"] = "?since=2026-01-01"
    followed = 0
    for report in registry.every():
        told = client.get(f"{ROOT}{report.key}/{asked.get(report.key, '')}").content.decode()
        ways = re.findall(r'<small><a class="tsh-link" href="([^"]+)"', told)
        for way in ways:
            assert client.get(html.unescape(way)).status_code == 200, way
        followed += bool(ways)
        assert bool(ways) == bool(report.behind), report.key
    assert followed == 7


def test_a_time_with_a_zone_stands_in_the_form_by_the_companys_clocks(seer):
    OrganizationFactory()
    told = seer.get(f"{ROOT}past-stock/", {"at": "2026-11-20T06:00:00Z"}).content.decode()
    assert 'value="2026-11-20T09:00"' in told


def test_totals_stand_below_per_currency(seer, cable):
    for currency in ("USD", "IQD"):
        invoice((cable, 2, 1500), currency_code=currency)
        invoice((ProductFactory(), 1, 500), currency_code=currency)
    told = seer.get(f"{ROOT}sales-by-item/").content.decode().split("<tfoot>")[1]
    assert "2,000 <small>IQD</small>" in told and "2,000.00 <small>USD</small>" in told
    assert "4,000" not in told


def test_rows_are_ordered_by_whatever_column_and_unknown_ones_come_last(seer):
    place = WarehouseFactory(sells=True)
    for name, price in (("b", "3"), ("a", "1"), ("c", None)):
        product = ProductFactory(name=f"Product {name}", purchase_price=price and Decimal(price))
        StockLevelFactory(product=product, warehouse=place)

    def names(order):
        told = seer.get(f"{ROOT}stock-value/", {"by": "product", "order": order}).content.decode()
        return re.findall(r"Product (\w)<", told)

    assert names("product") == ["a", "b", "c"]
    assert names("-product") == ["c", "b", "a"]
    assert names("value") == ["a", "b", "c"]
    assert names("-value") == ["b", "a", "c"]


def test_pages_hold_a_hundred_rows_each_and_one_too_far_leads_back(seer):
    place = WarehouseFactory(sells=True)
    for number in range(101):
        StockLevelFactory(
            product=ProductFactory(name=f"Product {number:03}"), warehouse=place, available_for_sale=0
        )
    first = seer.get(f"{ROOT}low-stock/", {"order": "product"})
    assert first.content.decode().count('class="tsh-tag') == 100
    assert "Rows 1–100 of 101" in words(first)
    second = seer.get(f"{ROOT}low-stock/", {"order": "product", "page": "2"})
    assert "Product 100" in words(second) and "Product 099" not in words(second)
    assert seer.get(f"{ROOT}low-stock/", {"page": "9"}).headers["Location"] == f"{ROOT}low-stock/?page=2"


@pytest.mark.parametrize(("key", "most"), [("sales-by-item", 24), ("stock-value", 24), ("low-stock", 28)])
def test_a_page_asks_the_same_number_of_questions_for_any_number_of_rows(seer, key, most):
    place = WarehouseFactory(sells=True)

    def more(count):
        for _number in range(count):
            product = ProductFactory(purchase_price=Decimal(2))
            StockLevelFactory(product=product, warehouse=place, available_for_sale=0)
            invoice((product, 1, 10))

    def queries():
        with CaptureQueriesContext(connection) as asked:
            assert seer.get(f"{ROOT}{key}/").status_code == 200
        return len(asked)

    more(2)
    queries()  # what is asked once and remembered
    first = queries()
    more(20)
    assert queries() == first <= most


# --- What the address may say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "asked", "said"),
    [
        ("sales-by-item", {"colour": "red"}, "This page does not know: colour."),
        ("sales-by-item", {"since": "yesterday"}, "From: Enter a valid date."),
        ("sales-by-item", {"since": "2026-11-02", "until": "2026-11-01"}, "It lies before the first day"),
        ("sales-by-item", {"since": "1000-01-01"}, "A day from 2000 to 2100 is expected."),
        ("sales-by-item", {"currency": "euro"}, "Three capital letters are expected"),
        ("sales-by-item", {"warehouse": "999"}, "There is no warehouse with the id 999."),
        ("sales-by-item", {"order": "colour"}, "cannot be ordered by “colour”"),
        ("sales-by-item", {"page": "0"}, "“page” is not a number of a page."),
        ("sales-by-item", {"since": ["2026-11-01", "2026-11-02"]}, "“since” comes more than once."),
        ("low-stock", {"days": "0"}, "greater than or equal to 1"),
        ("low-stock", {"days": "many"}, "Enter a whole number."),
        ("low-stock", {"show": "everything"}, "is not one of the available choices"),
        ("past-stock", {"at": "2099-01-01T00:00"}, "It is in the future."),
        ("past-stock", {"at": "noon"}, "A time is expected"),
        ("past-stock", {"figure": "payload"}, "is not one of the available choices"),
        ("price-comparison", {"price_list": "x"}, "There is no price list with the id x."),
    ],
)
def test_what_the_address_says_in_vain_is_refused_by_name(seer, key, asked, said):
    answer = seer.get(f"{ROOT}{key}/", asked)
    assert answer.status_code == 400
    assert said in words(answer)


def test_empty_fields_of_the_form_mean_their_defaults(seer, cable):
    invoice((cable, 1, 10))
    assert (
        seer.get(f"{ROOT}sales-by-item/", {"since": "", "currency": "", "warehouse": ""}).status_code == 200
    )


# --- Files ----------------------------------------------------------------------------------------------


def test_a_file_holds_all_rows_in_order_with_names_codes_and_currencies(seer, cable):
    evil = ProductFactory(name="=cmd()", sku="", external_id="77")
    invoice((cable, 2, "1000.50"), (evil, 1, 5))
    credit_note((evil, 3, 15))

    told = csv_of(seer.post(f"{ROOT}sales-by-item/export/csv/"))

    assert told[0][:6] == ["Product: external id", "Product", "Product: code", "Currency", "Sold", "Returned"]
    assert told[1][:7] == [cable.external_id, "Cable", "CB-1", "IQD", "2", "0", "2"]
    assert told[1][7] == "1000.5"
    assert told[2][:7] == ["77", "'=cmd()", "", "IQD", "1", "3", "-2"]
    assert told[2][7] == "-10"


def test_a_workbook_is_made_and_what_is_taken_out_is_noted(seer, cable):
    invoice((cable, 2, 10))
    answer = seer.post(f"{ROOT}sales-by-item/export/xlsx/?currency=IQD")
    assert b"".join(answer).startswith(b"PK")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    entry = LogEntry.objects.get()
    assert entry.object_repr == "report sales-by-item"
    assert entry.change_message == "Exported 1 rows as XLSX; parameters: currency=IQD"


def test_nonsense_takes_nothing_out(seer):
    answer = seer.post(f"{ROOT}sales-by-item/export/csv/?since=nonsense")
    assert answer.status_code == 302 and not LogEntry.objects.exists()
    assert seer.post(f"{ROOT}sales-by-item/export/pdf/").status_code == 404


def test_words_and_figures_are_arabic_and_western(seer, cable):
    invoice((cable, 2, 1500))
    seer.cookies["django_language"] = "ar"
    told = seer.get(f"{ROOT}sales-by-item/").content.decode()
    assert 'dir="rtl"' in told and "1,500 <small>IQD</small>" in told
