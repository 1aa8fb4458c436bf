from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from zoho_sync.models import FilterVerdict
from zoho_sync.zoho import clock
from zoho_sync.zoho.probes import filter_time, filter_works


@pytest.mark.parametrize(
    ("habit", "works", "verdict"),
    [("honoured", True, "works"), ("ignored", False, "ignored"), ("refused", False, "refused")],
)
def test_a_filter_is_believed_only_when_it_was_seen_working(client, zoho, habit, works, verdict):
    zoho.settings(item_filter=habit)

    assert filter_works(client, "items", params={"filter_by": "Status.All"}) is works
    assert FilterVerdict.objects.get(resource="items").verdict == verdict


def test_a_filter_is_tried_once_a_week(client, zoho, api_calls):
    filter_works(client, "items")
    filter_works(client, "items")
    assert len(api_calls()) == 1

    zoho.settings(item_filter="ignored")
    FilterVerdict.objects.update(probed_at=clock.now() - timedelta(days=8))

    assert filter_works(client, "items") is False
    assert len(api_calls()) == 2


def test_verdicts_are_kept_per_resource(client, zoho):
    zoho.settings(item_filter="honoured", contact_filter="ignored")

    assert filter_works(client, "items") is True
    assert filter_works(client, "contacts") is False


def test_times_are_written_as_zoho_takes_them():
    moment = datetime(2026, 11, 20, 12, 30, tzinfo=timezone(timedelta(hours=3)))

    assert filter_time(moment) == "2026-11-20T09:30:00+0000"
    assert filter_time(datetime(2026, 1, 2, tzinfo=UTC)) == "2026-01-02T00:00:00+0000"
