"""Values told without Python's own types are those that the ORM would tell."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from inventory.models import Product
from tests.factories import NOON, ProductFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (NOON, "2026-11-20T09:00:00Z"),
        (NOON + timedelta(microseconds=1), "2026-11-20T09:00:00.000001Z"),
        (NOON + timedelta(milliseconds=250), "2026-11-20T09:00:00.250000Z"),
        (datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), "1999-12-31T23:59:59.999999Z"),
        (None, None),
    ],
)
def test_times(get, moment, told):
    row = ProductFactory(source_modified_at=moment)

    assert get(f"products/{row.pk}/?fields=source_modified_at") == {"source_modified_at": told}


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        ("0", "0"),
        ("-0.00000001", "-0.00000001"),
        ("100", "100"),
        ("1200000", "1200000"),
        ("12345678.12345678", None),  # more digits than SQLite keeps
        ("0.1", "0.1"),
        ("-2.50", "-2.5"),
        ("9999999999.99", "9999999999.99"),
    ],
)
def test_figures(get, figure, told):
    row = ProductFactory(weight=Decimal(figure), unit_price=Decimal(figure))
    row.refresh_from_db()

    answer = get(f"products/{row.pk}/?fields=weight,base_price")

    assert Decimal(answer["weight"]) == row.weight
    assert answer["weight"] == answer["base_price"]["amount"]
    assert told in (None, answer["weight"])


def test_figures_of_every_size_are_those_of_the_orm(get):
    chance = random.Random(7)
    for number in range(300):
        digits = chance.randrange(10 ** chance.randint(1, 15))
        amount = Decimal(digits).scaleb(-chance.randint(0, 8)) * chance.choice((1, -1))
        ProductFactory(name=str(number), weight=amount)

    told = get("products/?fields=name,weight&page_size=500")["results"]

    known = dict(Product.objects.values_list("name", "weight"))
    assert {row["name"]: Decimal(row["weight"]) for row in told} == known
    assert not [row for row in told if "E" in row["weight"].upper() or row["weight"].endswith(".")]


def test_nested_values_and_marks(get):
    row = ProductFactory(
        custom_fields={"cf": ["كيبل", 1, None, {"a": 1.5}]},
        tags=[],
        is_active=None,
        is_tracked=False,
        is_combo=True,
    )

    assert get(f"products/{row.pk}/?fields=custom_fields,tags,is_active,is_tracked,is_combo") == {
        "is_active": None,
        "is_tracked": False,
        "is_combo": True,
        "custom_fields": {"cf": ["كيبل", 1, None, {"a": 1.5}]},
        "tags": [],
    }


def test_pages_in_the_order_of_a_time_with_fractions_miss_none(get):
    for number in range(6):
        ProductFactory(name=str(number), synced_at=NOON + timedelta(microseconds=number // 2))
    told, address = [], "products/?ordering=-synced_at&page_size=1&fields=name"
    while address:
        page = get(address)
        told += [row["name"] for row in page["results"]]
        address = page["next"]

    assert told == ["5", "4", "3", "2", "1", "0"]


def test_a_table_tells_the_same_as_a_list(get):
    ProductFactory(unit_price=Decimal("0.5"), custom_fields={"a": "b"}, synced_at=NOON)

    header, line = (
        get("products/?format=csv&fields=base_price,custom_fields,synced_at,is_active")
        .decode("utf-8-sig")
        .splitlines()
    )

    assert header == "is_active,base_price.amount,base_price.currency_code,custom_fields,synced_at"
    assert line.replace('"": ""', '"":""') == 'true,0.5,IQD,"{""a"":""b""}",2026-11-20T09:00:00Z'
