"""What the bulk doors take: which options reach the runs, and what is refused by name."""

from __future__ import annotations

import pytest
from django_q.models import OrmQ

from tests.factories import OAuthTokenFactory, OrganizationFactory, SyncRunFactory
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode, Trigger

from .conftest import BULK

pytestmark = pytest.mark.django_db

DOORS = ("products", "customers", "pricelists", "stock", "items-with-stock", "sync-all")


def test_an_empty_body_means_the_older_defaults(caller, connected):
    caller.post(f"{BULK}/products")

    run = SyncRun.objects.get()
    options = run.sync_options
    assert (run.entity, run.mode, run.trigger) == ("products", SyncMode.FULL, Trigger.API)
    assert run.requested_by == caller.user
    assert (options.batch_size, options.active_only, options.with_stock_only) == (100, True, True)
    assert OrmQ.objects.count() == 1


@pytest.mark.parametrize("content_type", ["application/json", "application/x-www-form-urlencoded"])
def test_no_body_at_all_means_the_same_whatever_it_is_called(caller, connected, content_type):
    response = caller.client.generic("POST", f"{BULK}/products", b"", content_type=content_type)

    assert response.status_code == 202
    assert SyncRun.objects.get().sync_options.active_only is True


def test_every_option_reaches_the_run(caller, connected):
    body = {
        "incremental": True,
        "modified_since": "2026-11-20T12:00:00+03:00",
        "batch_size": 50,
        "active_only": False,
        "with_stock_only": False,
        "sync_images": False,
    }

    caller.post(f"{BULK}/stock", body)

    options = SyncRun.objects.get().sync_options
    assert (options.mode, options.since.isoformat()) == (SyncMode.INCREMENTAL, "2026-11-20T09:00:00+00:00")
    assert (options.batch_size, options.active_only, options.with_stock_only) == (50, False, False)


@pytest.mark.parametrize(
    ("door", "entities"),
    [
        ("products", ["products"]),
        ("customers", ["customers"]),
        ("pricelists", ["price_lists"]),
        ("stock", ["stock"]),
        ("items-with-stock", ["products", "stock"]),
        ("sync-all", ["warehouses", "products", "price_lists", "customers", "stock"]),
    ],
)
@pytest.mark.parametrize("slash", ["", "/"])
def test_each_door_starts_its_entities(caller, connected, door, entities, slash):
    caller.post(f"{BULK}/{door}{slash}", {"with_stock_only": True})

    runs = SyncRun.objects.order_by("pk")
    assert [run.entity for run in runs] == entities
    assert len({run.group for run in runs}) == 1
    assert (runs[0].group is not None) is (len(entities) > 1)


