"""The page "Budget of calls": the hour at which they run out, who used them, and what to do."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import AdministratorFactory, SyncRunFactory, UserFactory
from zoho_sync.models import RateBucket

pytestmark = pytest.mark.django_db
PAGE = "/admin/zoho_sync/oauthtoken/budget/"


@pytest.fixture
def page(client):
    client.force_login(AdministratorFactory())

    def look(**headers) -> str:
        answer = client.get(PAGE, headers=headers)
        assert answer.status_code == 200
        return answer.content.decode()

    return look


def panel(shown: str, title: str) -> str:
    return shown.split(f">{title}</h2>")[1].split("</section>")[0]


def test_a_good_day_says_that_the_calls_will_last(page, organization, spend):
    spend(120)
    shown = page()
    assert "will last: about 120 of 900" in shown
    assert "not today" in shown


def test_a_dear_schedule_is_named_with_what_it_costs_and_what_to_do(page, ended, schedule, spend):
    ended("products", "incremental", 400)
    ended("customers", "incremental", 1)
    schedule("'products', '', 'incremental'", "* * * * *", timezone.now() + timedelta(seconds=30))
    schedule("'customers', '', 'incremental'", "0 * * * *", timezone.now() + timedelta(minutes=30))
    spend(500)

    shown = page()

    assert "normal work will have to stop" in shown
    assert "Sync less often: the schedule of Products costs about 576,000 calls a day" in shown
    row = panel(shown, "What each schedule costs").split("<tbody>")[1].split("</tr>")[0]
    assert "Products" in row and ">400<" in row  # the dearest is the first


def test_a_spent_day_says_until_when_syncs_rest(page, organization, spend):
    spend(900)
    assert "is spent. Syncs rest until" in page()


def test_it_shows_who_has_used_the_calls(page, spend):
    spend(30, run=SyncRunFactory(mode="full", trigger="admin", requested_by=UserFactory(username="layla")))
    used = panel(page(), "Who has used today&#x27;s calls")
    assert "layla" in used and ">30<" in used


def test_fourteen_days_stand_beside_each_other(page, organization, spend):
    spend(70)
    spend(250, days_ago=13)
    days = panel(page(), "The last 14 days")
    assert days.count("<progress") == 14
    assert 'value="70"' in days and 'value="250"' in days
    assert 'max="1000"' in days


def test_the_reserve_and_the_silence_are_said_in_words(page, organization):
    until = timezone.now() + timedelta(minutes=5)
    RateBucket.objects.create(organization=organization, blocked_until=until, blocked_reason="too many calls")
    shown = page()
    assert "100 calls are kept for what cannot wait" in shown
    assert "stops when 700 calls are used" in shown
    assert "too many calls" in shown


def test_without_an_organisation_it_says_how_to_connect_one(page, db):
    assert "Not connected to Zoho yet" in page()


def test_its_cost_does_not_grow_with_the_days_runs(page, ended, spend, django_assert_max_num_queries):
    ended("products", "incremental", 2)
    for _number in range(30):
        spend(1, run=SyncRunFactory(mode="incremental", trigger="schedule"))
    page()
    with django_assert_max_num_queries(40):
        page()


def test_home_and_the_connection_lead_to_it(page, organization, client):
    page()
    assert PAGE in client.get("/admin/zoho_sync/oauthtoken/").content.decode()
    assert PAGE in client.get("/admin/").content.decode()


def test_it_is_drawn_from_right_to_left_too(page, organization, spend):
    spend(20)
    shown = page(**{"accept-language": "ar"})
    assert 'dir="rtl"' in shown
    assert "<script>" not in panel(shown, shown.split('class="tsh-panel-title">')[1].split("</h2>")[0])
