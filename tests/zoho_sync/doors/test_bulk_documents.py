"""The bulk doors of documents: one for each entity that the predecessor did not know, in the shape of the others."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import SyncRunFactory
from zoho_sync.api.bulk_sync import NEWER
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.processors import registry

from .conftest import BULK

pytestmark = pytest.mark.django_db
NAMES = {
    "adjustments", "bills", "composites", "credit-notes", "currencies", "customer-payments", "invoices", "packages",
    "product-groups", "purchase-orders", "sales-orders", "sales-returns", "taxes", "transfer-orders", "users",
    "vendor-credits", "vendors",
}  # fmt: skip


def test_each_of_them_has_a_door_that_starts_its_run(caller, connected):
    for name, entity in NEWER.items():
        answer = caller.post(f"{BULK}/{name}?wait=0", {"incremental": True})
        run = SyncRun.objects.latest("pk")
        assert (run.entity, run.mode, run.trigger) == (entity, SyncMode.INCREMENTAL, Trigger.API)
        assert answer["run"]["id"] == str(run.pk)

    assert set(NEWER) == NAMES


def test_an_empty_body_leaves_out_no_document_and_no_inactive_one_elsewhere_than_the_older_doors(
    caller, connected
):
    """A document's state is never "active": a run that left inactive ones out would leave all of them out."""
    for name in ("invoices", "vendors"):
        caller.post(f"{BULK}/{name}?wait=0")

    options = {run.entity: run.sync_options for run in SyncRun.objects.all()}
    assert (options["invoices"].active_only, options["invoices"].sees_part) == (False, False)
    assert options["vendors"].active_only is True


def test_documents_can_be_asked_for_what_changed_since_a_time(caller, connected):
    since = timezone.now() - timedelta(days=2)
    body = {"incremental": True, "modified_since": since.isoformat()}

    caller.post(f"{BULK}/invoices?wait=0", body)
    caller.post(f"{BULK}/taxes?wait=0", body)

    sinces = {run.entity: run.sync_options.since for run in SyncRun.objects.all()}
    assert sinces == {"invoices": since, "taxes": None}


def test_a_busy_one_is_told_with_its_run(caller, connected):
    running = SyncRunFactory(entity="bills", status=SyncRun.Status.RUNNING, organization=connected)

    answer = caller.post(f"{BULK}/bills", status=409)

    assert (answer["error"], answer["run"]["id"]) == ("run_in_progress", str(running.pk))


def test_the_status_lists_all_of_them(caller, connected):
    told = {each["operation"]: each for each in caller.get(f"{BULK}/status")["available_operations"]}

    assert told.keys() >= NAMES
    assert told["sales-orders"] == {
        "operation": "sales-orders",
        "endpoint": "POST /api/zoho/bulk-sync/sales-orders",
        "description": "Sales orders",
    }


@pytest.mark.parametrize("entity", NEWER.values())
def test_the_door_of_runs_starts_them_by_name(caller_with, connected, entity):
    caller = caller_with("start_syncrun", "view_syncrun")

    run = caller.post("/api/v1/runs/", {"entity": entity})["runs"][0]

    assert (run["entity"], run["status"]) == (entity, "queued")
    assert caller.get(f"/api/v1/runs/?entity={entity}")["results"][0]["id"] == run["id"]


def test_the_door_of_runs_obeys_or_refuses_what_it_is_told_of_documents(caller_with, connected):
    caller = caller_with("start_syncrun", "view_syncrun")
    refused = caller.post("/api/v1/runs/", {"entity": "invoices", "active_only": True}, status=400)
    assert [*refused["errors"]] == ["active_only"]

    body = {"entity": "invoices", "modified_since": "2026-11-20T09:00:00Z"}
    run = caller.post("/api/v1/runs/", body)["runs"][0]

    assert SyncRun.objects.get(pk=run["id"]).sync_options.since.isoformat() == "2026-11-20T09:00:00+00:00"


def test_every_entity_is_told_to_programs_and_to_phones(caller_with, connected):
    caller = caller_with("view_syncrun", "view_synccheckpoint")

    for address, rows in (("/api/v1/entities/", "results"), ("/api/bff/tds/entities", "entities")):
        assert [row["entity"] for row in caller.get(address)[rows]] == registry.names()
