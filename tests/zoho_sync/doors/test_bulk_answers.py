"""What the bulk doors answer when runs end well, end badly, go on, or find nobody to work them."""

from __future__ import annotations

from zoho_sync.models import SyncRun

from .conftest import BULK

SHAPE = {"success", "message", "stats", "duration_seconds", "error", "run"}
ALL_OF_IT = {"active_only": False, "with_stock_only": False}


def test_success_is_told_when_every_row_is_committed(caller, organization, worker):
    answer = caller.post(f"{BULK}/customers?wait=50", ALL_OF_IT, status=200)

    run = SyncRun.objects.get(entity="customers")
    assert set(answer.json) == SHAPE
    assert (answer["success"], answer["error"]) == (True, None)
    assert answer["run"] == {
        "id": str(run.pk),
        "status": "succeeded",
        "url": f"http://testserver/api/v1/runs/{run.pk}/",
    }
    stats = answer["stats"]
    assert stats["successful"] == run.created_count == 12
    assert stats["total_processed"] == run.fetched_count == sum(stats.values()) - run.fetched_count
    assert answer["message"] == "12 records are in."
    assert answer["duration_seconds"] > 0


def test_success_is_false_as_soon_as_one_row_failed(caller, organization, worker, sandbox):
    sandbox.change("contacts", customer_ids(sandbox)[0], contact_name="")

    answer = caller.post(f"{BULK}/customers?wait=50", ALL_OF_IT, status=200)

    assert (answer["success"], answer["error"], answer["run"]["status"]) == (False, "partial", "partial")
    assert (answer["stats"]["successful"], answer["stats"]["failed"]) == (11, 1)
    assert "list of failures" in answer["message"]


def customer_ids(sandbox) -> list[str]:
    return [row["contact_id"] for row in sandbox.records("contacts") if row.get("contact_type") == "customer"]


def test_a_run_that_failed_is_over_and_no_success(caller, organization, worker, sandbox):
    sandbox.tokens("revoke")

    answer = caller.post(f"{BULK}/customers?wait=50", ALL_OF_IT, status=200)

    assert answer["success"] is False
    assert answer["run"]["status"] == answer["error"] == "failed"
    assert answer["message"] == SyncRun.objects.get(entity="customers").message


def test_sync_all_tells_each_entity_and_the_totals(caller, organization, worker):
    answer = caller.post(f"{BULK}/sync-all?wait=50", ALL_OF_IT, status=200)

    assert set(answer.json) == {*SHAPE, "results", "totals"}
    assert list(answer["results"]) == ["warehouses", "products", "pricelists", "customers", "stock"]
    assert answer["success"] is True
    each = answer["results"].values()
    assert all(set(one) == SHAPE and one["success"] for one in each)
    assert answer["totals"] == {
        "items": sum(one["stats"]["total_processed"] for one in each),
        "successful": sum(one["stats"]["successful"] for one in each),
        "failed": 0,
    }
    group = SyncRun.objects.filter(group__isnull=False).values_list("group", flat=True).first()
    assert answer["run"]["id"] == str(group)
    listed = caller.get(answer["run"]["url"])["results"]
    assert {run["id"] for run in listed} == {one["run"]["id"] for one in each}


def test_with_its_usual_options_sync_all_succeeds_on_an_empty_mirror(caller, organization, worker):
    answer = caller.post(f"{BULK}/sync-all?wait=50", status=200)

    assert answer["success"] is True, answer.json
    assert answer["stats"]["skipped"] > 0
