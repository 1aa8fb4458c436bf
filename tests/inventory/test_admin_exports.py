"""A list as a file: the filtered rows, in order, exact, harmless, and noted."""

from __future__ import annotations

import csv
import io
import zipfile
from datetime import UTC, datetime
from decimal import Decimal
from xml.etree import ElementTree

import pytest
from django.contrib.admin.models import LogEntry

from inventory.exporting import csv_pieces, defused, xlsx_file
from tests.factories import CustomerFactory, OrganizationFactory, ProductFactory

from .test_admin_lists import LIST, person, signed_in

SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def csv_of(answer) -> list[list[str]]:
    content = b"".join(answer)
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


def xlsx_of(content: bytes) -> list[list[tuple[str, str]]]:
    """(type, text) of every cell."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    return [
        [(cell.get("t", "n"), "".join(cell.itertext())) for cell in row] for row in sheet.iter(f"{SHEET}row")
    ]


@pytest.fixture
def exporter(db):
    return signed_in(person("export_product", "export_customer"))


def test_the_filtered_rows_go_out_in_the_lists_order_with_its_columns(exporter):
    organization = OrganizationFactory(currency_code="IQD", time_zone="Asia/Baghdad")
    ProductFactory(
        organization=organization, name="ب", sku="001", unit_price=Decimal("12500.50"), external_id="4600000000000001",
        source_modified_at=datetime(2026, 11, 20, 22, 30, tzinfo=UTC),
    )  # fmt: skip
    ProductFactory(organization=organization, name="أ", sku="002", unit_price=None, external_id="2")
    ProductFactory(organization=organization, name="other", sku="")
    exporter.post(f"{LIST}columns/", {"column": ["code_sku", "price", "source_modified_at"]})

    told = csv_of(exporter.post(f"{LIST}export/csv/?has_sku=yes&o=-0"))

    assert told[0] == [
        "External id", "Product", "SKU", "Base price", "Base price: currency", "Changed at the source"
    ]  # fmt: skip
    assert told[1] == ["4600000000000001", "ب", "001", "12500.5", "IQD", "2026-11-21 01:30:00"]
    assert told[2][:5] == ["2", "أ", "002", "", "IQD"]
    assert len(told) == 3


def test_a_workbook_holds_numbers_as_numbers_and_codes_as_text(exporter):
    ProductFactory(name="=1+1", sku="00123", unit_price=Decimal("12500.5"), external_id="4600000000000001")
    exporter.post(f"{LIST}columns/", {"column": ["code_sku", "price"]})

    answer = exporter.post(f"{LIST}export/xlsx/")
    head, row = xlsx_of(b"".join(answer))

    assert answer["Content-Disposition"].endswith('.xlsx"')
    assert [kind for kind, _text in row[:3]] == ["inlineStr"] * 3
    assert [text for _kind, text in row] == ["4600000000000001", "=1+1", "00123", "12500.5", "IQD"]
    assert row[3][0] == "n"
    assert len(head) == 5


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_begins_like_a_formula_is_defused(sign):
    assert defused(f"{sign}cmd|'/c calc'!A0") == f"'{sign}cmd|'/c calc'!A0"
    assert defused("a=b") == "a=b"


def test_negative_figures_stay_numbers():
    told = b"".join(csv_pieces(["x"], [[Decimal("-5.00")], [-3], [None], ["-5"]])).decode("utf-8-sig")

    assert told.splitlines() == ["x", "-5", "-3", '""', "'-5"]


def test_more_digits_than_a_spreadsheet_keeps_are_text():
    with xlsx_file(
        "x", ["x"], [[Decimal("1234567890123456.7")], [Decimal("0.10")]], right_to_left=True
    ) as file:
        _head, long, short = xlsx_of(file.read())

    assert long == [("inlineStr", "1234567890123456.7")]
    assert short == [("n", "0.1")]


def test_a_file_is_noted_with_who_which_filter_and_how_many(exporter):
    CustomerFactory(name="a")
    CustomerFactory(name="b")

    b"".join(exporter.post("/admin/inventory/customer/export/csv/?q=a"))

    entry = LogEntry.objects.get()
    assert entry.content_type.model == "customer"
    assert entry.change_message == "Exported 1 rows as CSV; filters: q=a"
    assert str(entry.user_id) == exporter.session["_auth_user_id"]


def test_without_the_permission_nothing_goes_out_and_the_page_says_why(db):
    viewer = signed_in(person())

    assert viewer.post(f"{LIST}export/csv/").status_code == 403
    assert "You need the permission to export this list" in viewer.get(LIST).content.decode()
    assert not LogEntry.objects.exists()


def test_a_strange_form_or_filter_is_refused(exporter):
    assert exporter.post(f"{LIST}export/pdf/").status_code == 404
    assert exporter.post(f"{LIST}export/csv/?nonsense=1").status_code == 302
    assert not LogEntry.objects.exists()
