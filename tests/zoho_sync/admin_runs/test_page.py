"""One run's page, and the list of runs."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.factories import (
    NOON,
    ProductFactory,
    RecordErrorFactory,
    SyncRunFactory,
    UserFactory,
)
from tests.zoho_sync.admin_runs.addresses import page, text
from zoho_sync.loader.summaries import with_rows
from zoho_sync.models import ApiUsage, Event, RunChange, SyncRun
from zoho_sync.phases.passed import noted

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def test_the_page_shows_counts_calls_failures_and_the_message(staff):
    run = SyncRunFactory(status=Status.PARTIAL, created_count=12345, failed_count=1, message="412 rows <b>")
    RecordErrorFactory(run=run, reason="rate: not a number")
    ApiUsage.objects.create(
        organization=run.organization,
        day=NOON,
        api="inventory",
        endpoint="items/{id}",
        run_number=run.pk,
        calls_count=7,
    )

    shown = text(staff.get(page(run))) + text(staff.get(f"{page(run)}?tab=calls"))

    for expected in (
        "12,345",
        "rate: not a number",
        "items/{id}",
        "412 rows &lt;b&gt;",
        "press Retry failures",
    ):
        assert expected in shown


def test_what_a_run_has_changed_is_told_field_by_field_and_its_counts_lead_there(staff):
    product = ProductFactory(name="Cable")
    run = SyncRunFactory(updated_count=1)
    change = RunChange.objects.create(
        run=run, table="product", external_id=product.external_id, label="Cable", action="update",
        changes={"name": ["Kable", "Cable"]},
    )  # fmt: skip
    run.summary = with_rows({}, [change])
    run.save()

    shown = text(staff.get(page(run)))

    assert "Kable" in shown
    assert (
        f"{reverse('admin:zoho_sync_runchange_changelist')}?run__id__exact={run.pk}&amp;action__exact=update"
        in shown
    )
    assert reverse("admin:inventory_product_change", args=[product.pk]) in shown


def test_the_log_tells_phases_with_their_times_and_what_happened(staff):
    run = SyncRunFactory(phases=noted([], "list", NOON, 200))
    Event.objects.create(
        run=run, name="tds.zoho.sync.paused", data={"message": "The minute's calls are spent"}
    )

    assert "Reading the list" in text(staff.get(page(run)))
    shown = text(staff.get(f"{page(run)}?tab=log"))
    assert "paused" in shown
    assert "The minute&#x27;s calls are spent" in shown


def test_a_run_is_cancelling_until_its_worker_has_stopped(staff):
    run = SyncRunFactory(status=Status.RUNNING, lease_owner="somebody", started_at=NOON)
    staff.post(page(run, "cancel"))

    shown = text(staff.get(page(run)))
    live = staff.get(reverse("admin:zoho_sync_syncrun_live", args=[run.pk])).json()

    assert "has asked to cancel it" in shown
    assert "Cancelled by" not in shown
    assert (live["state"], live["ended"]) == ("cancelling", False)


def test_a_working_run_lives_and_an_ended_one_does_not_ask_again(staff):
    running = SyncRunFactory(status=Status.RUNNING, progress_done=50, progress_total=200, started_at=NOON)
    ended = SyncRunFactory(status=Status.SUCCEEDED)
    live = reverse("admin:zoho_sync_syncrun_live", args=[running.pk])

    assert live in text(staff.get(page(running)))
    assert "data-live-url" not in text(staff.get(page(ended)))
    values = staff.get(live).json()
    assert (values["state"], values["ended"], values["percent"]) == ("running", False, 25)
    assert "50 of about 200" in values["words"]
    assert staff.get(reverse("admin:zoho_sync_syncrun_live", args=[ended.pk])).json()["ended"] is True


def test_only_people_who_may_look_at_runs_get_their_figures(client):
    run = SyncRunFactory(status=Status.RUNNING)
    live = reverse("admin:zoho_sync_syncrun_live", args=[run.pk])

    assert client.get(live).status_code == 302
    client.force_login(UserFactory())
    assert client.get(live).status_code == 403


def test_a_queued_run_without_a_worker_is_told_so(staff):
    run = SyncRunFactory(status=Status.QUEUED)

    assert "No worker gives a sign of life" in text(staff.get(page(run)))


def test_the_list_of_twenty_runs_asks_the_database_as_often_as_of_one(staff):
    url = reverse("admin:zoho_sync_syncrun_changelist")

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(url)
        return len(captured)

    SyncRunFactory(requested_by=UserFactory())
    for_one = queries()
    for _each in range(20):
        SyncRunFactory(requested_by=UserFactory())

    assert queries() <= for_one


def test_lists_and_pages_bear_the_names_of_what_they_show(staff):
    run = SyncRunFactory(entity="price_lists", mode="full")

    listed = staff.get("/admin/zoho_sync/syncrun/").content.decode()
    alone = staff.get(f"/admin/zoho_sync/syncrun/{run.pk}/change/").content.decode()

    assert "<title>Runs | TSH ERP</title>" in " ".join(listed.split()).replace("<title> ", "<title>")
    assert f"Run {run.pk}: Price lists, full" in alone
