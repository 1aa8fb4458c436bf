"""Starting runs by the API: what is queued, and what is refused by name."""

from __future__ import annotations

import uuid

import pytest
from django_q.models import OrmQ

from tests.factories import SyncRunFactory, WarehouseFactory
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode, Trigger

pytestmark = pytest.mark.django_db


def test_a_run_is_queued_with_its_job_and_its_address_told(visitor, connected):
    answer = visitor.post("runs/", {"entity": "products"}, status=202)

    run = SyncRun.objects.get()
    (told,) = answer["runs"]
    assert (run.entity, run.mode, run.trigger, run.status) == (
        "products",
        "incremental",
        Trigger.API,
        "queued",
    )
    assert run.requested_by == visitor.user
    assert OrmQ.objects.count() == 1
    assert told["id"] == str(run.pk)
    assert answer.headers["Location"] == told["url"] == f"http://testserver/api/v1/runs/{run.pk}/"
    assert visitor.get(told["url"])["status"] == "queued"


def test_every_option_reaches_the_run(visitor, connected):
    warehouse = WarehouseFactory(organization=connected)
    body = {
        "entity": "stock",
        "mode": "incremental",
        "modified_since": "2026-11-20T12:00:00+03:00",
        "batch_size": 50,
        "active_only": True,
        "with_stock_only": True,
        "warehouses": [warehouse.external_id],
        "update_prices": True,
        "low_stock": True,
        "threshold": 3,
        "dry_run": True,
        "organization": connected.external_id,
    }

    told = visitor.post("runs/", body, status=202)["runs"][0]

    wanted = {name: value for name, value in body.items() if name not in ("organization",)}
    wanted["modified_since"] = "2026-11-20T09:00:00+00:00"
    assert {name: told["options"][name] for name in wanted} == wanted
    assert told["is_dry"] is True
    assert told["organization"] == connected.external_id


@pytest.mark.parametrize(
    ("body", "mode"),
    [
        ({"entity": "products", "ids": ["51", "52"]}, SyncMode.REALTIME),
        ({"entity": "products", "ids": ["51"], "mode": "realtime"}, SyncMode.REALTIME),
        ({"entity": "stock", "low_stock": True}, SyncMode.FULL),
        ({"entity": "stock", "low_stock": True, "mode": "incremental"}, SyncMode.INCREMENTAL),
        ({"entity": "customers", "mode": "full"}, SyncMode.FULL),
    ],
)
def test_the_mode_is_what_the_other_options_mean(visitor, connected, body, mode):
    assert visitor.post("runs/", body, status=202)["runs"][0]["mode"] == mode


def test_everything_starts_a_group_in_an_order_that_fits(visitor, connected):
    answer = visitor.post("runs/", {"entity": "all", "mode": "full"}, status=202)

    entities = [run["entity"] for run in answer["runs"]]
    assert entities == ["warehouses", "products", "price_lists", "customers", "stock"]
    assert uuid.UUID(answer["group"])
    listed = visitor.get(answer.headers["Location"])["results"]
    assert {run["id"] for run in listed} == {run["id"] for run in answer["runs"]}


