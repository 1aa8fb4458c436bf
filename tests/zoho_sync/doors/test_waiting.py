"""Waiting: for what may still come, with no connection in hand, and never by so many that nobody else is served."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.db.backends.signals import connection_created
from django.utils import timezone

from tests.factories import SyncRunFactory
from zoho_sync.api import waiting
from zoho_sync.models import SyncRun

from .conftest import BULK

Status = SyncRun.Status
LONG = 3600  # a test that waits so long has failed


def test_without_a_worker_nobody_waits_and_nothing_is_called_success(caller, connected):
    answer = caller.post(f"{BULK}/products?wait=50")

    assert (answer["success"], answer["error"]) == (False, "no_worker")
    assert answer["run"]["status"] == "queued"
    assert "No worker" in answer["message"]
    assert answer.headers["Location"] == answer["run"]["url"]


def test_what_is_still_going_is_told_with_its_figures_so_far(caller, connected, beat):
    answer = caller.post(f"{BULK}/products?wait=0")

    assert (answer["success"], answer["error"]) == (False, None)
    assert answer["run"]["status"] == "queued"
    assert set(answer["stats"].values()) == {0}


@pytest.mark.parametrize("status", [*SyncRun.ENDED, Status.QUARANTINED])
@pytest.mark.django_db
def test_what_is_over_or_waits_for_a_person_is_not_waited_for(status):
    waiting.wait_for([SyncRunFactory(status=status).pk], LONG)


@pytest.mark.django_db
def test_what_rests_until_later_is_not_waited_for():
    later = timezone.now() + timedelta(hours=2)
    resting = SyncRunFactory(status=Status.PAUSED, paused_until=later, entity="products")
    stopped = SyncRunFactory(status=Status.PAUSED, paused_until=None, entity="stock")

    waiting.wait_for([resting.pk, stopped.pk], 50)


@pytest.mark.django_db(transaction=True)
def test_who_waits_holds_no_connection(until):
    """Each of its looks has to open one anew, since none is kept."""
    run = SyncRunFactory(status=Status.RUNNING)
    opened_by: list[threading.Thread] = []

    def note(**_facts) -> None:
        opened_by.append(threading.current_thread())

    waiter = threading.Thread(target=wait_for_ever, args=(run,))
    connection_created.connect(note)
    try:
        waiter.start()
        until(lambda: opened_by.count(waiter) == 3)
        assert waiter.is_alive()
    finally:
        SyncRun.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
        waiter.join()
        connection_created.disconnect(note)


def wait_for_ever(run: SyncRun) -> None:
    waiting.wait_for([run.pk], LONG)
    connection.close()


@pytest.mark.django_db(transaction=True)
def test_beyond_half_of_the_threads_nobody_waits(until):
    run = SyncRunFactory(status=Status.RUNNING)
    seats = settings.WEB_THREADS // 2
    waiters = [threading.Thread(target=wait_for_ever, args=(run,)) for _ in range(seats)]
    try:
        for waiter in waiters:
            waiter.start()
        until(lambda: waiting._seats._value == 0)
        waiting.wait_for([run.pk], LONG)  # returns at once
        assert all(waiter.is_alive() for waiter in waiters)
    finally:
        SyncRun.objects.filter(pk=run.pk).update(status=Status.SUCCEEDED)
        for waiter in waiters:
            waiter.join()
    assert waiting._seats._value == seats
