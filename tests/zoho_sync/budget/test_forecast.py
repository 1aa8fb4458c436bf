"""Will the day's calls last? Every figure comes from what happened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, OrganizationFactory, SyncRunFactory, UserFactory
from zoho_sync.models import SyncCheckpoint, SyncRun
from zoho_sync.options import Priority
from zoho_sync.status import forecast, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def noon(organization) -> datetime:
    """12:00 of the organisation's today; the ledger is of the same day."""
    day = today(organization)
    return datetime(day.year, day.month, day.day, 9, 0, tzinfo=UTC)


def test_an_idle_day_ends_with_what_is_spent(organization, spend, noon):
    spend(700)

    told = forecast(organization, noon)

    assert (told.used, told.reserve, told.ceiling) == (700, 100, 900)
    assert (told.expected_at_day_end, told.runs_out_at) == (700, None)
    assert told.day_ends_at == noon + timedelta(hours=12)


def test_what_still_fires_costs_the_median_of_the_last_runs(organization, ended, schedule, noon):
    for calls in (10, 20, 500):
        ended("products", "incremental", calls)
    schedule("'products', '', 'incremental'", "0 * * * *", noon + timedelta(minutes=30))

    told = forecast(organization, noon)

    (cost,) = told.schedules
    # At 12:30, and then at every full hour from 13:00 to 23:00.
    assert (cost.entity, cost.times, cost.calls, cost.calls_left) == ("products", 12, 20, 240)
    assert told.scheduled == told.expected_at_day_end == 240
    assert told.next_runs[0] == ("Products", noon + timedelta(minutes=30), 20)


def test_a_schedule_that_chooses_by_itself_is_full_once_a_day(organization, ended, schedule, noon):
    ended("products", "incremental", 10)
    ended("products", "full", 100)
    schedule("'products'", "0 * * * *", noon + timedelta(hours=1))
    SyncCheckpoint.objects.update(full_at=noon - timedelta(hours=21, minutes=30))  # a day old at 14:30

    told = forecast(organization, noon)

    assert told.scheduled == 10 + 10 + 100 + 8 * 10  # 13:00, 14:00, the full one at 15:00, 16:00 … 23:00


def test_it_tells_the_hour_at_which_normal_work_has_to_stop(organization, ended, schedule, spend, noon):
    spend(700)
    ended("products", "incremental", 60)
    schedule("'products', '', 'incremental'", "0 * * * *", noon + timedelta(hours=1))

    told = forecast(organization, noon)

    assert told.runs_out_at == noon + timedelta(hours=4)  # 700 + 4 x 60 passes the 900
    assert told.expected_at_day_end == 700 + 11 * 60


def test_spent_calls_have_run_out_now(organization, spend, noon):
    spend(900)
    assert forecast(organization, noon).runs_out_at == noon


def test_runs_under_way_need_what_they_have_not_made_yet(organization, ended, noon):
    ended("products", "full", 100)
    SyncRunFactory(entity="products", mode="full", status=SyncRun.Status.RUNNING, calls_count=30)
    tomorrow = noon + timedelta(hours=20)
    SyncRunFactory(entity="customers", mode="full", status=SyncRun.Status.PAUSED, paused_until=tomorrow)

    assert forecast(organization, noon).waiting == 70


def test_while_a_run_rests_until_tomorrow_its_schedule_starts_nothing(organization, ended, schedule, noon):
    ended("products", "incremental", 10)
    schedule("'products', '', 'incremental'", "0 * * * *", noon + timedelta(hours=1))
    SyncRunFactory(
        entity="products", mode="incremental", status=SyncRun.Status.PAUSED,
        paused_until=noon + timedelta(hours=12),
    )  # fmt: skip

    told = forecast(organization, noon)

    assert (told.scheduled, told.waiting, told.schedules[0].calls_a_day) == (0, 0, 230)


def test_work_in_the_background_stops_at_its_floor(organization, schedule, spend, noon):
    spend(690)
    CustomerFactory.create_batch(30, organization=organization, detail_is_due=True)
    schedule("'customer_details'", "0 * * * *", noon + timedelta(hours=1))

    told = forecast(organization, noon)

    assert (told.background_ceiling, told.expected_at_day_end, told.runs_out_at) == (700, 700, None)


def test_webhooks_are_expected_as_in_the_last_days(organization, spend, noon):
    hook = SyncRunFactory(mode="realtime", trigger="webhook", status=SyncRun.Status.SUCCEEDED)
    spend(100, run=hook, days_ago=1)
    spend(60, days_ago=2)
    spend(
        500, run=SyncRunFactory(entity="stock", trigger="admin"), days_ago=2
    )  # a person's: no plan knows it

    assert forecast(organization, noon).unplanned == 40  # (100 + 60) / 2 a day, and half of the day is left


def test_it_tells_who_has_spent_the_calls(organization, spend, noon):
    layla = UserFactory(username="layla")
    spend(30, run=SyncRunFactory(entity="products", mode="full", trigger="admin", requested_by=layla))
    spend(20, run=SyncRunFactory(entity="products", mode="incremental", trigger="schedule"))
    spend(5)

    told = forecast(organization, noon)

    assert [(each.trigger, each.person, each.calls) for each in told.spendings] == [
        ("admin", "layla", 30),
        ("schedule", "", 20),
        ("", "", 5),
    ]
    assert told.by_priority == {Priority.NORMAL: 50, None: 5}


def test_schedules_that_are_off_or_of_another_organisation_cost_nothing(organization, ended, schedule, noon):
    ended("products", "incremental", 10)
    OrganizationFactory(external_id="other")
    schedule("'products', '10234695'", "0 * * * *", noon + timedelta(hours=1), repeats=0)
    schedule("'products', 'other'", "0 * * * *", noon + timedelta(hours=1))

    told = forecast(organization, noon)

    assert [(each.next_at, each.calls_left) for each in told.schedules] == [(None, 0)]


def test_what_was_never_run_costs_what_the_mirror_counts(organization, schedule, noon):
    schedule("'warehouses'", "0 * * * *", noon + timedelta(hours=11))
    assert forecast(organization, noon).scheduled == 1
    assert timezone.is_aware(forecast(organization).day_ends_at)


def test_details_that_are_due_are_read_once_however_often_their_schedule_fires(organization, schedule, noon):
    CustomerFactory.create_batch(7, organization=organization, detail_is_due=True)
    schedule("'customer_details'", "0 * * * *", noon + timedelta(hours=1))

    (cost,) = forecast(organization, noon).schedules
    assert (cost.times, cost.calls, cost.calls_left, cost.calls_a_day) == (11, 7, 7, 7)

    SyncRunFactory(organization=organization, entity="customer_details", status=SyncRun.Status.RUNNING)
    assert forecast(organization, noon).scheduled == 0
