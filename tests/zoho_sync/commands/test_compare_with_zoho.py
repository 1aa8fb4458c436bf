"""`compare_with_zoho`: the door to the comparison."""

from __future__ import annotations

import json

from inventory.models import Product


def test_an_exact_mirror_is_equal_and_exits_with_0(command, zoho):
    command("sync_zoho", "warehouses", "products", "--mode", "full")

    answer = command("compare_with_zoho", "products", "warehouses", "--json")

    told = json.loads(answer.out)
    assert answer.code == 0, answer.err
    assert told["is_equal"] is True
    assert [each["entity"] for each in told["entities"]] == ["warehouses", "products"]
    assert told["entities"][1]["compared"] == told["entities"][1]["equal"] == 45


def test_a_difference_is_told_with_both_values_and_exits_with_1(command, zoho):
    command("sync_products", "--mode", "full")
    product = Product.objects.first()
    zoho.change("items", product.external_id, rate="4711.5", bump=False)

    answer = command("compare_with_zoho", "products")

    assert answer.code == 1
    assert product.external_id in answer.out
    assert "unit_price" in answer.out
    assert "4711.5" in answer.out
    assert "differ" in answer.err


def test_what_only_zoho_has_is_missing_here(command, zoho):
    command("sync_products", "--mode", "full")
    added = zoho.add("items", name="New one", rate=5)

    answer = command("compare_with_zoho", "products", "--json")

    assert answer.code == 1
    assert json.loads(answer.out)["entities"][0]["missing_here"] == 1
    assert f"{added} New one: missing here" in answer.err


def test_a_sample_costs_few_calls(command, zoho):
    command("sync_products", "--mode", "full")

    told = json.loads(command("compare_with_zoho", "products", "--sample", "5", "--json").out)

    assert told["entities"][0]["compared"] == 5
    assert told["entities"][0]["calls"] == 1


def test_it_writes_nothing(command, zoho):
    command("sync_products", "--mode", "full")
    product = Product.objects.first()
    zoho.change("items", product.external_id, rate=4711)

    command("compare_with_zoho", "products")

    before = product.unit_price
    product.refresh_from_db()
    assert product.unit_price == before
