"""How many calls go out within a minute, and at once."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections

from zoho_sync.errors import Throttled
from zoho_sync.models import CallSlot
from zoho_sync.options import Priority
from zoho_sync.sandbox import Sandbox, Size
from zoho_sync.zoho import clock, limits
from zoho_sync.zoho.client import ZohoClient

from .taking import ended, limit, take

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


@pytest.mark.slow
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
