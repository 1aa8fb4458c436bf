"""Commands from start to table, against a Zoho that speaks HTTP, without a worker."""

from __future__ import annotations

import json

import pytest

from inventory.models import Customer, Product, StockLevel, Warehouse
from tests.factories import OrganizationFactory, ProductFactory, RecordErrorFactory, SyncRunFactory
from zoho_sync import connections
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.one_leg

Status = SyncRun.Status


def figures(answer) -> dict:
    return json.loads(answer.out)


def test_a_run_ends_with_its_figures_and_exit_code_0(command, zoho):
    answer = command("sync_products", "--mode", "full", "--inline")

    assert answer.code == 0, answer.err
    rows = {line.split()[0]: line.split()[1] for line in answer.out.splitlines() if len(line.split()) == 2}
    assert rows["fetched"] == rows["created"] == "45"
    assert rows["state"] == "succeeded"
    assert "Every row is in." in answer.out
    assert Product.objects.count() == 45


def test_json_is_one_object_and_everything_else_goes_to_standard_error(command, zoho):
    answer = command("sync_products", "--mode", "full", "--json")

    told = figures(answer)
    assert told["status"] == "succeeded"
    assert told["counts"]["created"] == 45
    assert told["run"] == SyncRun.objects.get().pk
    assert told["calls"] == len([call for call in zoho.calls() if call["api"] != "accounts"])
    assert told["seconds"] > 0
    assert "No worker is running" in answer.err


def test_sync_all_shows_every_entity_and_their_sums(command, zoho):
    answer = command("sync_all", "--mode", "full", "--json")

    told = figures(answer)
    assert answer.code == 0, answer.err
    assert [run["entity"] for run in told["runs"]] == [
        "warehouses",
        "products",
        "price_lists",
        "customers",
        "stock",
    ]
    assert told["counts"]["created"] == sum(run["counts"]["created"] for run in told["runs"])
    assert told["calls"] == sum(run["calls"] for run in told["runs"])
    assert StockLevel.objects.exists()
    assert "Total" in answer.err


def test_sync_zoho_takes_entities_in_any_order_and_syncs_them_in_a_fitting_one(command, zoho):
    answer = command("sync_zoho", "stock", "products", "warehouses", "--mode", "full", "--json")

    assert answer.code == 0, answer.err
    assert [run["entity"] for run in figures(answer)["runs"]] == ["warehouses", "products", "stock"]
    assert StockLevel.objects.exists()


def test_given_items_are_read_again_in_a_real_time_run(command, zoho):
    command("sync_zoho", "warehouses", "products", "stock", "--mode", "full")
    level = StockLevel.objects.filter(product__is_active=True).first()
    zoho.set_stock(level.product.external_id, level.warehouse.external_id, on_hand=-7)

    answer = command("sync_stock", "--items", level.product.external_id, "--json")

    level.refresh_from_db()
    assert figures(answer)["mode"] == "realtime"
    assert figures(answer)["counts"]["updated"] == 1
    assert level.on_hand == -7


def test_sync_stock_leaves_inactive_products_out_unless_told_otherwise(command, zoho):
    command("sync_zoho", "warehouses", "products", "--mode", "full")
    everything = Product.objects.filter(is_tracked=True)
    active = everything.filter(is_active=True).count()
    assert 0 < active < everything.count()

    assert figures(command("sync_stock", "--mode", "full", "--json"))["counts"]["fetched"] == active
    told = figures(command("sync_stock", "--mode", "full", "--no-active-only", "--json"))
    assert told["counts"]["fetched"] == everything.count()


def test_only_the_warehouses_asked_for_are_written(command, zoho):
    command("sync_zoho", "warehouses", "products", "--mode", "full")
    wanted = Warehouse.objects.first()

    answer = command("sync_stock", "--mode", "full", "--warehouse", wanted.external_id)

    assert answer.code == 0, answer.err
    assert set(StockLevel.objects.values_list("warehouse", flat=True)) == {wanted.pk}


