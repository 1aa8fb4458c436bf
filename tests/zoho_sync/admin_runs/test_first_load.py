"""What the first load of documents takes, on the page that asks before it starts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_q.models import OrmQ

from inventory.models import Organization
from tests.zoho_sync.admin_runs.addresses import start_url, text
from zoho_sync.first_load import JOB
from zoho_sync.models import SourceCount, SyncCheckpoint, SyncRun

pytestmark = pytest.mark.django_db
URL = start_url("invoices", "full")


def counted(**facts) -> SourceCount:
    now = timezone.now()
    told = {"entity": "invoices", "asked_at": now, "ended_at": now, "counted_at": now} | facts
    return SourceCount.objects.create(organization=Organization.objects.get(), **told)


def test_before_anything_is_counted_the_page_offers_to(staff):
    shown = text(staff.get(URL))

    assert "Not counted yet" in shown
    assert 'name="do" value="count"' in shown


def test_the_button_queues_one_count_however_often_it_is_pressed(staff):
    for _press in range(2):
        staff.post(URL, {"do": "count"})

    (job,) = (each.task for each in OrmQ.objects.all())
    assert (job["func"], job["args"][1]) == (JOB, ["invoices"])
    assert not SyncRun.objects.exists()
    assert "Zoho is being asked" in text(staff.get(URL))


def test_a_count_that_was_lost_can_be_asked_for_again(staff):
    staff.post(URL, {"do": "count"})
    SourceCount.objects.update(asked_at=timezone.now() - timedelta(minutes=11))

    assert 'value="count"' in text(staff.get(URL))
    staff.post(URL, {"do": "count"})
    assert OrmQ.objects.count() == 2


def test_what_was_counted_is_told_with_its_calls_and_days(staff, settings):
    settings.ZOHO = settings.ZOHO | {
        "CALLS_PER_DAY": 5000, "REALTIME_RESERVE_PERCENT": 10, "BACKGROUND_FLOOR_PERCENT": 30
    }  # fmt: skip
    counted(count=20_000)

    shown = text(staff.get(URL))

    assert "about 20,100 calls: 100 for the lists and 20,000 for the lines" in shown
    assert "At 3,500 calls a day that is at least 6 days." in shown
    assert "about 100 calls" in shown  # of this run, which lists


def test_why_it_could_not_be_counted_is_told(staff):
    counted(count=None, counted_at=None, message="The door is shut.")

    counted(entity="bills", count=None, counted_at=None, message="The door is shut.")

    assert "Bills, Invoices: The door is shut." in text(staff.get(start_url("documents", "full")))


def test_once_everything_was_read_nothing_is_said_of_a_first_load(staff):
    counted(count=20_000)
    SyncCheckpoint.objects.create(
        organization=Organization.objects.get(), entity="invoices", full_at=timezone.now(), records_count=7
    )

    shown = text(staff.get(URL))

    assert "first load" not in shown.lower()
    assert "about 1 call" in shown  # what was listed counts, not what was told before


def test_who_may_not_start_may_not_count(onlooker):
    assert onlooker.post(URL, {"do": "count"}).status_code == 403
    assert not SourceCount.objects.exists()