def test_options_go_where_they_have_a_meaning(caller, connected):
    body = {"incremental": True, "modified_since": "2026-11-20T09:00:00Z"}

    caller.post(f"{BULK}/sync-all", body)

    options = {run.entity: run.sync_options for run in SyncRun.objects.all()}
    assert {name for name, each in options.items() if each.since} == {"products", "customers", "stock"}
    assert {name for name, each in options.items() if each.active_only} == {
        "price_lists",
        "customers",
        "stock",
    }
    assert {name for name, each in options.items() if each.with_stock_only} == {"stock"}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"activ_only": True}, "activ_only"),
        ({"incremental": "yes"}, "incremental"),
        ({"incremental": 1}, "incremental"),
        ({"incremental": None}, "incremental"),
        ({"active_only": "true"}, "active_only"),
        ({"with_stock_only": 0}, "with_stock_only"),
        ({"sync_images": "no"}, "sync_images"),
        ({"batch_size": "100"}, "batch_size"),
        ({"batch_size": True}, "batch_size"),
        ({"batch_size": 100.0}, "batch_size"),
        ({"batch_size": 9}, "batch_size"),
        ({"batch_size": 201}, "batch_size"),
        ({"batch_size": None}, "batch_size"),
        ({"modified_since": "2026-11-20T09:00:00Z"}, "modified_since"),
        ({"incremental": True, "modified_since": "2026-11-20T09:00:00"}, "modified_since"),
        ({"incremental": True, "modified_since": "yesterday"}, "modified_since"),
        ({"incremental": True, "modified_since": 1763629200}, "modified_since"),
        ({"incremental": True, "modified_since": "2999-01-01T00:00:00Z"}, "modified_since"),
    ],
)
def test_nonsense_is_refused_with_the_field_named_and_starts_nothing(caller, connected, body, field):
    for door in DOORS:
        answer = caller.post(f"{BULK}/{door}", body, status=400)
        assert (answer["success"], set(answer["errors"])) == (False, {field})
        assert set(answer.json) == {"success", "message", "error", "errors"}
        assert answer["errors"][field][0] in answer["message"]
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize("body", [b"[]", b'["products"]', b'"products"', b"7", b"null", b"{", b"\xff"])
def test_a_body_that_is_no_object_is_refused(caller, connected, body):
    response = caller.client.generic("POST", f"{BULK}/products", body, content_type="application/json")

    assert response.status_code == 400
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("wait=-1", "wait"),
        ("wait=51", "wait"),
        ("wait=2.5", "wait"),
        ("wait=", "wait"),
        ("wait=٥", "wait"),
        ("wait=1&wait=2", "wait"),
        ("waits=5", "waits"),
        ("incremental=true", "incremental"),
        ("organization=999", "organization"),
    ],
)
def test_a_wrong_query_is_refused_and_the_parameter_named(caller, connected, query, field):
    answer = caller.post(f"{BULK}/products?{query}", status=400)

    assert set(answer["errors"]) == {field}
    assert not SyncRun.objects.exists()


def test_a_busy_entity_is_a_conflict_that_tells_of_the_running_run(caller, connected):
    busy = SyncRunFactory(
        organization=connected,
        status=SyncRun.Status.RUNNING,
        fetched_count=7,
        created_count=4,
        skipped_count=1,
        failed_count=2,
    )

    for door in ("products", "items-with-stock", "sync-all"):
        answer = caller.post(f"{BULK}/{door}", status=409)
        assert (answer["success"], answer["error"]) == (False, "run_in_progress")
        assert answer["run"] == {
            "id": str(busy.pk),
            "status": "running",
            "url": f"http://testserver/api/v1/runs/{busy.pk}/",
        }
        assert answer["stats"] == {"total_processed": 7, "successful": 4, "failed": 2, "skipped": 1}
    assert SyncRun.objects.count() == 1


def test_without_a_connection_the_answer_says_what_to_do(caller):
    answer = caller.post(f"{BULK}/products", status=409)

    assert (answer["success"], answer["error"]) == (False, "not_connected")
    assert "zoho_connect" in answer["message"]


def test_where_several_are_connected_the_organisation_is_named(caller, connected):
    other = OAuthTokenFactory(organization=OrganizationFactory(external_id="10234696")).organization

    assert caller.post(f"{BULK}/stock", status=409)["error"] == "not_connected"
    caller.post(f"{BULK}/stock?organization={other.external_id}")

    assert SyncRun.objects.get().organization == other


def test_only_posts_start_anything(caller, connected):
    for door in DOORS:
        for method in ("get", "put", "patch", "delete"):
            response = getattr(caller.client, method)(f"{BULK}/{door}")
            assert response.status_code == 405
            assert response.json()["success"] is False
            assert "POST" in response["Allow"]
    assert not SyncRun.objects.exists()


def test_who_may_only_look_starts_nothing(caller_with, connected):
    answer = caller_with("view_syncrun").post(f"{BULK}/products", status=403)

    assert answer["success"] is False
    assert not SyncRun.objects.exists()


@pytest.mark.parametrize(
    ("told", "expected"), [({}, True), ({"sync_images": True}, True), ({"sync_images": False}, False)]
)
def test_pictures_follow_products_unless_somebody_wants_none(caller, connected, told, expected):
    caller.post(f"{BULK}/products", told)
    caller.post(f"{BULK}/customers", told)

    asked = {run.entity: run.options["sync_images"] for run in SyncRun.objects.all()}
    assert asked == {"products": expected, "customers": False}
