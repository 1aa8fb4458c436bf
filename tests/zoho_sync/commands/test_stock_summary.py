"""`sync_stock --summary`: figures per warehouse that are added only where adding has a meaning."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.stock_summary import stock_summary
from tests.factories import (
    OrganizationFactory,
    ProductFactory,
    StockCheckFactory,
    StockLevelFactory,
    WarehouseFactory,
)


@pytest.fixture
def shop(transactional_db):
    return WarehouseFactory(name="Shop", external_id="71", sells=True)


@pytest.fixture
def store(transactional_db):
    return WarehouseFactory(name="Store", external_id="72", sells=False)


def level(warehouse, on_hand, value=None, **more):
    figure = None if on_hand is None else Decimal(on_hand)
    return StockLevelFactory(
        warehouse=warehouse, on_hand=figure, available_for_sale=figure, asset_value=value, **more
    )


def told(answer) -> dict:
    return json.loads(answer.out)["summary"]


def test_each_warehouse_is_counted_by_what_is_on_hand(command, shop):
    for on_hand in ("3", "0", "-2", "1.5", None):
        level(shop, on_hand)

    found = told(command("sync_stock", "--summary", "--json"))["warehouses"][0]

    assert found["items"] == 5
    assert (found["with_stock"], found["without_stock"], found["negative"], found["unknown"]) == (2, 1, 1, 1)
    assert found["quantity"] == "2.5"


def test_selling_and_other_warehouses_are_never_added(command, shop, store):
    level(shop, "9")
    level(store, "-2")

    answer = command("sync_stock", "--summary", "--json")

    assert told(answer)["selling"]["quantity"] == "9"
    assert told(answer)["not_selling"]["quantity"] == "-2"
    assert "7" not in [word for line in answer.err.splitlines() for word in line.split()]
    assert "are not added together" in answer.err


def test_an_unknown_value_stays_unknown(command, shop, store):
    level(shop, "9")
    level(store, "4", Decimal("100.25"))
    level(store, "4")

    found = {each["name"]: each for each in told(command("sync_stock", "--summary", "--json"))["warehouses"]}

    assert found["Shop"]["value"] is None
    assert found["Store"]["value"] == "100.25"
    assert found["Store"]["no_value"] == 1


def test_sums_are_exact_where_binary_fractions_are_not(shop):
    for _ in range(10):
        level(shop, "0.1", Decimal("9999999999999.01"))

    found = stock_summary(shop.organization).warehouses[0]

    assert found.quantity == Decimal(1)
    assert found.value == Decimal("99999999999990.10")


def test_the_age_is_that_of_the_figure_verified_longest_ago(shop):
    old, new = timezone.now() - timedelta(days=3), timezone.now()
    for verified_at in (new, old):
        StockCheckFactory(product=level(shop, "1").product, verified_at=verified_at)
    level(shop, "1")

    found = stock_summary(shop.organization).warehouses[0]

    assert found.oldest_at == old
    assert found.never_verified == 1


def test_what_has_left_the_source_is_not_counted(shop, store):
    gone = timezone.now()
    level(shop, "5", removed_at=gone)
    level(shop, "5", product=ProductFactory(removed_at=gone))
    level(WarehouseFactory(removed_at=gone), "5")
    level(shop, "1")

    summary = stock_summary(shop.organization)

    assert summary.selling.quantity == Decimal(1)
    assert len(summary.warehouses) == 2


def test_organisations_are_told_apart(command, shop, monkeypatch):
    monkeypatch.setenv("COLUMNS", "120")
    other = OrganizationFactory(external_id="2", name="Other", currency_code="USD")
    level(shop, "5")
    StockLevelFactory(
        organization=other,
        warehouse=WarehouseFactory(organization=other, external_id="73"),
        product=ProductFactory(organization=other),
    )

    answer = command("sync_stock", "--summary", "--json")

    assert [each["currency"] for each in json.loads(answer.out)["summaries"]] == ["USD", "IQD"]
    assert "Value in USD" in answer.err
    assert told(command("sync_stock", "--summary", "--organization", "2", "--json"))["currency"] == "USD"


def test_only_the_warehouse_asked_for_is_told(command, shop, store):
    level(shop, "5")
    level(store, "5")

    found = told(command("sync_stock", "--summary", "--warehouse", "72", "--json"))

    assert [each["name"] for each in found["warehouses"]] == ["Store"]


def test_figures_are_never_cut_short(command, shop, monkeypatch):
    level(shop, "123456789", Decimal("987654321012345"))
    monkeypatch.setenv("COLUMNS", "70")

    answer = command("sync_stock", "--summary")

    assert answer.code == 0
    assert "…" not in answer.out


def test_nothing_mirrored_is_said_instead_of_zeros(command, transactional_db):
    answer = command("sync_stock", "--summary")

    assert answer.code == 1
    assert "No stock is mirrored yet." in answer.err
    assert answer.out == ""


def test_a_narrow_terminal_gets_a_line_per_figure_and_nothing_is_broken(command, shop, store, monkeypatch):
    level(shop, "5", Decimal("1234567890.25"))
    level(store, "-2")
    monkeypatch.setenv("COLUMNS", "50")

    lines = command("sync_stock", "--summary").out.splitlines()

    assert "Value in IQD" in "\n".join(lines)
    assert any(line.split()[:2] == ["On", "hand"] and line.split()[-1] == "-2" for line in lines)
    assert any(line.split()[-1:] == ["1,234,567,890.25"] for line in lines)
    assert all(len(line) <= 50 for line in lines if line.startswith("  "))
