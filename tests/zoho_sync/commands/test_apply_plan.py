"""`manage.py apply_plan`: exactly what a dry run has shown, and nothing of what has changed since."""

from __future__ import annotations

import json

import pytest

from inventory.models import Product, StockLevel
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.one_leg


def planned(command, *words: str) -> int:
    answer = command(*words, "--dry-run", "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)["run"]


def test_a_dry_run_names_the_command_that_applies_it_and_that_writes_exactly_the_plan(command, zoho):
    command("sync_products", "--mode", "full")
    product = Product.objects.first()
    zoho.change("items", product.external_id, rate=4711)
    shown = command("sync_products", "--mode", "full", "--dry-run")
    number = SyncRun.objects.latest("pk").pk
    assert f"`manage.py apply_plan {number}`" in shown.out
    zoho.change("items", product.external_id, rate=1)  # which the plan does not know
    zoho.forget_calls()

    answer = command("apply_plan", str(number), "--json")

    told = json.loads(answer.out)
    assert (answer.code, told["status"], told["counts"]["updated"], told["calls"]) == (0, "succeeded", 1, 0)
    assert zoho.calls() == []
    product.refresh_from_db()
    assert product.unit_price == 4711


def test_a_refused_row_is_shown_with_its_reason_and_the_exit_code_is_1(command, zoho):
    command("sync_products", "--mode", "full")
    product = Product.objects.first()
    zoho.change("items", product.external_id, rate=4711)
    number = planned(command, "sync_products", "--mode", "full")
    Product.objects.filter(pk=product.pk).update(unit_price=5)

    answer = command("apply_plan", str(number), "--inline")

    assert answer.code == 1
    assert f"({product.external_id}) was refused: it has changed since the plan was made" in answer.out
    assert "Make a new dry run" in answer.err
    product.refresh_from_db()
    assert product.unit_price == 5


def test_plans_of_a_group_are_applied_in_the_order_in_which_they_build_upon_each_other(command, zoho):
    runs = json.loads(command("sync_all", "--mode", "full", "--dry-run", "--json").out)["runs"]

    answer = command("apply_plan", *(str(run["run"]) for run in reversed(runs)), "--json")

    assert answer.code == 0, answer.err
    assert (Product.objects.count(), StockLevel.objects.exists()) == (45, True)
    assert {run["status"] for run in json.loads(answer.out)["runs"]} == {"succeeded"}


def test_a_plan_that_was_applied_already_is_no_success(command, zoho):
    command("sync_products", "--mode", "full")
    zoho.add("items", name="New one", rate=5)
    number = planned(command, "sync_products", "--mode", "full")
    assert command("apply_plan", str(number)).code == 0

    answer = command("apply_plan", str(number))

    assert answer.code == 1
    assert "Every row of this plan has been applied or refused already." in answer.err
