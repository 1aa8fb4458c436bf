"""When Zoho says not now, or says nothing: a run waits or fails with a sentence, and goes on to be exact."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Product
from zoho_sync import services
from zoho_sync.models import OAuthToken, RateBucket, SyncRun
from zoho_sync.options import Priority
from zoho_sync.runner import work_slice
from zoho_sync.zoho.budget import budget_left

pytestmark = pytest.mark.one_leg

Status = SyncRun.Status


@pytest.fixture
def slice_of(start_run):
    """slice_of("products") → the run after one slice, with whatever it waits for."""

    def work(entity: str, **options) -> SyncRun:
        run = start_run(entity, **options)
        work_slice(run.pk, rings=False)
        run.refresh_from_db()
        return run

    return work


def go_on(run: SyncRun) -> SyncRun:
    """As if the time that the run waits for had come."""
    RateBucket.objects.update(blocked_until=None)
    SyncRun.objects.filter(pk=run.pk).update(paused_until=timezone.now() - timedelta(seconds=1))
    return services.work_here(run)


@pytest.mark.parametrize("code", [43, 44, 45])
def test_a_run_waits_as_zohos_429_demands_and_then_goes_on(sandbox, slice_of, code):
    sandbox.order_fault("status", after=3, status=429, code=code)

    run = slice_of("products", batch_size=10)

    assert run.status == Status.PAUSED
    assert run.paused_until > timezone.now() + timedelta(seconds=30)
    assert run.message
    assert 0 < Product.objects.count() < 60

    run = go_on(run)
    assert (run.status, run.created_count, Product.objects.count()) == (Status.SUCCEEDED, 60, 60)


def test_a_retry_after_of_zoho_is_obeyed(sandbox, slice_of):
    sandbox.order_fault("status", status=429, code=44, retry_after=600)
    run = slice_of("products")
    assert run.paused_until > timezone.now() + timedelta(seconds=500)


def test_an_empty_budget_pauses_a_run_and_leaves_the_reserve_to_urgent_work(
    sandbox, slice_of, run_sync, settings
):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "REALTIME_RESERVE_PERCENT": 50}

    run = slice_of("products", batch_size=10)

    assert run.status == Status.PAUSED
    assert run.calls_count == 5
    item = sandbox.records("items")[0]["item_id"]
    assert run_sync("products", ids=(item,)).calls_count == 1

    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1000}
    assert go_on(run).status == Status.SUCCEEDED


def test_background_work_stops_before_it_eats_what_others_need(sandbox, run_sync, slice_of, settings):
    run_sync("customers")
    SyncRun.objects.filter(entity="customer_details").update(status=Status.CANCELLED)
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "BACKGROUND_FLOOR_PERCENT": 60}

    run = slice_of("customer_details", mode="incremental")

    assert run.status == Status.PAUSED
    assert run.calls_count <= 3
    assert budget_left(run.organization, Priority.NORMAL) > 0


def test_a_revoked_token_fails_the_run_stops_the_calls_and_says_what_to_do(sandbox, run_sync, api_calls):
    sandbox.tokens("revoke")

    run = run_sync("products")

    assert run.status == Status.FAILED
    assert "zoho_connect" in run.message
    assert OAuthToken.objects.get().state == OAuthToken.State.REFUSED
    sandbox.forget_calls()
    assert run_sync("products").status == Status.FAILED
    assert sandbox.calls() == []


def test_an_expired_token_is_refreshed_and_nobody_notices(sandbox, run_sync):
    run_sync("warehouses")
    sandbox.tokens("expire")
    assert run_sync("products").status == Status.SUCCEEDED


def test_a_zoho_that_cannot_be_reached_fails_a_new_run_with_a_sentence(run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"API_BASE_URL": "http://127.0.0.1:9"}
    run = run_sync("products")
    assert run.status == Status.FAILED
    assert "not reachable" in run.message


def test_a_zoho_that_goes_away_in_the_middle_is_waited_for(sandbox, slice_of):
    sandbox.order_fault("status", after=3, times=8, status=503)

    run = slice_of("products", batch_size=10)

    assert run.status == Status.PAUSED
    before = run.created_count
    assert before > 0
    sandbox.clear_faults()
    run = go_on(run)
    assert (run.status, run.created_count) == (Status.SUCCEEDED, 60)


@pytest.mark.slow
def test_a_zoho_that_stays_away_fails_the_run_in_the_end_and_a_resume_goes_on(sandbox, slice_of):
    sandbox.order_fault("status", after=3, times=None, status=503)
    run = slice_of("products", batch_size=10)
    for _attempt in range(8):
        if run.status != Status.PAUSED:
            break
        run = go_on(run) if run.paused_until < timezone.now() else slice_again(run)
    assert run.status == Status.FAILED

    sandbox.clear_faults()
    run = services.work_here(services.resume_run(run))
    assert (run.status, run.created_count) == (Status.SUCCEEDED, 60)


def slice_again(run: SyncRun) -> SyncRun:
    SyncRun.objects.filter(pk=run.pk).update(paused_until=timezone.now() - timedelta(seconds=1))
    work_slice(run.pk, rings=False)
    run.refresh_from_db()
    return run


@pytest.mark.parametrize(
    "kind", ["reset", "truncated", "cut", "html", "empty", "not_json", "status", "code", "delay"]
)
def test_a_passing_fault_costs_a_call_and_no_row(sandbox, run_sync, kind):
    options = {"delay": 0.2} if kind == "delay" else {}
    sandbox.order_fault(kind, **options)
    run = run_sync("products")
    assert (run.status, run.created_count, Product.objects.count()) == (Status.SUCCEEDED, 60, 60)


def test_an_answer_of_another_shape_fails_the_run_with_a_sentence_and_a_resume_goes_on(sandbox, run_sync):
    sandbox.order_fault("wrong_type")
    run = run_sync("products")
    assert (run.status, Product.objects.count()) == (Status.FAILED, 0)
    assert "items" in run.message
    assert services.work_here(services.resume_run(run)).status == Status.SUCCEEDED


def test_a_redirect_to_another_host_is_not_followed(sandbox, run_sync):
    sandbox.order_fault("redirect", times=None)
    run = run_sync("products")
    assert run.status == Status.FAILED
    assert "elsewhere" in run.message or "redirect" in run.message


def test_a_wrong_organisation_is_said_in_a_sentence(sandbox, run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "999"}
    run = run_sync("products")
    assert run.status == Status.FAILED
    assert "999" in run.message
