"""A page that was found to be all new is copied into its table at once; what came in meanwhile is still heeded."""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from inventory.models import Product, StockChange, StockLevel
from tests.factories import WarehouseFactory
from zoho_sync.loader import tables, tombstones
from zoho_sync.loader.changes import Change
from zoho_sync.loader.outcomes import Outcomes
from zoho_sync.loader.writes import write
from zoho_sync.options import SyncOptions
from zoho_sync.processors import registry
from zoho_sync.processors.base import Kind, Row
from zoho_sync.processors.stock import levels
from zoho_sync.work import Page, Work


@pytest.fixture
def work(run_sync):
    run = run_sync("products")
    return Work(run, registry.get("products"), SyncOptions.from_json(run.options))


def _write(work, asked_at, **names) -> list:
    """Write products of these ids and names as if none of them were stored yet."""
    mapping = work.processor.mapping
    rows = [
        Row(mapping, external_id, {"name": name}, unit=external_id, raw=b"{}", hash="h")
        for external_id, name in names.items()
    ]
    page = Page(1, [], Kind.ROW, asked_at, {})
    return write(work, page, mapping, [Change(row, None) for row in rows])


def test_new_rows_come_in(work):
    assert _write(work, timezone.now(), a1="One", a2="Two") == []
    found = Product.objects.filter(external_id__in=["a1", "a2"]).order_by("external_id")
    assert list(found.values_list("name", "payload", "payload_hash")) == [
        ("One", "{}", "h"),
        ("Two", "{}", "h"),
    ]


class Rival:
    """Somebody who brings the same rows just after we have looked for them and found none."""

    def __init__(self, monkeypatch, store):
        self.looked, self._store, self._look = 0, store, tables.stored_rows
        monkeypatch.setattr(tables, "stored_rows", self.stored_rows)

    def stored_rows(self, *asked):
        found = self._look(*asked)
        self.looked += 1
        if self.looked == 1:
            with ThreadPoolExecutor(1) as pool:
                pool.submit(self.bring, asked).result()
        return found

    def bring(self, asked) -> None:
        try:
            self._store()
        finally:
            connections.close_all()


def _levels(work, asked_at, **figures) -> tuple[Work, Page, list[Row]]:
    """Stock of a product in these places, as a run would store it."""
    item = Product.objects.first().external_id
    rows = [
        Row(
            levels,
            f"{item}:{place}",
            {"product": item, "warehouse": place, "on_hand": figure},
            unit=item,
            raw=b"{}",
            hash=str(figure),
        )
        for place, figure in figures.items()
    ]
    return work, Page(1, [], Kind.DETAIL, asked_at, {}), rows


@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="on SQLite writers wait for each other")
@pytest.mark.parametrize(
    ("theirs", "age", "history"),
    [
        (5, 0, [(None, 5)]),
        (4, 0, [(None, 4), (4, 5)]),
        (6, 60, [(None, 6)]),  # theirs was asked for later
    ],
)
def test_what_somebody_brought_meanwhile_is_compared_like_any_other_row(
    work, monkeypatch, theirs, age, history
):
    for place in ("w1", "w2"):
        WarehouseFactory(organization=work.organization, external_id=place)
    now, outcomes = timezone.now(), Outcomes()
    rival = Rival(monkeypatch, lambda: tables.store_rows(*_levels(work, now, w1=theirs), Outcomes()))

    with transaction.atomic():
        ours = _levels(work, now - timedelta(seconds=age), w1=5, w2=7)
        assert tables.store_rows(*ours, outcomes) == []

    assert rival.looked == 3  # ours, theirs, and ours again
    contested, other = StockLevel.objects.order_by("external_id")
    assert (contested.on_hand, other.on_hand) == (history[-1][1], 7)
    told = StockChange.objects.filter(level=contested, figure="on_hand").order_by("pk")
    assert list(told.values_list("before", "after")) == history
    assert outcomes.tally().created == 1  # a product whose stock in one place is new


def test_a_row_that_the_database_refuses_does_not_keep_the_others_out(work):
    failures = _write(work, timezone.now(), d1="One", d2=None, d3="Three")

    assert [failure.unit for failure in failures] == ["d2"]
    assert set(Product.objects.filter(external_id__startswith="d").values_list("external_id", flat=True)) == {
        "d1",
        "d3",
    }


def _wait_until_it_is_blocked(rival) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not rival.done():
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.02)
    raise AssertionError("nobody waits")


@pytest.mark.skipif("sqlite" in os.environ["DATABASE_URL"], reason="on SQLite writers wait for each other")
def test_what_two_find_gone_at_the_same_time_leaves_once(work):
    WarehouseFactory(organization=work.organization, external_id="w1")
    tables.store_rows(*_levels(work, timezone.now(), w1=5), Outcomes())
    level = StockLevel.objects.get()

    def bury() -> int:
        try:
            with transaction.atomic():
                return tombstones.remove(work, (level.product.external_id,), timezone.now())
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            assert tombstones.remove(work, (level.product.external_id,), timezone.now()) == 1
            rival = pool.submit(bury)
            _wait_until_it_is_blocked(rival)
        assert rival.result() == 0

    told = StockChange.objects.filter(level=level, figure="on_hand").order_by("pk")
    assert list(told.values_list("before", "after")) == [(None, 5), (5, None)]