def test_low_stock_reads_only_what_is_at_or_below_the_threshold(command, zoho):
    command("sync_zoho", "warehouses", "products", "stock", "--mode", "full")
    command("sync_stock", "--mode", "full")
    least = min(_sums())
    low = sum(1 for each in _sums() if each <= least)

    answer = command("sync_stock", "--low-stock", "--threshold", str(max(0, int(least))), "--json")

    assert answer.code == 0, answer.err
    assert figures(answer)["counts"]["fetched"] >= low
    assert figures(answer)["counts"]["fetched"] < Product.objects.count()


def test_modified_since_reads_the_stock_of_what_has_changed_since(command, zoho, settings):
    settings.ZOHO = settings.ZOHO | {
        "BACKGROUND_FLOOR_PERCENT": 100
    }  # no calls left to verify the oldest with
    command("sync_zoho", "warehouses", "products", "stock", "--mode", "full")
    command("sync_stock", "--mode", "full", "--no-active-only")
    at_noon = "2026-01-01T12:00:00+00:00"
    changed = Product.objects.filter(is_tracked=True).order_by("pk")[:3]
    Product.objects.update(source_modified_at="2025-06-01T00:00:00+00:00")
    Product.objects.filter(pk__in=[each.pk for each in changed]).update(source_modified_at=at_noon)
    words = ["--mode", "incremental", "--no-active-only", "--json"]

    usual = figures(command("sync_stock", *words))["counts"]["fetched"]
    since = figures(command("sync_stock", *words, "--modified-since", at_noon))["counts"]["fetched"]

    assert (usual, since) == (0, 3)


def _sums() -> list:
    products = Product.objects.filter(is_tracked=True, is_active=True)
    return [sum(level.available_for_sale for level in product.stock.all()) for product in products]


def test_a_dry_run_prints_the_plan_and_writes_nothing(command, zoho):
    command("sync_products", "--mode", "full")
    changed, added = Product.objects.first(), zoho.add("items", name="New one", rate=5)
    zoho.change("items", changed.external_id, rate=4711)

    answer = command("sync_products", "--mode", "full", "--dry-run", "--json")

    plan = figures(answer)["plan"]
    assert answer.code == 0, answer.err
    assert plan["by_table"] == {"product": {"create": 1, "update": 1}}
    assert plan["fields"]["product.unit_price"] == 1
    assert {row["external_id"] for row in plan["first"]} == {changed.external_id, added}
    assert "4711" in answer.err
    assert "New one" in answer.err
    assert "goes on" not in answer.err
    assert Product.objects.count() == 45
    changed.refresh_from_db()
    assert changed.unit_price != 4711


def test_a_record_that_cannot_be_taken_ends_in_exit_code_1_with_its_reason(command, zoho):
    bad = zoho.ids("items")[3]
    zoho.change("items", bad, name="")

    answer = command("sync_products", "--mode", "full", "--json")

    told = figures(answer)
    assert answer.code == 1
    assert told["status"] == "partial"
    assert told["counts"] | {"fetched": 45, "created": 44, "failed": 1} == told["counts"]
    assert told["failures"][0]["external_id"] == bad
    assert "name is empty" in told["failures"][0]["reason"]
    assert "Retry them" in answer.err


def test_a_quarantined_run_says_where_it_is_decided(command, zoho):
    command("sync_products", "--mode", "full")
    zoho.order_fault("short_list", path="/items", times=None, share=0.2)

    answer = command("sync_products", "--mode", "full")

    assert answer.code == 1
    assert f"/admin/zoho_sync/syncrun/{SyncRun.objects.latest('pk').pk}/change/" in answer.err
    assert Product.objects.live().count() == 45


def test_a_zoho_that_is_down_is_one_sentence_and_exit_code_1(command, zoho, sandbox):
    sandbox.stop()

    answer = command("sync_products", "--json")

    assert answer.code == 1
    assert figures(answer)["status"] == "failed"
    assert "is not reachable" in figures(answer)["message"]
    assert "Traceback" not in answer.err


