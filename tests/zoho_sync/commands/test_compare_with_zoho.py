"""`compare_with_zoho`: the door to the comparison."""

from __future__ import annotations

import json

import pytest

from inventory.models import Product
from zoho_sync.processors import registry
from zoho_sync.sandbox import Sandbox, Size


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


class TestDocuments:
    @pytest.fixture
    def sandbox(self):
        size = Size(
            items=20, customers=6, vendors=2, locations=2, price_lists=1, price_list_items=5, documents=20
        )
        with Sandbox(size=size, seed=7, calls_per_minute=None) as sandbox:
            yield sandbox

    def test_one_kind_is_compared_with_its_lines(self, command, zoho):
        command("sync_zoho", "bills", "--mode", "full", "--inline")
        bill = zoho.ids("bills")[0]
        equal = command("compare_with_zoho", "bills")
        zoho.change("bills", bill, reference_number="4711", bump=False)
        differs = command("compare_with_zoho", "bills")

        assert (equal.code, differs.code) == (0, 1), equal.err
        assert "4711" in differs.out

    def test_all_of_them_go_by_one_word(self, command, zoho):
        told = json.loads(command("compare_with_zoho", "documents", "--sample", "1", "--json").out)

        assert [each["entity"] for each in told["entities"]] == registry.documents()

    def test_without_a_name_they_are_left_out_as_each_is_a_call(self, command, zoho):
        told = json.loads(command("compare_with_zoho", "--json").out)

        assert [each["entity"] for each in told["entities"]] == registry.together()

    def test_more_than_the_day_has_left_is_refused_before_the_first_call(self, command, zoho, settings):
        command("sync_zoho", "bills", "--mode", "full", "--inline")
        settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 5}
        before = len(zoho.calls())

        answer = command("compare_with_zoho", "bills")

        assert answer.code == 1
        assert "--sample 50" in answer.err
        assert len(zoho.calls()) == before
