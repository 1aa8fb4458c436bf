"""A dry run's page: what would change, and applying exactly that."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import (
    NOON,
    ProductFactory,
    SyncRunFactory,
)
from tests.zoho_sync.admin_runs.addresses import page, text
from zoho_sync.loader.summaries import with_rows
from zoho_sync.models import PlannedChange, SyncRun
from zoho_sync.options import SyncOptions

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def test_the_page_of_a_dry_run_shows_every_field_before_and_after(staff):
    run = SyncRunFactory(is_dry=True)
    change = {"unit_price": ["12500", "13999"], "sku": [None, "NEW-1"]}
    PlannedChange.objects.create(
        run=run, table="product", external_id="51", label="Cable", action="update", changes=change
    )

    shown = text(staff.get(page(run)))

    for expected in ("Nothing was written", "Cable", "base price", "12,500", "13,999", "NEW-1"):
        assert expected in shown


def dry_run(**facts) -> SyncRun:
    """A dry run that has ended, with a planned change of a product that is here."""
    run = SyncRunFactory(is_dry=True, finished_at=timezone.now(), **facts)
    product = ProductFactory(name="Cable", unit_price=12000)
    planned = PlannedChange.objects.create(
        run=run, table="product", external_id=product.external_id, label="Cable", action="update", mapping="product",
        kind="row", asked_at=timezone.now(), changes={"unit_price": ["12000", "18000"]},
    )  # fmt: skip
    run.summary = with_rows({}, [planned])
    run.save()
    return run


def test_the_page_of_a_dry_run_begins_with_its_biggest_moves_and_leads_to_its_rows(staff):
    run = dry_run()
    shown = text(staff.get(page(run)))

    for expected in (
        "Biggest price moves",
        "+50.0%",
        "18,000",
        "Fields that would change",
        "Apply exactly this",
    ):
        assert expected in shown
    url = f"{reverse('admin:zoho_sync_plannedchange_changelist')}?run__id__exact={run.pk}&amp;action__exact=update"
    assert url in shown
    assert "Cable" in text(staff.get(url.replace("&amp;", "&")))


def test_a_plan_is_applied_after_a_question_that_says_it_costs_no_call(staff):
    run = dry_run()
    asked = text(staff.get(page(run, "apply")))
    assert "no call" in asked
    assert SyncRun.objects.count() == 1

    answer = staff.post(page(run, "apply"))

    applying = SyncRun.objects.exclude(pk=run.pk).get()
    assert answer.url == page(applying)
    assert (applying.plan, applying.requested_by.is_superuser) == (run, True)
    assert OrmQ.objects.count() == 1
    shown = text(staff.get(page(run)))
    assert f"Run {applying.pk} is applying this plan now." in shown
    assert page(run, "apply") not in shown
    assert f"plan of run {run.pk}" in text(staff.get(page(applying)))


def test_a_plan_that_is_too_old_says_so_in_place_of_its_button(staff):
    run = dry_run()
    SyncRun.objects.filter(pk=run.pk).update(finished_at=NOON)
    shown = text(staff.get(page(run)))
    assert "is older than 24 hours. Make a new dry run." in shown
    assert page(run, "apply") not in shown

    late = text(staff.post(page(run, "apply"), follow=True))

    assert "is older than 24 hours" in late
    assert SyncRun.objects.count() == 1


def test_refused_rows_are_shown_with_their_reason_on_both_runs(staff):
    run = dry_run()
    applied = SyncRunFactory(status=Status.PARTIAL, mode="realtime", plan=run, stale_count=1)
    SyncRun.objects.filter(pk=applied.pk).update(options={**applied.options, "plan": run.pk})
    run.planned_changes.update(state="refused", reason="it has changed since", applied_by=applied)

    for each in (run, applied):
        shown = text(staff.get(page(each)))
        assert "Refused rows" in shown
        assert "it has changed since" in shown


def test_somebody_who_may_not_start_applies_nothing_and_repeats_nothing(onlooker):
    run = dry_run()
    for verb in ("apply", "again_dry"):
        assert page(run, verb) not in text(onlooker.get(page(run)))
        assert onlooker.get(page(run, verb)).status_code == 403
        assert onlooker.post(page(run, verb)).status_code == 403
    assert SyncRun.objects.count() == 1


def test_a_run_is_made_again_as_a_dry_run_with_its_options(staff):
    options = SyncOptions(entity="stock", mode="full", batch_size=50, active_only=True)
    run = SyncRunFactory(entity="stock", options=options.as_json(), status=Status.FAILED)
    assert "about 1 call" in text(staff.get(page(run, "again_dry")))

    staff.post(page(run, "again_dry"))

    again = SyncRun.objects.exclude(pk=run.pk).get()
    assert again.is_dry
    assert again.sync_options == replace(options, dry_run=True)


def test_the_page_of_a_plan_of_many_rows_asks_the_database_as_often_as_of_one(staff):
    def queries(run) -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(page(run))
        return len(captured)

    run = dry_run()
    for_one = queries(run)
    for _each in range(30):
        PlannedChange.objects.create(
            run=run, table="product", external_id=ProductFactory().external_id, action="update",
            changes={"unit_price": ["1", "2"]},
        )  # fmt: skip
    assert queries(run) <= for_one
