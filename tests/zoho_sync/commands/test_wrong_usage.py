"""What cannot be obeyed is refused in one sentence, with exit code 2 and without a run."""

from __future__ import annotations

import json

import pytest

from tests.factories import OrganizationFactory, WarehouseFactory
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.one_leg


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ("sync_stock --mode full --batch-size 9", "--batch-size must be from 10 to 200, not 9."),
        ("sync_stock --mode full --batch-size 201", "--batch-size must be from 10 to 200, not 201."),
        ("sync_stock --mode full --batch-size many", "invalid int value: 'many'"),
        ("sync_stock --mode sideways", "invalid choice: 'sideways'"),
        ("sync_stock --mode full --colour red", "unrecognized arguments: --colour red"),
        ("sync_stock --mode full --batch 50", "unrecognized arguments: --batch 50"),
        ("sync_stock --low-stock --threshold -1", "--threshold must not be negative; it is -1."),
        ("sync_stock --mode full --threshold 5", "--threshold goes with --low-stock"),
        ("sync_stock --items ,", "--items needs at least one id"),
        ("sync_stock --items a,b --low-stock", "--items and --low-stock exclude each other."),
        ("sync_stock --items a --mode full", "--items reads exactly these records; leave --mode out."),
        ("sync_stock --items " + "9" * 65, "is no id"),
        ("sync_stock --mode incremental --modified-since soon", "--modified-since must be a time such as"),
        ("sync_stock --mode incremental --modified-since 2999-01-01", "--modified-since lies in the future"),
        ("sync_stock --mode full --modified-since 2026-01-01", "goes with --mode incremental"),
        ("sync_stock --summary --dry-run", "--dry-run belongs to a run"),
        ("sync_stock --mode full --summary --no-wait", "leave --no-wait out"),
        ("sync_stock --mode full --warehouse 12", "Run `manage.py sync_warehouses` first."),
        ("sync_products --no-wait --inline", "--no-wait and --inline exclude each other."),
        ("sync_products --attach --dry-run", "--attach and --dry-run exclude each other."),
        ("sync_customers --with-details --no-wait", "--with-details and --no-wait exclude each other."),
        ("sync_pricelists --modified-since 2026-01-01", "unrecognized arguments"),
        ("sync_all --active-only", "unrecognized arguments"),
        ("sync_zoho", "the following arguments are required: entity"),
        ("sync_zoho products unicorns", "There is no entity unicorns. Known: warehouses, products"),
        ("compare_with_zoho unicorns", "There is no entity unicorns."),
        ("compare_with_zoho --sample 0", "--sample must be at least 1, not 0."),
        ("apply_plan", "the following arguments are required: RUN"),
        ("apply_plan 4711", "There is no run 4711."),
        ("apply_plan 1 --no-wait --inline", "--no-wait and --inline exclude each other."),
        ("setup_schedules --list --remove", "not allowed with argument"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(command, zoho, words, sentence):
    answer = command(*words.split())

    assert answer.code == 2
    assert sentence in answer.err
    assert answer.err.count("\n") == 1
    assert answer.out == ""
    assert not SyncRun.objects.exists()


def test_an_unknown_warehouse_is_refused_with_those_that_are_known(command, zoho):
    command("sync_warehouses", "--inline")
    WarehouseFactory(
        organization=OrganizationFactory(external_id="99"), external_id="12", name="Another company's"
    )

    answer = command("sync_stock", "--mode", "full", "--warehouse", "12")

    assert answer.code == 2
    assert answer.err.startswith("There is no warehouse 12. Known: ")
    assert "Another company's" not in answer.err
    assert not SyncRun.objects.filter(entity="stock").exists()


def test_without_a_selector_sync_stock_shows_its_help_and_exits_with_1(command):
    answer = command("sync_stock")

    assert answer.code == 1
    assert answer.out.startswith("usage: manage.py sync_stock")
    assert "--low-stock" in answer.out


@pytest.mark.parametrize("words", ["--mode sideways --json", "--mode full --batch-size 5 --json", "--json"])
def test_refusals_are_one_json_object_too(command, words):
    answer = command("sync_stock", *words.split())

    assert json.loads(answer.out)["error"]
    assert answer.err


def test_without_credentials_the_sentence_tells_what_to_do(command):
    answer = command("sync_products")

    assert answer.code == 1
    assert "zoho_connect" in answer.err
    assert answer.err.count("\n") == 1


def test_control_characters_in_a_refused_value_do_not_reach_the_terminal(command, zoho):
    answer = command("sync_zoho", "\x1b[2Jproducts")

    assert answer.code == 2
    assert "\x1b" not in answer.err
