"""When no call may be made, deliveries wait and none costs an attempt."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from zoho_sync.models import OAuthToken, SyncRun, WebhookDelivery

from .seen import Result, Status, hint_runs, states

pytestmark = pytest.mark.usefixtures("warehouses")


def assert_waits(delivery: WebhookDelivery) -> None:
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.RECEIVED, 0)
    assert delivery.reason
    assert delivery.next_attempt_at > timezone.now()


def test_hints_use_the_reserve_that_others_must_leave(
    settings, sandbox, deliver, work_queue, item_ids, start_run
):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10, "REALTIME_RESERVE_PERCENT": 90}
    deliver("item", item_ids(1)[0])
    other = start_run("customers")

    work_queue()

    other.refresh_from_db()
    assert states() == [(Status.APPLIED, Result.CHANGED)]
    assert (other.status, other.calls_count) == (SyncRun.Status.PAUSED, 0)


def test_with_the_budget_empty_deliveries_wait_and_drain_later(
    settings, sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    (item,) = item_ids(1)
    usual = settings.ZOHO
    settings.ZOHO = usual | {"CALLS_PER_DAY": 1}  # spent by the warehouses
    delivery = deliver("item", item)
    sandbox.forget_calls()

    work_queue()

    assert_waits(delivery)
    assert api_calls() == []
    assert not hint_runs().exists()

    settings.ZOHO = usual
    tick(minutes=6)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count, str(delivery.reason)) == (Status.APPLIED, 1, "")


def test_a_budget_that_ends_in_the_middle_of_a_run_is_waited_for(
    settings, sandbox, deliver, work_queue, item_ids, tick, organization
):
    from zoho_sync.zoho.budget import today, used

    customers = [each for each in sandbox.records("contacts") if each["contact_type"] == "customer"][:4]
    for each in customers:
        deliver("contact", each["contact_id"])
    usual = settings.ZOHO
    settings.ZOHO = usual | {"CALLS_PER_DAY": used(organization, today(organization)) + 2}

    work_queue()

    run = hint_runs().get()
    assert run.status == SyncRun.Status.PAUSED
    assert {status for status, _ in states()} == {Status.PROCESSING}

    settings.ZOHO = usual
    tick(hours=25)
    work_queue()

    assert states() == [(Status.APPLIED, Result.CHANGED)] * 4
    assert set(WebhookDelivery.objects.values_list("attempts_count", flat=True)) == {1}


def test_while_the_token_is_refused_deliveries_wait_and_drain_later(
    sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    (item,) = item_ids(1)
    OAuthToken.objects.update(state=OAuthToken.State.REFUSED, state_message="Zoho refuses the refresh token.")
    delivery = deliver("item", item)
    sandbox.forget_calls()

    work_queue()

    assert_waits(delivery)
    assert str(delivery.reason) == "Zoho refuses the refresh token."
    assert api_calls() == []

    OAuthToken.objects.update(state=OAuthToken.State.WORKING, state_message="")
    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)


def test_a_token_that_is_revoked_under_a_run_costs_no_attempt(
    sandbox, deliver, work_queue, item_ids, tick, organization
):
    (item,) = item_ids(1)
    delivery = deliver("item", item)
    sandbox.tokens("revoke")
    sandbox.tokens("expire")

    work_queue()

    assert hint_runs().get().status == SyncRun.Status.FAILED
    assert_waits(delivery)

    sandbox.tokens("restore")
    OAuthToken.objects.update(state=OAuthToken.State.WORKING, state_message="")
    tick(minutes=2)
    work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)


def test_silence_that_zoho_asked_for_is_kept_and_costs_no_attempt(
    sandbox, deliver, work_queue, item_ids, api_calls, tick
):
    from zoho_sync.models import RateBucket

    (first,) = item_ids(1)
    sandbox.order_fault("status", path="/itemdetails", status=429, code=44)
    deliver("item", first)
    work_queue()
    sandbox.forget_calls()
    later = deliver("contact", "51000000000999")

    work_queue()

    assert_waits(later)
    assert api_calls() == []

    RateBucket.objects.update(blocked_until=timezone.now() - timedelta(seconds=1))
    tick(minutes=6)
    work_queue()

    assert [status for status, _ in states()] == [Status.APPLIED] * 2
    assert set(WebhookDelivery.objects.values_list("attempts_count", flat=True)) == {1}


def test_an_outage_of_zoho_costs_no_attempt(settings, sandbox, deliver, work_queue, item_ids, tick):
    settings.ZOHO = settings.ZOHO | {"CALL_SECONDS": 1}
    (item,) = item_ids(1)
    sandbox.order_fault("status", path="/itemdetails", status=500, times=None)
    delivery = deliver("item", item)
    for _ in range(12):
        work_queue()
        tick(minutes=3)
    assert hint_runs(status=SyncRun.Status.FAILED).exists()
    delivery.refresh_from_db()
    assert delivery.attempts_count <= 1

    sandbox.clear_faults()
    for _ in range(8):
        tick(minutes=16)
        work_queue()

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)
