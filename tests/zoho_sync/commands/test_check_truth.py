"""`check_truth`: one round of the truth meter by hand."""

from __future__ import annotations

import json

from inventory.models import Product


def test_a_right_mirror_exits_with_0_and_tells_the_share_with_its_interval(command, zoho):
    command("sync_zoho", "warehouses", "products", "--mode", "full")

    answer = command("check_truth", "--count", "10")

    assert answer.code == 0, answer.err
    assert "100.0 %" in answer.out
    assert "to 100.0 %" in answer.out


def test_a_drift_is_told_with_both_values_and_exits_with_1(command, zoho):
    command("sync_products", "--mode", "full")
    product = Product.objects.first()
    zoho.change("items", product.external_id, rate="4711.5", bump=False)

    answer = command("check_truth", "--count", "500", "--json")

    told = json.loads(answer.out)
    assert answer.code == 1
    assert told["verdicts"]["drift"] == 1
    (drift,) = told["drifts"]
    assert (drift["entity"], drift["record"]) == ("products", product.external_id)
    assert [each["there"] for each in drift["differences"]] == ["4711.5"]
    assert told["truth"]["open_drifts"] == 1
    assert product.external_id in answer.err


def test_a_number_without_sense_is_wrong_usage(command, zoho):
    answer = command("check_truth", "--count", "0")

    assert answer.code == 2
    assert "--count" in answer.err


def test_without_anything_to_compare_it_does_not_say_that_all_is_well(command, zoho):
    answer = command("check_truth")

    assert answer.code == 1
    assert "Nothing was compared" in answer.err
