from __future__ import annotations

import threading
import time

import pytest
from django.db import connection

from zoho_sync.models import CallSlot, RateBucket
from zoho_sync.zoho.ahead import ENDED, fetch_ahead
from zoho_sync.zoho.pages import iter_pages


def fetchers() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "fetch-ahead"]


def test_items_come_whole_and_in_order():
    with fetch_ahead(iter(range(100))) as items:
        assert list(items) == list(range(100))
    assert fetchers() == []


def test_no_more_than_the_depth_is_fetched_ahead():
    fetched, enough = [], threading.Event()

    def source():
        for number in range(100):
            fetched.append(number)
            if number == 2:
                enough.set()
            yield number

    with fetch_ahead(source(), depth=2) as items:
        assert items.get() == 0
        assert enough.wait(5)
        time.sleep(0.2)

        assert fetched == [0, 1, 2]


def test_nothing_yet_is_none_and_the_end_is_told():
    go = threading.Event()

    def source():
        go.wait(10)
        yield "item"

    with fetch_ahead(source()) as items:
        assert items.get(timeout=0.05) is None
        go.set()
        assert items.get(timeout=60) == "item"
        assert items.get(timeout=60) is ENDED
        assert items.get() is ENDED


def test_an_error_comes_after_the_items_before_it():
    def source():
        yield 1
        raise LookupError("broken")

    with fetch_ahead(source()) as items:
        assert items.get() == 1
        with pytest.raises(LookupError, match="broken"):
            items.get()


def test_leaving_early_ends_the_thread_and_closes_the_source():
    closed = threading.Event()

    def source():
        try:
            while True:
                yield 1
        finally:
            closed.set()

    with pytest.raises(KeyError), fetch_ahead(source()) as items:
        items.get()
        raise KeyError("the consumer failed")

    assert closed.is_set()
    assert fetchers() == []


def test_pages_are_fetched_while_the_last_one_is_written(client, zoho):
    pages = iter_pages(client, "items", "items", "item_id", params={"filter_by": "Status.All"}, per_page=10)
    with fetch_ahead(pages, stop=client.interrupt) as ahead:
        rows = sum(len(page.rows) for page in ahead)

    assert rows == len(zoho.ids("items"))
    assert not CallSlot.objects.filter(ended_at=None).exists()


def test_leaving_while_zoho_is_silent_leaves_no_call_under_way(client, zoho):
    client.get("items")
    zoho.order_fault("silence", path="/items", delay=600)

    with fetch_ahead(iter_pages(client, "items", "items", "item_id"), stop=client.interrupt) as pages:
        while not CallSlot.objects.filter(ended_at=None).exists():
            assert pages.get(timeout=0.02) is None

    assert fetchers() == []
    assert not CallSlot.objects.filter(ended_at=None).exists()
    assert client.get("items").code == 0


def test_the_thread_leaves_no_database_connection_behind(transactional_db):
    seen = []

    def source():
        RateBucket.objects.count()
        seen.append(connection.connection)
        yield 1

    with fetch_ahead(source()) as items:
        list(items)

    with pytest.raises(Exception, match="closed"):
        seen[0].cursor()
