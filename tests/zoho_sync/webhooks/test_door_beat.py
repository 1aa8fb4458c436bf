from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import NOON, OAuthTokenFactory, OrganizationFactory, WebhookDeliveryFactory
from zoho_sync.models import DoorBeat, SyncRun, WebhookGap
from zoho_sync.options import Trigger
from zoho_sync.webhooks import door_beat

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


@pytest.fixture
def organization():
    OAuthTokenFactory()
    WebhookDeliveryFactory(subject="contact", entity="customers", received_at=NOON - MINUTE)
    return OrganizationFactory()


def gaps() -> list[tuple]:
    return [(gap.entity, gap.since, gap.until) for gap in WebhookGap.objects.order_by("pk")]


def test_the_first_beat_of_all_opens_no_gap(organization):
    door_beat.beat(NOON)

    assert DoorBeat.objects.get().beat_at == NOON
    assert gaps() == []


def test_beats_that_come_regularly_open_no_gap(organization):
    for minutes in (0, 1, 4):
        door_beat.beat(NOON + minutes * MINUTE)

    assert DoorBeat.objects.get().beat_at == NOON + 4 * MINUTE
    assert gaps() == []


def test_after_downtime_what_changed_meanwhile_is_read(organization):
    door_beat.beat(NOON)
    door_beat.beat(NOON + 10 * MINUTE)

    assert gaps() == [("customers", NOON, NOON + 10 * MINUTE)]
    assert SyncRun.objects.get(trigger=Trigger.BACKFILL).entity == "customers"


def test_only_the_first_process_to_come_back_has_it_read(organization):
    door_beat.beat(NOON)
    door_beat.beat(NOON + 10 * MINUTE)
    door_beat.beat(NOON + 10 * MINUTE)

    assert len(gaps()) == 1


def test_another_hosts_door_was_open_all_the_time(organization):
    door_beat.beat(NOON)
    DoorBeat.objects.create(host="another", beat_at=NOON + 9 * MINUTE)

    door_beat.beat(NOON + 10 * MINUTE)

    assert gaps() == []


def test_what_no_webhook_ever_told_of_is_not_read_either():
    OrganizationFactory()
    OAuthTokenFactory()
    door_beat.beat(NOON)
    door_beat.beat(NOON + 10 * MINUTE)

    assert gaps() == []


def test_hosts_of_former_times_are_forgotten(organization):
    DoorBeat.objects.create(host="long ago", beat_at=NOON - timedelta(days=40))

    door_beat.beat(NOON)

    assert list(DoorBeat.objects.values_list("host", flat=True)) == [socket.gethostname()[:100]]


@pytest.mark.django_db(transaction=True)
def test_a_database_that_is_away_stops_no_web_process_and_the_next_beat_counts(organization):
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE zoho_sync_doorbeat RENAME TO zoho_sync_doorbeat_away")
    try:
        assert door_beat.try_to_beat() is False
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE zoho_sync_doorbeat_away RENAME TO zoho_sync_doorbeat")

    assert door_beat.try_to_beat() is True
    assert DoorBeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_web_server_beats_by_itself(process_environment, tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "-c", "tsh_erp/webserver.py", "tsh_erp.wsgi"]
    began = timezone.now()
    with (tmp_path / "web.log").open("wb") as log:
        server = subprocess.Popen(
            command, env=process_environment | {"PORT": str(port), "WEB_PROCESSES": "2"}, stdout=log, stderr=log,
            start_new_session=True,
        )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not DoorBeat.objects.filter(beat_at__gte=began).exists():
            assert server.poll() is None, (tmp_path / "web.log").read_text()
            assert time.monotonic() < deadline, (tmp_path / "web.log").read_text()
            time.sleep(0.05)
    finally:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()
