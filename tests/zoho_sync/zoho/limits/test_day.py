"""What the day's budget allows to whom."""

from __future__ import annotations

import threading
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from zoho_sync.errors import BudgetExhausted
from zoho_sync.models import ApiUsage
from zoho_sync.options import Priority
from zoho_sync.zoho import budget, limits
from zoho_sync.zoho.client import ZohoClient

from .taking import limit, take


def spend(organization, calls: int) -> None:
    budget.note(organization, budget.today(organization), "inventory", "items", None, calls=calls)


@pytest.mark.parametrize(
    ("priority", "spent", "left"),
    [
        (Priority.REALTIME, 99, 1),
        (Priority.REALTIME, 100, 0),
        (Priority.NORMAL, 89, 1),  # 10 % are kept for real-time work
        (Priority.NORMAL, 90, 0),
        (Priority.BACKGROUND, 69, 1),  # only while more than 30 % remain
        (Priority.BACKGROUND, 70, 0),
        (Priority.BACKGROUND, 150, 0),
    ],
)
def test_each_kind_of_work_has_its_share_of_the_day(organization, settings, priority, spent, left):
    limit(settings, CALLS_PER_DAY=100, REALTIME_RESERVE_PERCENT=10, BACKGROUND_FLOOR_PERCENT=30)
    spend(organization, spent)

    assert limits.budget_left(organization, priority) == left
    if left:
        assert take(organization, priority)
    else:
        with pytest.raises(BudgetExhausted) as pause:
            take(organization, priority)
        assert pause.value.retry_at == budget.next_day(organization)


def test_an_empty_budget_sends_nothing(client, organization, settings, api_calls):
    limit(settings, CALLS_PER_DAY=10)
    spend(organization, 9)

    with pytest.raises(BudgetExhausted):
        client.get("items")

    assert api_calls() == []
    assert client.calls_count == 0


def test_threads_never_overdraw_the_day(organization, settings, zoho, api_calls):
    limit(settings, CALLS_PER_DAY=10, REALTIME_RESERVE_PERCENT=0)
    outcomes = []

    def call():
        try:
            with ZohoClient(organization) as client:
                for _ in range(4):
                    client.get("items", {"per_page": 1})
        except BudgetExhausted:
            outcomes.append("spent")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(api_calls()) == 10
    assert "spent" in outcomes


def test_token_calls_do_not_spend_the_day(organization):
    budget.note(organization, budget.today(organization), "accounts", "oauth/v2/token", None, calls=5)

    assert budget.used(organization, budget.today(organization)) == 0


@pytest.mark.parametrize(
    ("zone", "day", "starts"),
    [
        ("Asia/Baghdad", 21, datetime(2026, 11, 21, 21, tzinfo=ZoneInfo("UTC"))),
        ("Pacific/Honolulu", 20, datetime(2026, 11, 21, 10, tzinfo=ZoneInfo("UTC"))),
        ("nowhere", 21, datetime(2026, 11, 21, 21, tzinfo=ZoneInfo("UTC"))),  # falls back to TIME_ZONE
    ],
)
def test_the_quota_day_is_the_organisations_own(organization, settings, zone, day, starts):
    settings.TIME_ZONE = "Asia/Baghdad"
    organization.time_zone = zone
    now = datetime(2026, 11, 20, 22, tzinfo=ZoneInfo("UTC"))

    assert budget.today(organization, now).day == day
    assert budget.next_day(organization, now) == starts


def test_the_ledger_counts_per_path_and_run(organization, zoho):
    items = zoho.ids("items")
    with ZohoClient(organization, run_id=7) as client:
        client.get("items")
        client.get(f"items/{items[0]}")
        client.get(f"items/{items[1]}")
        client.get("items", api="books")
    with ZohoClient(organization) as client:
        client.get("items")

    lines = ApiUsage.objects.exclude(api="accounts").order_by("api", "endpoint", "run_number")
    assert [
        (line.api, line.endpoint, line.run_number, line.calls_count, line.failed_count) for line in lines
    ] == [
        ("books", "items", 7, 1, 0),
        ("inventory", "items", 0, 1, 0),
        ("inventory", "items", 7, 1, 0),
        ("inventory", "items/{id}", 7, 2, 0),
    ]
    assert all(line.bytes_count > 1000 and line.seconds > 0 for line in lines)
