"""What changed: asked for by a filter that was seen working, else by sorting and stopping early, else by reading on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inventory.models import Customer, Product
from zoho_sync.models import FilterVerdict, SyncCheckpoint, SyncRun
from zoho_sync.sandbox import Size

Status, Verdict = SyncRun.Status, FilterVerdict.Verdict


@pytest.fixture
def size() -> Size:
    return Size(items=460, customers=420, vendors=3, locations=2, price_lists=2, price_list_items=20)


@pytest.fixture
def mirrored(run_sync, sandbox):
    run_sync("products")
    run_sync("customers")
    SyncRun.objects.filter(entity="customer_details").update(status=Status.CANCELLED)
    sandbox.forget_calls()


def names_are_right(sandbox) -> bool:
    theirs = {each["item_id"]: each["name"] for each in sandbox.records("items")}
    return theirs == dict(Product.objects.live().values_list("external_id", "name"))


def test_a_filter_is_tried_once_and_its_verdict_kept(sandbox, run_sync, mirrored, api_calls):
    for _again in range(3):
        run_sync("products", "incremental")
    assert len(api_calls("/items")) == 1 + 3
    assert FilterVerdict.objects.get(name="last_modified_time").verdict == Verdict.WORKS


def test_a_verdict_is_tried_again_after_a_week(sandbox, run_sync, mirrored, api_calls):
    run_sync("products", "incremental")
    FilterVerdict.objects.update(probed_at=timezone.now() - timedelta(days=8))
    sandbox.forget_calls()
    run_sync("products", "incremental")
    assert len(api_calls("/items")) == 2


@pytest.mark.parametrize(("habit", "verdict"), [("ignored", Verdict.IGNORED), ("refused", Verdict.REFUSED)])
def test_where_the_filter_lies_the_newest_are_read_and_the_rest_is_left(
    sandbox, run_sync, mirrored, api_calls, habit, verdict
):
    sandbox.settings(item_filter=habit)
    sandbox.change("items", sandbox.records("items")[7]["item_id"], name="changed")

    run = run_sync("products", "incremental")

    assert FilterVerdict.objects.get(name="last_modified_time").verdict == verdict
    assert len(api_calls("/items")) == 2  # the trial, and the first page of three
    assert (run.updated_count, names_are_right(sandbox)) == (1, True)


def test_more_changes_than_a_page_are_all_read(sandbox, run_sync, mirrored):
    sandbox.settings(item_filter="ignored")
    for each in sandbox.records("items")[:250]:
        sandbox.change("items", each["item_id"], name=f"new {each['item_id']}")
    run = run_sync("products", "incremental")
    assert (run.updated_count, names_are_right(sandbox)) == (250, True)


def test_customers_are_never_asked_for_by_a_filter_that_is_known_to_lie(
    sandbox, run_sync, mirrored, api_calls
):
    contact = next(each for each in sandbox.records("contacts") if each["contact_type"] == "customer")
    sandbox.change("contacts", contact["contact_id"], contact_name="اسم جديد")

    run = run_sync("customers", "incremental")

    (call,) = api_calls("/contacts")
    assert "last_modified_time" not in call["query"] or "sort_column" in call["query"]
    assert run.updated_count == 1
    assert Customer.objects.get(external_id=contact["contact_id"]).name == "اسم جديد"


def test_the_watermark_is_zohos_newest_time_and_never_beyond_the_runs_start(sandbox, run_sync, mirrored):
    before = SyncCheckpoint.objects.get(entity="products").watermark
    item = sandbox.records("items")[3]["item_id"]
    sandbox.change("items", item, name="changed")

    run = run_sync("products", "incremental")

    after = SyncCheckpoint.objects.get(entity="products").watermark
    assert before < after <= run.started_at
    assert after == Product.objects.get(external_id=item).source_modified_at


def test_a_clock_of_zoho_that_is_ahead_loses_no_change(sandbox, run_sync, mirrored):
    sandbox.clock(offset_seconds=600)
    item = sandbox.records("items")[3]["item_id"]
    for name in ("first", "second"):
        sandbox.change("items", item, name=name)
        run_sync("products", "incremental")
        assert Product.objects.get(external_id=item).name == name


def test_a_failed_run_moves_no_watermark(sandbox, run_sync, mirrored):
    before = SyncCheckpoint.objects.values().get(entity="products")
    sandbox.order_fault("html", times=None)
    assert run_sync("products", "incremental").status == Status.FAILED
    assert SyncCheckpoint.objects.values().get(entity="products") == before


def test_a_time_that_was_asked_for_reads_from_there_and_leaves_the_watermark(sandbox, run_sync, mirrored):
    sandbox.settings(item_filter="honoured")
    watermark = SyncCheckpoint.objects.get(entity="products").watermark
    late = datetime.now(UTC) + timedelta(hours=1)

    run = run_sync("products", "incremental", since=late)

    assert run.fetched_count == 0
    assert SyncCheckpoint.objects.get(entity="products").watermark == watermark


def test_the_first_incremental_run_is_a_full_one(sandbox, run_sync):
    run = run_sync("products", "incremental")
    assert (run.created_count, run.calls_count) == (460, 3)
    assert SyncCheckpoint.objects.get(entity="products").full_at == run.started_at
