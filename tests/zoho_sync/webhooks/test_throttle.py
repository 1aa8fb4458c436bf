"""Counting visitors: exactly, for a minute, and without growing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from zoho_sync.webhooks.throttle import MOST_ADDRESSES, WINDOW_SECONDS, Window


def test_an_address_at_its_limit_is_heard_again_when_its_minute_is_over():
    window = Window()
    for at in (0.0, 20.0):
        assert window.seconds_left("a", 2, at) == 0
        window.add("a", at)
    assert window.seconds_left("a", 2, 30.0) == 30
    assert window.seconds_left("a", 2, WINDOW_SECONDS - 0.1) == 1
    assert window.seconds_left("a", 2, WINDOW_SECONDS) == 0


def test_a_new_minute_counts_anew():
    window = Window()
    window.add("a", 0.0)
    window.add("a", WINDOW_SECONDS)
    assert window.seconds_left("a", 2, WINDOW_SECONDS) == 0
    assert window.seconds_left("a", 1, WINDOW_SECONDS) == WINDOW_SECONDS


def test_addresses_have_limits_of_their_own():
    window = Window()
    window.add("a", 0.0)
    assert (window.seconds_left("a", 1, 0.0), window.seconds_left("b", 1, 0.0)) == (WINDOW_SECONDS, 0)


def test_ever_new_addresses_do_not_fill_the_memory():
    window = Window()
    window.add("the first", 0.0)
    for number in range(MOST_ADDRESSES):
        window.add(str(number), 0.0)
    assert len(window._counts) == MOST_ADDRESSES
    assert window.seconds_left("the first", 1, 0.0) == 0  # not heard of for longest
    assert window.seconds_left("0", 1, 0.0) == WINDOW_SECONDS


def test_threads_lose_no_count():
    window = Window()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: window.add("a", 0.0), range(4000)))
    assert window.seconds_left("a", 4000, 0.0) == WINDOW_SECONDS
    assert window.seconds_left("a", 4001, 0.0) == 0
