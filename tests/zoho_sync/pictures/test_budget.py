"""Pictures spend their own part of the day and no more, ask nobody who has refused, and follow products when wanted."""

from __future__ import annotations

import pytest
from django.utils import timezone

from inventory.models import ProductPicture
from zoho_sync import services
from zoho_sync.estimates import estimate_calls
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.options import Trigger
from zoho_sync.pictures import budget
from zoho_sync.runner import work_slice
from zoho_sync.zoho.budget import next_day

Status = SyncRun.Status
FIVE = [f"{name}.png" for name in "abcde"]


def test_a_run_that_has_spent_its_part_of_the_day_goes_on_tomorrow(
    named, run_sync, settings, image_calls, organization, sandbox
):
    named(*FIVE)
    settings.PICTURES = settings.PICTURES | {"CALLS_PER_DAY": 2}
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental")

    assert (run.status, image_calls(), ProductPicture.objects.count()) == (Status.PAUSED, 2, 2)
    assert run.paused_until == next_day(organization) > timezone.now()
    assert "2 of the 2 calls that pictures may make a day are spent" in run.message
    assert run.failed_count == 0

    settings.PICTURES = settings.PICTURES | {"CALLS_PER_DAY": 100}  # another day
    done = services.work_here(services.resume_run(run))

    assert (done.status, done.created_count, image_calls()) == (Status.SUCCEEDED, 5, 5)


def test_the_share_of_all_calls_bounds_pictures_too(settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 50}
    settings.PICTURES = settings.PICTURES | {"CALLS_PER_DAY": 500, "BUDGET_PERCENT": 10}

    assert budget.most_a_day() == 5


def test_what_a_run_costs_is_told_before_it_starts_and_never_more_than_a_day_has(
    named, run_sync, settings, organization
):
    named(*FIVE)
    assert estimate_calls(organization, "pictures", "incremental") == 5

    settings.PICTURES = settings.PICTURES | {"CALLS_PER_DAY": 3}
    assert estimate_calls(organization, "pictures", "incremental") == 3


def refuse_images(sandbox) -> None:
    sandbox.order_fault("status", path="/items/*/image", status=401, code=57, times=None)


def test_a_token_that_may_not_read_pictures_is_told_in_words_and_other_syncs_go_on(named, run_sync, sandbox):
    named("a.png")
    refuse_images(sandbox)

    run = run_sync("pictures", "incremental")

    assert run.status == Status.FAILED
    assert "may not read “items/{id}/image”" in run.message
    assert not RecordError.objects.filter(entity="pictures").exists()
    assert run_sync("products", "full").status == Status.SUCCEEDED


@pytest.mark.parametrize(("trigger", "asks"), [("schedule", False), ("follow_up", False), ("command", True)])
def test_what_was_refused_is_asked_for_again_by_people_and_not_by_the_clock(
    trigger, asks, named, run_sync, sandbox, image_calls
):
    named("a.png")
    refuse_images(sandbox)
    run_sync("pictures", "incremental")
    sandbox.forget_calls()

    run = run_sync("pictures", "incremental", trigger=trigger)

    assert (run.status, bool(image_calls())) == (Status.FAILED, asks)
    assert "may not read" in run.message


def test_a_source_that_answers_no_picture_at_all_pauses_the_run(named, sandbox, start_run, settings):
    named(*FIVE)
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 0.4}  # for the tries of one call together
    sandbox.order_fault("status", path="/items/*/image", status=404, code=9, times=1)
    sandbox.order_fault("reset", path="/items/*/image", times=None, after=1)
    run = start_run("pictures", "incremental")

    assert work_slice(run.pk, rings=False) == "paused"

    run.refresh_from_db()
    assert (run.status, run.failed_count) == (
        Status.PAUSED,
        2,
    )  # the third in a row was not the picture's fault


@pytest.mark.parametrize(("wanted", "follows"), [(True, 1), (False, 0)])
def test_pictures_follow_a_run_of_products_that_asks_for_them(wanted, follows, named, run_sync, settings):
    named("a.png")

    run_sync("products", "full", sync_images=wanted)

    runs = SyncRun.objects.filter(entity="pictures")
    assert [run.trigger for run in runs] == [Trigger.FOLLOW_UP] * follows


def test_without_a_picture_that_is_due_none_follows(named, run_sync):
    named("a.png")
    run_sync("pictures", "incremental")

    run_sync("products", "full", sync_images=True)

    assert not SyncRun.objects.filter(entity="pictures", trigger=Trigger.FOLLOW_UP).exists()
