from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.db import connections

from zoho_sync.errors import BudgetExhausted, Throttled
from zoho_sync.models import ApiUsage, CallSlot, RateBucket
from zoho_sync.options import Priority
from zoho_sync.sandbox import Sandbox, Size
from zoho_sync.zoho import budget, clock, limits
from zoho_sync.zoho.client import ZohoClient


def limit(settings, **values) -> None:
    settings.ZOHO = settings.ZOHO | values


def take(organization, priority=Priority.NORMAL, **more):
    return limits.acquire(organization, priority, api="inventory", endpoint="items", **more)


def spend(organization, calls: int) -> None:
    budget.note(organization, budget.today(organization), "inventory", "items", None, calls=calls)


def ended(organization, seconds_ago: float, count: int = 1, priority=Priority.NORMAL) -> None:
    """Calls as they lie in the window."""
    moment = clock.now() - timedelta(seconds=seconds_ago)
    CallSlot.objects.bulk_create(
        CallSlot(
            organization=organization,
            priority=priority,
            granted_at=moment,
            ended_at=moment,
            expires_at=moment,
        )
        for _ in range(count)
    )


# --- The minute ------------------------------------------------------------------------------------

CALLER = """
import sys, django
django.setup()
from django.conf import settings
settings.ZOHO |= {"CALLS_PER_MINUTE": 12, "CONCURRENT_CALLS": 3, "REALTIME_RESERVE_PERCENT": 0}
from zoho_sync.connections import organization_for
from zoho_sync.errors import Throttled
from zoho_sync.zoho.client import ZohoClient
sent = 0
with ZohoClient(organization_for()) as client:
    try:
        while True:
            client.get("items", {"per_page": 1})
    except Throttled:
        print(client.calls_count)
"""


def test_processes_together_never_send_more_than_the_limit(
    organization, zoho, zoho_server, api_calls, process_environment
):
    zoho.settings(latency_ms=30)
    environment = process_environment | zoho_server.environment
    started = [
        subprocess.Popen(
            [sys.executable, "-c", CALLER], env=environment, stdout=subprocess.PIPE, cwd=Path.cwd()
        )
        for _ in range(4)
    ]

    counts = [int(process.communicate(timeout=90)[0]) for process in started]

    assert sum(counts) == 12 == len(api_calls())
    assert {call["status"] for call in api_calls()} == {200}


@pytest.fixture
def crowded_zoho(organization, settings):
    """A sandbox of its own, with nobody else's calls under way: it refuses the fifth at once with 1070.

    One more than the limit under test: Zoho may still be closing a call whose answer is here already.
    """
    with Sandbox(size=Size(items=2, customers=0, vendors=0), seed=7, latency_ms=60, concurrency=4) as sandbox:
        limit(settings, CONCURRENT_CALLS=3, API_BASE_URL=sandbox.url, ACCOUNTS_URL=sandbox.url)
        yield sandbox.control


def test_threads_never_have_more_calls_under_way_than_allowed(organization, crowded_zoho):
    errors = []

    def call():
        try:
            with ZohoClient(organization) as client:
                for _ in range(4):
                    client.get("items", {"per_page": 1})
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    answers = [call["code"] for call in crowded_zoho.calls() if call["api"] != "accounts"]
    assert answers == [0] * 24


def test_a_call_counts_until_a_minute_after_it_ended(organization, settings):
    limit(settings, CALLS_PER_MINUTE=2)
    ended(organization, 61, count=5)
    ended(organization, 59, count=1)

    take(organization)

    with pytest.raises(Throttled):
        take(organization, longest_wait=0.5)
    assert CallSlot.objects.count() == 2  # what left the window is pruned


def test_a_call_under_way_counts_however_long_it_takes(organization, settings):
    limit(settings, CALLS_PER_MINUTE=1)
    grant = take(organization)
    CallSlot.objects.filter(pk=grant.slot_id).update(granted_at=clock.now() - timedelta(seconds=75))

    with pytest.raises(Throttled):
        take(organization, longest_wait=0.1)


