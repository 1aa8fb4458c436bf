"""What a 429 demands."""

from __future__ import annotations

from datetime import timedelta

import pytest

from zoho_sync.errors import Throttled
from zoho_sync.models import CallSlot, RateBucket
from zoho_sync.options import Priority
from zoho_sync.zoho import budget, clock, limits
from zoho_sync.zoho.client import ZohoClient

from .taking import ended, limit, take


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
