"""The watchdog of a session's exchanges, with real threads and clocks."""

from __future__ import annotations

import threading
import time

import pytest

from zoho_sync.zoho.watchdog import Watchdog

PATIENCE = 20  # seconds, for a slow machine; nothing waits so long when all is well


@pytest.fixture
def barked():
    return threading.Event()


@pytest.fixture
def watchdog(barked):
    dog = Watchdog(barked.set)
    yield dog
    dog.close()


def _watchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "watchdog"]


def test_a_block_that_lasts_beyond_its_deadline_is_barked_at(watchdog, barked):
    with watchdog.guard(time.monotonic() + 0.05):
        assert barked.wait(PATIENCE)


def test_a_block_that_has_ended_is_left_alone(watchdog, barked):
    soon = time.monotonic() + 0.1
    with watchdog.guard(soon):
        pass
    (thread,) = _watchers()
    thread.join(PATIENCE)  # it wakes at the deadline, finds nothing to guard, and ends
    assert time.monotonic() >= soon
    assert not barked.is_set()


def test_a_nearer_deadline_is_kept_although_a_farther_one_was_told_before(watchdog, barked):
    with watchdog.guard(time.monotonic() + 3600):
        pass
    with watchdog.guard(time.monotonic() + 0.05):
        assert barked.wait(PATIENCE)


def test_a_later_block_is_guarded_too_after_the_thread_has_ended(watchdog, barked):
    with watchdog.guard(time.monotonic() + 0.01):
        pass
    for thread in _watchers():
        thread.join(PATIENCE)
    with watchdog.guard(time.monotonic() + 0.05):
        assert barked.wait(PATIENCE)


def test_one_thread_guards_many_blocks_and_ends_when_the_session_is_closed(watchdog):
    before = set(_watchers())
    for _ in range(20):
        with watchdog.guard(time.monotonic() + 3600):
            (thread,) = set(_watchers()) - before
    watchdog.close()
    thread.join(PATIENCE)
    assert not thread.is_alive()
