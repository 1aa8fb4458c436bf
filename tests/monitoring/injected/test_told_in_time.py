"""The token is revoked, the calls are spent, the queue stands still, webhooks fall silent, a channel never answers: the
right alert opens within two minutes of its window, once, and resolves by itself when it is over.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from monitoring.models import Alert, AlertChannel, AlertRule
from tests.factories import WebhookDeliveryFactory, WebhookExpectationFactory
from tests.freezing import stop_still
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.connections import organization_for
from zoho_sync.models import ApiUsage, OAuthToken, WorkerBeat

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow, pytest.mark.one_leg]
IN_TIME = 120.0  # seconds after the window of the rule


def opened(cause: str) -> bool:
    return Alert.objects.filter(fingerprint__startswith=cause, state="open").exists()


def is_told(told, cause: str, *what: str) -> Callable[[], bool]:
    return lambda: told.of(cause) == list(what)


def test_a_revoked_token(watch, told, sandbox, organization, run_sync):
    run_sync("warehouses")
    sandbox.tokens("expire")
    sandbox.tokens("revoke")
    run_sync("products")
    assert OAuthToken.objects.get().state == "refused"
    wait_until(is_told(told, "connection", "opened"), IN_TIME)

    sandbox.tokens("restore")
    OAuthToken.objects.update(refresh_token="a former one")
    organization_for()  # as when somebody puts new credentials into the environment
    run_sync("products", "incremental")

    wait_until(is_told(told, "connection", "opened", "resolved"), IN_TIME)
    assert Alert.objects.filter(fingerprint__startswith="connection").count() == 1


def test_the_day_s_calls_are_spent(start, told, organization, run_sync, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 3, "REALTIME_RESERVE_PERCENT": 0}
    start("run_monitor", ZOHO_CALLS_PER_DAY="3", ZOHO_REALTIME_RESERVE_PERCENT="0")
    run = run_sync("price_lists")
    assert run.status == "paused"
    wait_until(is_told(told, "calls-spent", "opened"), IN_TIME)

    ApiUsage.objects.all().delete()  # as at midnight, when a new day's ledger is empty

    wait_until(is_told(told, "calls-spent", "opened", "resolved"), IN_TIME)


def test_a_queue_that_stands_still(start, told, organization):
    worker = start("run_worker")
    wait_until(lambda: WorkerBeat.objects.filter(beat_at__isnull=False).exists(), 60)
    start("run_monitor")
    wait_until(lambda: Alert.objects.count() >= 0 and not opened("worker"))

    frozen = frozen_between_writes(worker.pid)
    window = 60 + 60 * AlertRule.objects.get(code="worker").for_minutes
    wait_until(is_told(told, "worker", "opened"), window + IN_TIME)

    signal_all(frozen, signal.SIGCONT)
    wait_until(is_told(told, "worker", "opened", "resolved"), IN_TIME)


def test_webhooks_that_have_fallen_silent(watch, told, organization):
    quiet = timezone.now() - timedelta(days=2)
    WebhookDeliveryFactory(organization=organization, status="applied", received_at=quiet)
    WebhookExpectationFactory(organization=organization, silence_hours=1, changed_at=quiet)
    wait_until(is_told(told, "silent", "opened"), IN_TIME)

    WebhookDeliveryFactory(organization=organization, status="applied", received_at=timezone.now())

    wait_until(is_told(told, "silent", "opened", "resolved"), IN_TIME)


def test_a_channel_that_takes_everything_and_never_answers(watch, told, receivers, channel, organization):
    hole = receivers()
    hole.is_silent.set()
    dead = channel("webhook", "Black hole", values={"url": hole.url, "secret": "a secret of sixteen"})
    WebhookDeliveryFactory(organization=organization, status="dead")

    wait_until(is_told(told, "dead-letters", "opened"), IN_TIME)
    assert AlertChannel.objects.get(pk=dead.pk).failing_since is None  # it still waits for an answer
    wait_until(is_told(told, f"channel:{dead.pk}".partition(":")[0], "opened"), IN_TIME)
    assert [alert.fingerprint for alert in Alert.objects.filter(fingerprint__startswith="channel")] == [
        f"channel:{dead.pk}"
    ]

    hole.is_silent.clear()
    hole.released.set()

    wait_until(
        is_told(told, "channel", "opened", "resolved"), 90 + IN_TIME
    )  # the next attempt comes after a minute


def group_of(pid: int) -> list[int]:
    """The processes that it has started, and theirs."""
    told = Path(f"/proc/{pid}/task/{pid}/children")
    children = [int(word) for word in told.read_text().split()] if told.exists() else []
    return [each for child in children for each in (child, *group_of(child))]


def signal_all(pids: list[int], which: signal.Signals) -> None:
    for pid in pids:
        os.kill(pid, which)


def frozen_between_writes(pid: int) -> list[int]:
    """Stops a worker with all its processes: alive to look at, and does nothing.

    Whoever is stopped in the middle of a write keeps SQLite's only lock, and then nobody could open an alert.
    """
    for _ in range(50):
        pids = [pid, *group_of(pid)]
        stop_still(*pids)
        if is_writable():
            return pids
        signal_all(pids, signal.SIGCONT)
        time.sleep(0.2)
    raise AssertionError("the worker never stopped writing")


def is_writable() -> bool:
    if connection.vendor != "sqlite":
        return True
    with closing(sqlite3.connect(connection.settings_dict["NAME"], timeout=1, uri=True)) as other:
        try:
            other.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        other.rollback()
        return True