def test_a_slot_of_a_dead_process_comes_back(organization, settings):
    limit(settings, CONCURRENT_CALLS=1)
    grant = take(organization)
    with pytest.raises(Throttled):
        take(organization, longest_wait=0.2)

    CallSlot.objects.filter(pk=grant.slot_id).update(expires_at=clock.now() - timedelta(seconds=1))

    assert take(organization)


def test_a_process_killed_in_mid_call_blocks_its_slot_only_until_it_expires(
    organization, zoho, zoho_server, settings, process_environment
):
    limit(settings, CONCURRENT_CALLS=1)
    zoho.order_fault("silence", path="/items", delay=600)
    environment = process_environment | zoho_server.environment
    process = subprocess.Popen([sys.executable, "-c", CALLER], env=environment, cwd=Path.cwd())
    while not CallSlot.objects.filter(ended_at=None).exists():
        assert process.poll() is None
        time.sleep(0.05)
    process.kill()
    process.wait()

    with pytest.raises(Throttled):
        take(organization, longest_wait=0.2)
    slot = CallSlot.objects.get(ended_at=None)
    assert slot.expires_at - slot.granted_at == timedelta(seconds=90)  # a call's longest time, and some grace
    CallSlot.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert take(organization)


def test_a_short_wait_is_waited_and_a_long_one_is_a_pause(organization, settings):
    limit(settings, CALLS_PER_MINUTE=1)
    ended(organization, 59.2)
    assert take(organization)
    CallSlot.objects.all().delete()

    ended(organization, 20)
    with pytest.raises(Throttled, match="goes on at") as pause:
        take(organization)
    assert timedelta(seconds=38) < pause.value.retry_at - clock.now() < timedelta(seconds=42)


@pytest.mark.parametrize("priority", [Priority.NORMAL, Priority.BACKGROUND])
def test_a_tenth_of_the_minute_is_left_to_real_time_work(organization, settings, priority):
    limit(settings, CALLS_PER_MINUTE=20)
    ended(organization, 5, count=18, priority=Priority.NORMAL)

    with pytest.raises(Throttled):
        take(organization, priority, longest_wait=0.1)
    for _each in range(2):
        limits.release(take(organization, Priority.REALTIME))
    with pytest.raises(Throttled):
        take(organization, Priority.REALTIME, longest_wait=0.1)


def test_background_work_leaves_room_in_the_minute(organization, settings):
    limit(settings, CALLS_PER_MINUTE=10)
    ended(organization, 5, count=6, priority=Priority.BACKGROUND)

    with pytest.raises(Throttled):
        take(organization, Priority.BACKGROUND, longest_wait=0.1)
    assert take(organization, Priority.NORMAL)
    assert take(organization, Priority.REALTIME)


def test_background_work_leaves_one_call_at_once_to_others(organization, settings):
    limit(settings, CONCURRENT_CALLS=2)
    take(organization, Priority.BACKGROUND)

    with pytest.raises(Throttled):
        take(organization, Priority.BACKGROUND, longest_wait=0.1)
    assert take(organization, Priority.NORMAL)


def test_organisations_do_not_wait_for_each_other(organization, settings):
    from inventory.models import Organization

    limit(settings, CALLS_PER_MINUTE=1)
    take(organization)

    assert take(Organization.objects.create(external_id="700000002"))


# --- The day ---------------------------------------------------------------------------------------


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


# --- What a 429 demands ----------------------------------------------------------------------------


def bucket_of(organization) -> RateBucket:
    return RateBucket.objects.get(pk=organization.pk)


def refuse(zoho, code: int, **more) -> None:
    zoho.order_fault("status", path="/items", status=429, code=code, **more)


@pytest.mark.parametrize(("code", "least"), [(44, 60), (43, 180)])
def test_a_minute_code_silences_everybody(client, organization, zoho, api_calls, code, least):
    refuse(zoho, code)

    with pytest.raises(Throttled) as pause:
        client.get("items")
    with (
        ZohoClient(organization, priority=Priority.REALTIME) as other,
        pytest.raises(Throttled, match="silence"),
    ):
        other.get("contacts")

    assert len(api_calls()) == 1
    assert timedelta(seconds=least - 5) < pause.value.retry_at - clock.now() <= timedelta(seconds=least)
    assert bucket_of(organization).blocked_code == code


