"""What changed since: filters are tried before they are believed, sorting is checked, and the watermark is modest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from inventory.models import Customer, Product
from zoho_sync.models import FilterVerdict, SyncCheckpoint, SyncRun
from zoho_sync.sandbox import Size

pytestmark = pytest.mark.one_leg


@pytest.fixture
def size() -> Size:
    """Three pages of items with a batch of 20."""
    return Size(items=60, customers=25, vendors=20, locations=2, price_lists=2, price_list_items=10)


@pytest.fixture
def loaded(run_sync) -> None:
    run_sync("warehouses")
    run_sync("products")


@pytest.fixture
def changed(sandbox, loaded) -> str:
    item_id = sandbox.ids("items")[30]
    sandbox.change("items", item_id, name="Changed")
    sandbox.forget_calls()
    return item_id


def names(sandbox) -> dict[str, str]:
    return {item["item_id"]: item["name"] for item in sandbox.records("items")}


def ours() -> dict[str, str]:
    return dict(Product.objects.live().values_list("external_id", "name"))


def watermark(entity: str = "products") -> datetime:
    return SyncCheckpoint.objects.get(entity=entity).watermark


def newest(sandbox) -> datetime:
    stamps = [item["last_modified_time"] for item in sandbox.records("items")]
    return max(datetime.strptime(each, "%Y-%m-%dT%H:%M:%S%z") for each in stamps).astimezone(UTC)


# --- Filters -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("habit", "verdict"),
    [
        pytest.param("honoured", "works", id="the filter works, Zoho ends the list"),
        pytest.param("ignored", "ignored", id="it is ignored, we stop at the first old page"),
        pytest.param("refused", "refused", id="it is refused, we stop at the first old page"),
    ],
)
def test_a_filter_is_tried_and_then_believed_or_done_without(
    sandbox, changed, run_sync, api_calls, habit, verdict
):
    sandbox.settings(item_filter=habit)

    run = run_sync("products", "incremental", batch_size=20)

    probe, page = api_calls("/items")
    assert "last_modified_time" in probe["query"]
    assert ("last_modified_time" in page["query"]) is (habit == "honoured")
    assert FilterVerdict.objects.get(resource="items", name="last_modified_time").verdict == verdict
    assert run.updated_count == 1
    assert ours() == names(sandbox)


def test_the_filters_time_has_a_numeric_offset(sandbox, changed, run_sync, api_calls):
    run_sync("products", "incremental")

    assert [call["query"]["last_modified_time"][-5:] for call in api_calls("/items")] == ["+0000", "+0000"]


def test_the_trial_is_made_once(changed, run_sync, api_calls):
    for _ in range(3):
        run_sync("products", "incremental")

    assert len(api_calls("/items")) == 1 + 3


def test_the_verdict_is_asked_for_again_after_a_week(sandbox, changed, run_sync, api_calls):
    run_sync("products", "incremental")
    FilterVerdict.objects.update(probed_at=timezone.now() - timedelta(days=8))
    sandbox.settings(item_filter="ignored")
    sandbox.forget_calls()

    run_sync("products", "incremental")

    assert len(api_calls("/items")) == 2
    assert FilterVerdict.objects.get(resource="items").verdict == "ignored"


def test_a_filter_that_stops_working_costs_calls_and_no_row(sandbox, changed, run_sync):
    run_sync("products", "incremental")
    sandbox.settings(item_filter="ignored")
    sandbox.change("items", sandbox.ids("items")[3], name="Later")

    run_sync("products", "incremental", batch_size=20)

    assert ours() == names(sandbox)


@pytest.mark.parametrize("habit", ["honoured", "ignored"])
def test_more_changes_than_a_page_are_all_read(sandbox, loaded, run_sync, habit):
    sandbox.settings(item_filter=habit)
    for item_id in sandbox.ids("items")[:45]:
        sandbox.change("items", item_id, name=f"New {item_id}")

    run = run_sync("products", "incremental", batch_size=20)

    assert run.updated_count == 45
    assert ours() == names(sandbox)


def test_customers_go_without_a_filter_that_lies(sandbox, run_sync, api_calls):
    run_sync("customers")
    customer = Customer.objects.first()
    sandbox.change("contacts", customer.external_id, mobile="0770")
    sandbox.forget_calls()

    run_sync("customers", "incremental", batch_size=20)

    (call,) = api_calls("/contacts")
    assert "last_modified_time" not in call["query"]
    assert (call["query"]["sort_column"], call["query"]["sort_order"]) == ("last_modified_time", "D")
    assert Customer.objects.get(pk=customer.pk).mobile == "0770"


# --- Sorting -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "stamp",
    [
        pytest.param('"2019-01-01T00:00:00+0300"', id="an old row stands among the new ones"),
        pytest.param('"2019-01-01"', id="a time cannot be read, and older ones follow"),
    ],
)
def test_a_list_that_is_not_sorted_is_read_on(sandbox, loaded, run_sync, api_calls, stamp):
    """The page is told to be sorted, newest first, and is not: its end proves nothing."""
    sandbox.settings(item_filter="ignored")
    changed = sorted(sandbox.ids("items")[:21], reverse=True)
    for item_id in changed:
        sandbox.change("items", item_id, name="Changed")
    liar = changed[-1]  # newest, and equal times are in the order of the ids: the first page's first row
    sandbox.poison(
        "items", liar, f'{{"item_id":"{liar}","name":"Changed","last_modified_time":{stamp}}}', "list"
    )
    sandbox.forget_calls()

    run_sync("products", "incremental", batch_size=20)

    assert len(api_calls("/items")) > 2
    assert Product.objects.filter(name="Changed").count() >= 20


def test_a_page_of_rows_without_times_does_not_end_the_reading(sandbox, loaded, run_sync, api_calls):
    sandbox.settings(item_filter="ignored")
    for item_id in sandbox.ids("items"):
        sandbox.change("items", item_id, drop=["last_modified_time"], bump=False)
    sandbox.forget_calls()

    run_sync("products", "incremental", batch_size=20)

    assert len(api_calls("/items")) == 1 + 3


# --- The watermark -----------------------------------------------------------------------------------


def test_the_watermark_is_the_newest_change_seen(sandbox, loaded, run_sync):
    assert watermark() == newest(sandbox)

    sandbox.change("items", sandbox.ids("items")[0], name="Newer")
    run_sync("products", "incremental")

    assert watermark() == newest(sandbox)


def test_the_watermark_never_passes_the_runs_start(sandbox, loaded, run_sync):
    """A clock that is ahead must not make the next runs blind."""
    tomorrow = (timezone.now() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    before = watermark()
    sandbox.change("items", sandbox.ids("items")[0], last_modified_time=tomorrow, bump=False)

    run = run_sync("products", "incremental")

    assert run.updated_count == 1
    assert before <= watermark() <= run.started_at


def test_a_clock_of_zoho_that_is_ahead_loses_no_change(sandbox, loaded, run_sync):
    sandbox.clock(offset_seconds=600)
    item_id = sandbox.ids("items")[3]

    for name in ("First", "Second"):
        sandbox.change("items", item_id, name=name)
        run_sync("products", "incremental")
        assert Product.objects.get(external_id=item_id).name == name


def test_nothing_is_read_from_a_time_that_lies_ahead(sandbox, changed, run_sync):
    run = run_sync("products", "incremental", since=timezone.now() + timedelta(hours=1))

    assert run.fetched_count == 0


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        pytest.param("full", {"dry_run": True}, id="dry"),
        pytest.param("full", {"active_only": True}, id="active ones only"),
        pytest.param("full", {"with_stock_only": True}, id="those with stock only"),
        pytest.param("realtime", {"ids": ()}, id="chosen ones"),
        pytest.param("incremental", {"since": True}, id="from a time after the watermark"),
    ],
)
def test_a_run_that_sees_a_part_moves_no_watermark(sandbox, changed, run_sync, mode, options):
    before = watermark()
    if "ids" in options:
        options = {"ids": (changed,)}
    if "since" in options:
        options = {"since": timezone.now() - timedelta(minutes=1)}

    run = run_sync("products", mode, **options)

    assert run.status == SyncRun.Status.SUCCEEDED
    assert watermark() == before


def test_a_run_from_a_time_before_the_watermark_moves_it(sandbox, changed, run_sync):
    run_sync("products", "incremental", since=watermark() - timedelta(days=1))

    assert watermark() == newest(sandbox)


def test_a_failed_run_moves_no_watermark(sandbox, changed, run_sync):
    before = watermark()
    sandbox.order_fault("no_page_context", after=1, times=None)

    assert run_sync("products", "incremental").status == SyncRun.Status.FAILED

    assert watermark() == before


def test_what_changes_behind_the_reader_is_found_by_the_next_run(
    sandbox, loaded, start_run, run_sync, in_background, until
):
    sandbox.settings(latency_ms=150)
    run = start_run("products", batch_size=20)
    worker = in_background(run)
    until(lambda: SyncRun.objects.get(pk=run.pk).fetched_count >= 20)
    first = min(sandbox.ids("items"), key=lambda item_id: sandbox.record("items", item_id)["created_time"])
    sandbox.change("items", first, name="Changed behind")
    worker.join(60)
    assert not Product.objects.filter(name="Changed behind").exists()

    run_sync("products", "incremental")

    assert ours() == names(sandbox)


def test_a_first_incremental_run_lists_everything(sandbox, run_sync):
    run_sync("warehouses")

    run = run_sync("products", "incremental", batch_size=20)

    assert run.created_count == 60
    assert ours() == names(sandbox)
    assert watermark() == newest(sandbox)
    assert SyncCheckpoint.objects.get(entity="products").full_at == run.started_at


def test_a_run_resumed_late_sets_no_checkpoint_back(sandbox, loaded, run_sync, start_run):
    from zoho_sync import services

    old = services.cancel_run(start_run("products"))
    SyncRun.objects.filter(pk=old.pk).update(started_at=timezone.now() - timedelta(days=3))
    run_sync("products")
    before = SyncCheckpoint.objects.get(entity="products")

    assert services.work_here(services.resume_run(old)).status == SyncRun.Status.SUCCEEDED

    after = SyncCheckpoint.objects.get(entity="products")
    assert (after.full_at, after.incremental_at, after.watermark) == (
        before.full_at,
        before.incremental_at,
        before.watermark,
    )