def test_the_background_run_of_the_details_is_named(command, zoho):
    answer = command("sync_customers", "--mode", "full")

    details = SyncRun.objects.get(entity="customer_details")
    assert answer.code == 0, answer.err
    assert f"run {details.pk}" in answer.out
    assert details.status == Status.QUEUED


def test_with_details_waits_until_every_price_list_is_in(command, zoho):
    answer = command("sync_customers", "--mode", "full", "--with-details", "--json")

    assert answer.code == 0, answer.err
    assert [run["entity"] for run in figures(answer)["runs"]] == ["customers", "customer_details"]
    assert not Customer.objects.filter(detail_is_due=True).exists()


@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_busy_entity_is_named_with_its_run(command, zoho, words):
    organization = connections.organization_for()
    busy = SyncRunFactory(organization=organization, entity="products", status=Status.PAUSED)

    answer = command("sync_products", *words)

    assert answer.code == 1
    assert f"Run {busy.pk} of Products has not ended yet." in answer.err
    assert "--attach" in answer.err
    if words:
        assert figures(answer)["run"] == busy.pk


def test_attach_goes_on_with_a_paused_run_instead_of_a_new_one(command, zoho):
    organization = connections.organization_for()
    paused = SyncRunFactory(organization=organization, entity="products", status=Status.PAUSED)

    answer = command("sync_products", "--attach", "--inline", "--json")

    assert answer.code == 0, answer.err
    assert figures(answer)["run"] == paused.pk
    assert SyncRun.objects.count() == 1


def test_no_wait_prints_the_run_and_leaves_it_to_a_worker(command, zoho):
    answer = command("sync_products", "--no-wait")

    run = SyncRun.objects.get()
    assert answer.code == 0
    assert answer.out.startswith(f"Run {run.pk}: Products, queued.")
    assert run.status == Status.QUEUED
    assert not Product.objects.exists()


def test_quiet_leaves_progress_out_and_keeps_the_figures(command, zoho):
    answer = command("sync_products", "--mode", "full", "-v", "0")

    assert "No worker" not in answer.out
    assert "running" not in answer.out
    assert "created" in answer.out


def test_escape_sequences_in_a_reason_do_not_reach_the_terminal(command, zoho):
    run = SyncRunFactory(
        organization=connections.organization_for(), entity="products", status=Status.QUEUED, mode="realtime"
    )
    RecordErrorFactory(organization=run.organization, run=run, reason="bad \x1b[31mname\u202e")
    from zoho_sync.management.figures import reasons
    from zoho_sync.management.plain import printable

    line = printable(reasons([run], 1)[0])

    assert "\x1b" not in line
    assert "\u202e" not in line
    assert "bad �[31mname�" in line


def test_another_organisation_is_never_read_by_mistake(command, zoho):
    OrganizationFactory(external_id="424242")
    ProductFactory()

    answer = command("sync_products", "--organization", "424242")

    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert not SyncRun.objects.exists()


def test_a_run_that_waits_for_tomorrows_calls_is_not_sat_out(command, zoho, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 3, "REALTIME_RESERVE_PERCENT": 0}

    answer = command("sync_products", "--mode", "full", "--batch-size", "10", "--json")

    assert answer.code == 1
    assert figures(answer)["status"] == "paused"
    assert 0 < figures(answer)["counts"]["created"] < 45
    assert "go on at" in answer.err


def test_attach_also_works_on_what_the_run_waits_for(command, zoho):
    command("sync_zoho", "warehouses", "products", "stock", "--mode", "full", "--no-wait")

    answer = command("sync_stock", "--mode", "full", "--attach", "--inline", "--json")

    assert answer.code == 0, answer.err
    assert [run["entity"] for run in figures(answer)["runs"]] == ["warehouses", "products", "stock"]


def test_a_summary_after_a_run_is_part_of_the_answer(command, zoho):
    command("sync_zoho", "warehouses", "products", "--mode", "full")

    answer = command("sync_stock", "--mode", "full", "--summary", "--json")

    assert figures(answer)["status"] == "succeeded"
    assert len(figures(answer)["summary"]["warehouses"]) == 3
