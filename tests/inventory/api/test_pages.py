"""Keyset pages: of any view, in any order, while rows change."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import pytest
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.test import APIRequestFactory

from inventory.api.conditional import Conditional
from inventory.api.exports import CsvList, CsvRenderer, NamedFormat
from inventory.api.fields import SelectableFields
from inventory.api.filters import FlagFilter, MomentFilter, StrictFilterBackend, StrictFilterSet
from inventory.api.paging import KeysetPagination
from inventory.api.rendering import OrjsonRenderer
from inventory.models import Product
from tests.factories import NOON, ProductFactory

pytestmark = pytest.mark.django_db


class ProductSerializer(serializers.ModelSerializer):
    class Meta:
        model = Product
        fields = ("id", "name", "sku", "source_modified_at")


class ProductFilters(StrictFilterSet):
    is_hidden = FlagFilter()
    since = MomentFilter("synced_at", "gte")

    class Meta:
        model = Product
        fields = ("sku",)


class Products(Conditional, SelectableFields, CsvList, ListAPIView):
    """As a room would write its own list."""

    authentication_classes = ()
    permission_classes = ()
    queryset = Product.objects.all()
    serializer_class = ProductSerializer
    pagination_class = KeysetPagination
    filter_backends = (StrictFilterBackend,)
    filterset_class = ProductFilters
    renderer_classes = (OrjsonRenderer, CsvRenderer)
    content_negotiation_class = NamedFormat
    orderings = {"name": "name", "id": "pk", "changed": "source_modified_at"}
    default_ordering = "id"


def ask(query: str = "", **headers):
    response = Products.as_view()(APIRequestFactory().get(f"/products/{query}", **headers))
    return response.render() if hasattr(response, "render") else response


def told(query: str = "") -> dict:
    response = ask(query)
    assert response.status_code == 200, response.content
    return json.loads(response.content)


def walk(query: str, way: str = "next") -> list[list[str]]:
    """Names, page by page, to the end."""
    pages, answer = [], told(query)
    while True:
        pages.append([row["name"] for row in answer["results"]])
        if answer[way] is None:
            return pages
        answer = told("?" + answer[way].partition("?")[2])


def test_a_list_is_told_in_pages_and_every_row_once():
    for number in range(7):
        ProductFactory(name=f"P{number}")

    assert walk("?page_size=3&ordering=-name") == [["P6", "P5", "P4"], ["P3", "P2", "P1"], ["P0"]]


def test_equal_values_follow_by_key_in_both_directions():
    rows = [ProductFactory(name="same", sku=f"S{number}") for number in range(5)]

    first = told("?page_size=2&ordering=name")
    second = told("?" + first["next"].partition("?")[2])

    assert [row["id"] for row in first["results"] + second["results"]] == [row.pk for row in rows[:4]]


@pytest.mark.parametrize("ordering", ["changed", "-changed"])
def test_rows_without_a_value_come_last_on_every_database(ordering):
    for number, hours in enumerate([3, None, 1, None, 2]):
        ProductFactory(
            name=f"{hours}:{number}",
            source_modified_at=hours and NOON + timedelta(hours=hours, microseconds=7),
        )
    known = ["1:2", "2:4", "3:0"]
    expected = [*known, "None:1", "None:3"] if ordering == "changed" else [*known[::-1], "None:3", "None:1"]

    for size in (1, 2, 3):
        told_names = [name for page in walk(f"?page_size={size}&ordering={ordering}") for name in page]
        assert told_names == expected


@pytest.mark.parametrize("ordering", ["name", "-name", "changed", "-changed", "id"])
def test_going_back_tells_the_same_pages(ordering):
    for number in range(7):
        ProductFactory(
            name=f"P{number % 3}{number}",
            source_modified_at=None if number % 2 else NOON + timedelta(hours=number),
        )
    there, answer = [], told(f"?page_size=2&ordering={ordering}")
    while answer["next"]:
        there.append(answer)
        answer = told("?" + answer["next"].partition("?")[2])

    while answer["previous"]:
        answer = told("?" + answer["previous"].partition("?")[2])
        assert answer["results"] == there.pop()["results"]
    assert there == []


def test_rows_that_come_and_go_meanwhile_move_no_other():
    rows = [ProductFactory(name=f"P{number}") for number in range(6)]
    first = told("?page_size=2&ordering=name")

    ProductFactory(name="P0a")
    rows[0].delete()
    rows[1].delete()

    rest = walk("?" + first["next"].partition("?")[2])
    assert rest == [["P2", "P3"], ["P4", "P5"]]


@pytest.mark.parametrize("size", ["0", "501", "-1", "abc", "1.5", "9" * 30, "٣", ""])
def test_a_page_of_no_sensible_size_is_refused(size):
    response = ask(f"?page_size={size}")

    assert response.status_code == 400
    assert "page_size" in json.loads(response.content)["errors"]


def forged(*parts) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "garbage",
        "%00",
        "é",
        "x" * 5000,
        forged("name", "a"),
        forged("name", "a\x00", 1, 0, {}),
        forged("name", 5, 1, 0, {}),
        forged("name", None, 1, 0, {}),  # a name is never unknown
        forged("name", "a", "1", 0, {}),
        forged("name", "a", 10**30, 0, {}),
        forged("name", "a", True, 0, {}),
        forged("name", "a", 1, 2, {}),
        forged("name", "a", 1, 0, {"x": 1}),
        forged("name", "a", 1, 0, []),
        forged("changed", "yesterday", 1, 0, {}),
        forged("changed", "2026-11-20T09:00:00", 1, 0, {}),  # no zone
        forged("sku", "a", 1, 0, {}),  # no order of this list
        base64.urlsafe_b64encode(b"[" * 3000).decode(),
        base64.urlsafe_b64encode(b'["name",NaN,1,0,{}]').decode(),
    ],
)
def test_a_cursor_that_nobody_gave_out_is_refused(cursor):
    ProductFactory()

    response = ask(f"?cursor={cursor}")

    assert response.status_code == 400
    assert "cursor" in json.loads(response.content)["errors"]


def test_a_cursor_belongs_to_its_order():
    ProductFactory.create_batch(3)
    cursor = told("?page_size=1&ordering=name")["next"].partition("cursor=")[2].partition("&")[0]

    assert ask(f"?ordering=-name&cursor={cursor}").status_code == 400
    assert ask(f"?page_size=1&cursor={cursor}").status_code == 200


def test_an_order_that_there_is_not_is_refused_with_those_that_there_are():
    response = ask("?ordering=payload")

    assert response.status_code == 400
    assert "name, id, changed" in json.loads(response.content)["errors"]["ordering"][0]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?skuu=1", "skuu"),
        ("?sku=", "sku"),
        ("?sku=a&sku=b", "sku"),
        ("?is_hidden=yes", "is_hidden"),
        ("?is_hidden=True", "is_hidden"),
        ("?since=2026-11-20", "since"),
        ("?since=2026-11-20T09:00:00", "since"),
        ("?since=2026-11-20T09:00:00+03:00", "since"),  # + is a blank in an address
        ("?since=9999-12-31T23:59:59-12:00", "since"),
        ("?fields=name,nam", "fields"),
        ("?fields=name,", "fields"),
        ("?format=xml", "format"),
        ("?format=csv&page_size=5", "page_size"),
    ],
)
def test_nonsense_is_refused_by_name(query, field):
    response = ask(query)

    assert response.status_code == 400
    assert [*json.loads(response.content)["errors"]] == [field]


def test_a_time_is_understood_in_any_zone():
    ProductFactory(name="early", synced_at=NOON)
    ProductFactory(name="late", synced_at=NOON + timedelta(seconds=1))

    assert walk("?since=2026-11-20T12:00:01%2B03:00") == [["late"]]


def test_only_the_fields_asked_for_are_told():
    ProductFactory(name="P", sku="S")

    assert told("?fields=sku,name")["results"] == [{"name": "P", "sku": "S"}]


def test_an_answer_known_already_is_not_sent_again():
    product = ProductFactory()
    first = ask()

    again = ask(HTTP_IF_NONE_MATCH=first["ETag"])

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert again["Cache-Control"] == first["Cache-Control"] == "private, no-cache"
    Product.objects.filter(pk=product.pk).update(name="another")
    changed = ask(HTTP_IF_NONE_MATCH=first["ETag"])
    assert changed.status_code == 200
    assert changed["ETag"] != first["ETag"]


def test_a_refusal_carries_no_etag():
    assert "ETag" not in ask("?page_size=0")


def test_csv_holds_the_whole_list_whatever_a_page_holds():
    ProductFactory.create_batch(230, sku="")

    response = ask("?format=csv&fields=name,sku")
    lines = b"".join(response).decode("utf-8-sig").splitlines()

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert lines[0] == "name,sku"
    assert len(lines) == 231


def test_csv_is_also_what_the_accept_header_asks_for():
    ProductFactory(name="كيبل", sku="S")

    response = ask("?fields=name,sku", HTTP_ACCEPT="text/csv")

    assert b"".join(response) == b"\xef\xbb\xbfname,sku\r\n" + "كيبل,S\r\n".encode()


@pytest.mark.parametrize(
    ("name", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+964 770", "'+964 770"),
        ("-5", "-5"),
        ("-5.25", "-5.25"),
        ("-5+A1", "'-5+A1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\r=x", '"\'\r=x"'),
        ("a=b", "a=b"),
    ],
)
def test_a_cell_cannot_be_a_formula(name, cell):
    ProductFactory(name=name)

    lines = b"".join(ask("?format=csv&fields=name")).decode("utf-8-sig").split("\r\n", 1)

    assert lines[1] == f"{cell}\r\n"
