"""Records that could not be taken wait, are retried, ignored, reopened and resolved; and the counts add up."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.models import Product
from zoho_sync import services
from zoho_sync.errors import SyncError
from zoho_sync.loader.outcomes import Outcomes
from zoho_sync.models import RecordError, SyncRun
from zoho_sync.options import Trigger

Status = RecordError.Status


@pytest.fixture
def bad_item(sandbox, run_sync) -> str:
    """An item that cannot be taken for now, in the list of failures."""
    run_sync("warehouses")
    item_id = sandbox.ids("items")[7]
    sandbox.poison("items", item_id, f'{{"item_id": "{item_id}", "name": "Bad", "rate": "much"}}')
    assert run_sync("products").status == SyncRun.Status.PARTIAL
    return item_id


def failure(item_id: str) -> RecordError:
    return RecordError.objects.get(entity="products", external_id=item_id)


def retry(errors=None) -> SyncRun:
    (run,) = services.retry_errors(
        RecordError.objects.all() if errors is None else errors, trigger=Trigger.RETRY
    )
    return services.work_here(run)


def test_a_bad_record_makes_the_run_partial_and_waits_with_reason_and_payload(bad_item, sandbox):
    error = failure(bad_item)

    assert error.status == Status.WAITING
    assert "rate" in error.reason
    assert "much" in error.reason
    assert '"name": "Bad"' in error.payload
    assert Product.objects.count() == len(sandbox.ids("items")) - 1


def test_a_retry_takes_what_has_been_mended(bad_item, sandbox):
    sandbox.poison("items", bad_item, None)

    run = retry()

    assert (run.status, run.mode, run.trigger) == ("succeeded", "realtime", "retry")
    assert run.fetched_count == 1
    assert failure(bad_item).status == Status.RESOLVED
    assert failure(bad_item).resolved_at
    assert Product.objects.filter(external_id=bad_item).exists()


def test_a_retry_of_what_is_still_bad_leaves_it_waiting(bad_item):
    run = retry()

    error = failure(bad_item)
    assert run.status == SyncRun.Status.PARTIAL
    assert (error.status, error.seen_count, error.resolved_at) == (Status.WAITING, 2, None)


def test_a_retry_whose_run_fails_gives_its_failures_back(bad_item, sandbox):
    sandbox.order_fault("code", path="/itemdetails", code=9, times=None)

    run = retry()

    assert run.status == SyncRun.Status.FAILED
    assert failure(bad_item).status == Status.WAITING


def test_a_record_that_turns_out_to_be_another_entitys_waits_no_more(sandbox, run_sync):
    vendor = sandbox.add("contacts", contact_name="Supplier", contact_type="vendor")
    sandbox.poison("contacts", vendor, f'{{"contact_id": "{vendor}", "contact_type": NaN}}')
    assert run_sync("customers").status == SyncRun.Status.PARTIAL
    sandbox.poison("contacts", vendor, None)

    run = retry()

    assert (run.status, run.skipped_count) == ("succeeded", 1)
    assert RecordError.objects.get().status == Status.RESOLVED


def test_a_later_full_run_resolves_it_too(bad_item, sandbox, run_sync):
    sandbox.poison("items", bad_item, None)

    assert run_sync("products").status == SyncRun.Status.SUCCEEDED
    assert failure(bad_item).status == Status.RESOLVED


@pytest.fixture
def nameless(sandbox, run_sync) -> RecordError:
    """A row of the listing that is not even an object; so it has no id by which it could be asked for."""
    book = sandbox.ids("pricebooks")[0]
    for entity in ("warehouses", "products"):
        run_sync(entity)
    sandbox.poison("pricebooks", book, '"just a text"', place="list")
    run_sync("price_lists")
    sandbox.poison("pricebooks", book, None)
    return RecordError.objects.get(external_id="", status=Status.WAITING)


def test_a_failure_without_an_id_is_resolved_by_a_whole_listing_without_it(nameless, run_sync):
    run_sync("price_lists", "full")

    nameless.refresh_from_db()
    assert (nameless.status, nameless.resolved_at is None) == (Status.RESOLVED, False)


def test_a_failure_without_an_id_waits_as_long_as_listings_have_it(nameless, sandbox, run_sync):
    sandbox.poison("pricebooks", sandbox.ids("pricebooks")[0], '"just a text"', place="list")

    run_sync("price_lists", "full")

    nameless.refresh_from_db()
    assert (nameless.status, nameless.seen_count) == (Status.WAITING, 2)


def test_an_ignored_failure_stays_ignored_until_it_fails_again(bad_item, sandbox, run_sync):
    assert services.ignore_errors(RecordError.objects.all()) == 1
    sandbox.change("items", sandbox.ids("items")[0], name="Something else")
    run_sync("products", "incremental")
    assert failure(bad_item).status == Status.IGNORED
    with pytest.raises(SyncError, match="None of these can be retried"):
        retry()

    run_sync("products", "full")

    assert failure(bad_item).status == Status.WAITING


def test_a_record_that_failed_often_is_one_row(bad_item, run_sync):
    run_sync("products")
    run_sync("products")

    assert failure(bad_item).seen_count == 3


def test_a_failure_of_a_record_that_zoho_has_deleted_is_resolved_by_its_retry(bad_item, sandbox):
    sandbox.delete("items", bad_item)

    retry()

    assert not RecordError.objects.filter(status=Status.RETRYING).exists()


def test_a_price_of_an_item_that_is_not_here_is_taken_once_the_item_is(sandbox, run_sync, sync_all):
    sync_all("full")
    late = sandbox.add("items", name="Late")
    book = next(each for each in sandbox.records("pricebooks") if each.get("pricebook_items"))
    sandbox.set_price(book["pricebook_id"], late, 5)
    assert run_sync("price_lists").status == SyncRun.Status.PARTIAL
    assert "is not here yet" in RecordError.objects.get().reason
    run_sync("products", "incremental")

    assert retry().status == SyncRun.Status.SUCCEEDED

    assert RecordError.objects.get().status == Status.RESOLVED
    assert Product.objects.get(external_id=late).prices.get().rate == 5


@pytest.fixture
def inactive_price(sandbox) -> str:
    """The item of a price that is not active."""
    book = next(each for each in sandbox.records("pricebooks") if each.get("pricebook_items"))
    item_id = sandbox.add("items", name="Retired", status="inactive")
    sandbox.set_price(book["pricebook_id"], item_id, 5)
    return item_id


def test_a_price_of_an_item_that_was_left_out_on_purpose_is_left_out_too(run_sync, inactive_price):
    run_sync("products", "full", active_only=True)

    run = run_sync("price_lists", "full")

    assert (run.status, run.failed_count) == (SyncRun.Status.SUCCEEDED, 0)
    assert run.skip_reasons == {"belongs to a record that was left out on purpose": run.skipped_count}
    assert run.skipped_count > 0
    assert run.fetched_count == sum(getattr(run, f"{name}_count") for name in (*OUTCOMES, "skipped"))
    assert not RecordError.objects.exists()


def test_it_is_taken_as_soon_as_its_item_is_here(run_sync, inactive_price):
    run_sync("products", "full", active_only=True)
    run_sync("price_lists", "full")
    run_sync("products", "full")

    assert run_sync("price_lists", "full").skipped_count == 0

    assert Product.objects.get(external_id=inactive_price).prices.get().rate == 5


def test_after_everything_was_read_what_is_missing_is_new_and_fails(run_sync, sandbox, inactive_price):
    run_sync("products", "full", active_only=True)
    run_sync("products", "full")
    book = next(each for each in sandbox.records("pricebooks") if each.get("pricebook_items"))
    sandbox.set_price(book["pricebook_id"], sandbox.add("items", name="Late"), 6)

    run = run_sync("price_lists", "full")

    assert (run.status, run.failed_count, run.skipped_count) == (SyncRun.Status.PARTIAL, 1, 0)


def test_a_failure_whose_record_is_left_out_now_waits_no_more(run_sync, sandbox, inactive_price):
    run_sync("price_lists", "full")
    assert RecordError.objects.filter(status=Status.WAITING, record_key__endswith=inactive_price).exists()

    run_sync("products", "full", active_only=True)
    run_sync("price_lists", "full")

    assert not RecordError.objects.filter(status=Status.WAITING).exists()


def test_a_plan_leaves_nothing_out(run_sync, inactive_price):
    run_sync("products", "full", active_only=True, dry_run=True)

    run = run_sync("price_lists", "full")

    assert run.skipped_count == 0
    assert run.failed_count > 1


# --- The counts --------------------------------------------------------------------------------------

OUTCOMES = ("unchanged", "stale", "updated", "created", "failed")


@given(st.lists(st.tuples(st.integers(0, 12), st.sampled_from(OUTCOMES)), max_size=60))
def test_every_unit_counts_once_however_many_rows_it_had(rows):
    """A unit is as bad as its worst row, and as new as its newest."""
    outcomes = Outcomes()
    for unit, what in rows:
        getattr(outcomes, what)(str(unit))
    most_telling = {}
    for unit, what in rows:
        most_telling[unit] = max(most_telling.get(unit, what), what, key=OUTCOMES.index)

    tally = outcomes.tally()

    assert {name: getattr(tally, name) for name in OUTCOMES} == {
        name: Counter(most_telling.values())[name] for name in OUTCOMES
    }
    assert tally.fetched == len({unit for unit, _what in rows})


def test_units_without_a_name_are_not_counted():
    outcomes = Outcomes()

    outcomes.failed("")

    assert outcomes.tally().fetched == 0
