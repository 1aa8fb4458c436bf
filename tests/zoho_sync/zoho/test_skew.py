"""Zoho's clock, as its answers tell it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django.utils.http import http_date

from zoho_sync.models import RateBucket
from zoho_sync.zoho import skew
from zoho_sync.zoho.client import ZohoClient
from zoho_sync.zoho.skew import measured
from zoho_sync.zoho.wire import Answer


@pytest.mark.parametrize("ahead", [-90, 0, 90])
def test_the_skew_is_ours_against_theirs(ahead):
    theirs = http_date((timezone.now() - timedelta(seconds=ahead)).timestamp())
    assert measured(Answer(200, {"Date": theirs}, b"", 0.0)) == pytest.approx(ahead, abs=1.0)


@pytest.mark.parametrize("date", ["", "yesterday", "Fri, 20 Nov 2026 09:00:00"])
def test_an_answer_without_a_good_date_tells_nothing(date):
    assert measured(Answer(200, {"Date": date}, b"", 0.0)) is None


@pytest.mark.parametrize("offset", [0, -90])
def test_a_call_keeps_what_its_answer_tells(organization, zoho, offset):
    skew.forget()
    zoho.clock(offset)

    with ZohoClient(organization) as client:
        client.get("items")

    bucket = RateBucket.objects.get(organization=organization)
    assert bucket.clock_skew_seconds == pytest.approx(-offset, abs=1.5)
    assert bucket.clock_seen_at is not None


def test_it_is_noted_now_and_then_and_not_with_every_call(organization, zoho):
    skew.forget()
    with ZohoClient(organization) as client:
        client.get("items")
        first = RateBucket.objects.get(organization=organization).clock_seen_at
        client.get("items")
    assert RateBucket.objects.get(organization=organization).clock_seen_at == first
