"""A page that was found to be all new is copied into its table at once; what came in meanwhile is still heeded."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Product
from zoho_sync.loader.changes import Change
from zoho_sync.loader.writes import write
from zoho_sync.options import SyncOptions
from zoho_sync.processors import registry
from zoho_sync.processors.base import Kind, Row
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


def test_a_row_that_somebody_brought_meanwhile_is_updated_and_the_others_come_in(work):
    _write(work, timezone.now(), b1="Before")
    key = Product.objects.get(external_id="b1").pk

    assert _write(work, timezone.now(), b1="After", b2="New") == []

    found = Product.objects.filter(external_id__in=["b1", "b2"]).order_by("external_id")
    assert [each.name for each in found] == ["After", "New"]
    assert found[0].pk == key


def test_a_newer_row_that_came_in_meanwhile_stays(work):
    now = timezone.now()
    _write(work, now, c1="Newer")

    assert _write(work, now - timedelta(minutes=1), c1="Older", c2="New") == []

    assert Product.objects.get(external_id="c1").name == "Newer"
    assert Product.objects.get(external_id="c2").name == "New"


def test_a_row_that_the_database_refuses_does_not_keep_the_others_out(work):
    failures = _write(work, timezone.now(), d1="One", d2=None, d3="Three")

    assert [failure.unit for failure in failures] == ["d2"]
    assert set(Product.objects.filter(external_id__startswith="d").values_list("external_id", flat=True)) == {
        "d1",
        "d3",
    }