def test_code_43_is_followed_by_an_hour_of_thirty_calls_a_minute(client, organization, zoho):
    refuse(zoho, 43)
    with pytest.raises(Throttled):
        client.get("items")
    RateBucket.objects.update(blocked_until=None)  # the silence is over

    bucket = bucket_of(organization)
    assert bucket.slow_until - clock.now() > timedelta(minutes=60)
    CallSlot.objects.all().delete()
    ended(organization, 5, count=29)
    assert take(organization, Priority.REALTIME)
    with pytest.raises(Throttled):
        take(organization, Priority.REALTIME)


def test_code_45_is_silence_until_the_quota_day_is_over(client, organization, zoho):
    refuse(zoho, 45, message="You have exceeded the maximum call rate limit of 2500.")

    with pytest.raises(Throttled) as pause:
        client.get("items")

    assert pause.value.retry_at == budget.next_day(organization)
    assert "2500" in bucket_of(organization).blocked_reason


def test_code_1070_is_tried_again_with_fewer_at_once(client, organization, zoho, settings, api_calls):
    limit(settings, CONCURRENT_CALLS=4)
    refuse(zoho, 1070, times=2)

    assert client.get("items").code == 0

    assert len(api_calls()) == 3
    bucket = bucket_of(organization)
    assert bucket.fewer_concurrent_calls == 1
    assert bucket.fewer_until > clock.now()
    assert bucket.blocked_until is None


def test_code_1070_without_end_is_a_pause(client, zoho, api_calls):
    refuse(zoho, 1070, times=None)

    with pytest.raises(Throttled):
        client.get("items")

    assert len(api_calls()) == 4


@pytest.mark.parametrize(("asked", "seconds"), [(200, 200), (5, 60), (10_000_000, 60)])
def test_retry_after_lengthens_the_silence_within_reason(client, zoho, asked, seconds):
    refuse(zoho, 44, retry_after=asked)

    with pytest.raises(Throttled) as pause:
        client.get("items")

    assert abs((pause.value.retry_at - clock.now()).total_seconds() - seconds) < 5


def test_the_reset_header_lengthens_the_silence_too(organization, zoho):
    zoho.settings(calls_per_minute=1, window_seconds=150, rate_headers=True)

    with ZohoClient(organization) as client:
        client.get("contacts", {"per_page": 1})
        with pytest.raises(Throttled) as pause:
            client.get("contacts", {"per_page": 1})

    assert pause.value.retry_at - clock.now() > timedelta(seconds=100)


def test_a_429_that_is_no_json_is_silence_too(client, organization, zoho):
    zoho.order_fault("html", path="/items", status=429)

    with pytest.raises(Throttled):
        client.get("items")

    assert bucket_of(organization).blocked_until > clock.now() + timedelta(seconds=50)


def test_a_later_shorter_silence_does_not_end_a_longer_one(client, organization, zoho):
    until = clock.now() + timedelta(hours=2)
    take(organization)
    RateBucket.objects.update(blocked_until=until, blocked_code=45)

    limits.silence(organization, limits.TooManyCalls("once more", code=44))

    assert bucket_of(organization).blocked_until == until
    assert bucket_of(organization).blocked_code == 45


def test_the_sandboxs_own_limits_are_never_met_with_a_limit_below_them(
    organization, zoho, settings, api_calls
):
    """The window is short here on Zoho's side only, so ours is the stricter one."""
    limit(settings, CALLS_PER_MINUTE=8)
    zoho.settings(calls_per_minute=9, window_seconds=60)

    with ZohoClient(organization) as client, pytest.raises(Throttled):
        while True:
            client.get("items", {"per_page": 1})

    assert len(api_calls()) == 8
    assert {call["status"] for call in api_calls()} == {200}