def test_a_character_that_no_database_takes_starts_nothing(visitor, connected):
    visitor.post("runs/", {"entity": "prod\x00ucts"}, status=400)

    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "entity"),
        ({"entity": "invoicez"}, "entity"),
        ({"entity": "invoices", "active_only": True}, "active_only"),
        ({"entity": 5}, "entity"),
        ({"entity": "al"}, "entity"),
        ({"entity": "products", "activ_only": True}, "activ_only"),
        ({"entity": "products", "mode": "quick"}, "mode"),
        ({"entity": "products", "mode": "realtime"}, "ids"),
        ({"entity": "products", "mode": "full", "ids": ["51"]}, "ids"),
        ({"entity": "products", "ids": []}, "ids"),
        ({"entity": "products", "ids": [51]}, "ids"),
        ({"entity": "products", "ids": ["5 1"]}, "ids"),
        ({"entity": "products", "ids": ["5" * 65]}, "ids"),
        ({"entity": "products", "ids": [f"{n}" for n in range(1001)]}, "ids"),
        ({"entity": "products", "ids": ["51"], "active_only": True}, "active_only"),
        ({"entity": "stock", "ids": ["51"], "low_stock": True}, "low_stock"),
        ({"entity": "products", "batch_size": 9}, "batch_size"),
        ({"entity": "products", "batch_size": 201}, "batch_size"),
        ({"entity": "products", "batch_size": "100"}, "batch_size"),
        ({"entity": "products", "batch_size": True}, "batch_size"),
        ({"entity": "products", "batch_size": 100.5}, "batch_size"),
        ({"entity": "products", "active_only": "yes"}, "active_only"),
        ({"entity": "products", "active_only": 1}, "active_only"),
        ({"entity": "products", "active_only": None}, "active_only"),
        ({"entity": "products", "modified_since": "2026-11-20"}, "modified_since"),
        ({"entity": "products", "modified_since": "2026-11-20T09:00:00"}, "modified_since"),
        ({"entity": "products", "modified_since": "2999-11-20T09:00:00Z"}, "modified_since"),
        ({"entity": "products", "modified_since": 1763629200}, "modified_since"),
        ({"entity": "products", "mode": "full", "modified_since": "2026-01-01T00:00:00Z"}, "modified_since"),
        ({"entity": "price_lists", "modified_since": "2026-01-01T00:00:00Z"}, "modified_since"),
        ({"entity": "warehouses", "modified_since": "2026-01-01T00:00:00Z"}, "modified_since"),
        ({"entity": "customers", "with_stock_only": True}, "with_stock_only"),
        ({"entity": "products", "warehouses": ["77"]}, "warehouses"),
        ({"entity": "products", "update_prices": True}, "update_prices"),
        ({"entity": "products", "low_stock": True}, "low_stock"),
        ({"entity": "stock", "warehouses": ["77"]}, "warehouses"),
        ({"entity": "stock", "warehouses": []}, "warehouses"),
        ({"entity": "stock", "threshold": 5}, "threshold"),
        ({"entity": "stock", "low_stock": True, "threshold": -1}, "threshold"),
        ({"entity": "stock", "low_stock": True, "threshold": 10**30}, "threshold"),
        ({"entity": "products", "organization": "999"}, "organization"),
        ({"entity": "all", "mode": "realtime"}, "mode"),
        ({"entity": "all", "ids": ["51"]}, "ids"),
        ({"entity": "all", "active_only": False}, "active_only"),
        ({"entity": "all", "modified_since": "2026-01-01T00:00:00Z"}, "modified_since"),
    ],
)
def test_nonsense_is_refused_and_the_wrong_field_named(visitor, connected, errors_of, body, field):
    assert field in errors_of(visitor.post("runs/", body, status=400))
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("body", [["products"], "products", {"entity": "products", "half \ud800": True}])
def test_a_body_that_is_no_object_of_whole_characters_is_refused(visitor, connected, body):
    visitor.post("runs/", body, status=400)
    assert not SyncRun.objects.exists()


def test_a_query_parameter_starts_nothing(visitor, connected, errors_of):
    assert "dry_run" in errors_of(visitor.post("runs/?dry_run=true", {"entity": "products"}, status=400))
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("body", [{"entity": "products"}, {"entity": "all"}])
def test_a_busy_entity_is_a_conflict_that_names_the_running_run(visitor, connected, body):
    busy = SyncRunFactory(organization=connected, entity="products", status=SyncRun.Status.RUNNING)

    answer = visitor.post("runs/", body, status=409)

    assert (answer["code"], answer["run"]["id"]) == ("run_in_progress", str(busy.pk))
    assert SyncRun.objects.count() == 1
    assert visitor.get(answer["run"]["url"])["status"] == "running"


def test_chosen_records_are_read_beside_a_running_run(visitor, connected):
    SyncRunFactory(organization=connected, entity="products", status=SyncRun.Status.RUNNING)

    visitor.post("runs/", {"entity": "products", "ids": ["51"]}, status=202)

    assert SyncRun.objects.filter(mode=SyncMode.REALTIME).count() == 1


def test_without_a_connection_the_answer_says_what_to_do(visitor):
    answer = visitor.post("runs/", {"entity": "products"}, status=409)

    assert answer["code"] == "not_connected"
    assert "zoho_connect" in answer["detail"]


def test_who_may_only_look_starts_nothing(visitor_with, connected):
    visitor_with("view_syncrun").post("runs/", {"entity": "products"}, status=403)
    assert not SyncRun.objects.exists()
