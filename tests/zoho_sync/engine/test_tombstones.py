"""What is missing is asked for; only Zoho's own "does not exist" makes a tombstone; and much at once needs a person."""

from __future__ import annotations

from itertools import pairwise

import pytest

from inventory.models import Customer, PriceChange, PriceListItem, Product, StockChange, StockLevel, Warehouse
from zoho_sync import services
from zoho_sync.comparison import compare
from zoho_sync.errors import RunStateError
from zoho_sync.models import SyncCheckpoint, SyncRun
from zoho_sync.sandbox import Size

Status = SyncRun.Status


@pytest.fixture
def size() -> Size:
    """Of 240 items 12 may vanish (5 %); of 20 customers 10."""
    return Size(items=240, customers=20, vendors=3, locations=3, price_lists=3, price_list_items=60)


@pytest.fixture
def ids(sandbox) -> list[str]:
    return [each["item_id"] for each in sandbox.records("items")]


@pytest.fixture
def mirrored(run_sync):
    run_sync("warehouses")
    assert run_sync("products").status == Status.SUCCEEDED


@pytest.fixture
def person(django_user_model):
    return django_user_model.objects.create_user("layla")


def live() -> int:
    return Product.objects.live().count()


def test_a_deleted_record_gets_a_tombstone_that_says_when_why_and_by_which_run(
    sandbox, run_sync, mirrored, ids
):
    sandbox.delete("items", ids[3])

    run = run_sync("products")

    gone = Product.objects.get(external_id=ids[3])
    assert (run.status, run.removed_count) == (Status.SUCCEEDED, 1)
    assert gone.removed_at >= run.started_at
    assert "404" in gone.removed_reason
    assert gone.cause == f"run {run.pk}"


def test_each_missing_record_costs_one_call(sandbox, run_sync, mirrored, ids, api_calls):
    sandbox.delete("items", ids[:5])
    sandbox.forget_calls()
    run_sync("products")
    assert len(api_calls()) == 2 + 5


def test_the_tombstone_takes_its_stock_and_prices_along(sandbox, run_sync, mirrored):
    run_sync("price_lists")
    run_sync("stock")
    price = PriceListItem.objects.filter(product__is_tracked=True).first()
    sandbox.delete("items", price.product.external_id)

    run_sync("products")

    assert not PriceListItem.objects.live().filter(product=price.product).exists()
    assert not StockLevel.objects.live().filter(product=price.product).exists()


def test_what_comes_back_is_brought_back(sandbox, run_sync, mirrored, ids):
    Product.objects.filter(external_id=ids[0]).update(
        removed_at="2026-11-01T00:00:00Z", removed_reason="gone for a while"
    )

    run = run_sync("products")

    product = Product.objects.get(external_id=ids[0])
    assert (product.removed_at, product.removed_reason) == (None, "")
    assert run.updated_count == 1


def test_what_was_only_missing_from_the_listing_stays(sandbox, run_sync, mirrored):
    sandbox.order_fault("short_list", times=None, share=0.96)  # ten rows less
    run = run_sync("products")
    assert (run.status, run.removed_count, live()) == (Status.SUCCEEDED, 0, 240)


class TestTooMuchAtOnce:
    @pytest.fixture
    def quarantined(self, sandbox, run_sync, mirrored, ids) -> SyncRun:
        """13 of 240 are deleted, more are only missing from the listing."""
        sandbox.delete("items", ids[:13])
        sandbox.order_fault("short_list", path="/items", times=2, share=0.9)
        run = run_sync("products")
        assert run.status == Status.QUARANTINED
        return run

    def test_nothing_is_removed_and_the_message_says_how_much_is_missing(self, quarantined):
        assert live() == 240
        assert "of 240 rows" in quarantined.message
        assert "Approve" in quarantined.message

    def test_approving_asks_for_each_and_removes_only_what_is_gone(self, sandbox, quarantined, person, ids):
        services.approve_run(quarantined, user=person)
        run = services.work_here(quarantined)

        assert (run.status, run.removed_count) == (Status.SUCCEEDED, 13)
        assert set(Product.objects.removed().values_list("external_id", flat=True)) == set(ids[:13])
        assert run.decided_by == "layla"

    def test_rejecting_removes_nothing(self, quarantined, person):
        run = services.reject_run(quarantined, user=person)
        assert (run.status, live()) == (Status.CANCELLED, 240)
        assert "layla" in run.message

    def test_a_decision_is_taken_once(self, quarantined, person):
        services.reject_run(quarantined, user=person)
        with pytest.raises(RunStateError):
            services.approve_run(quarantined, user=person)

    def test_another_run_may_go_meanwhile_and_answers_the_question(self, sandbox, run_sync, quarantined, ids):
        for each in ids[:13]:
            Product.objects.filter(external_id=each).update(removed_at="2026-11-01T00:00:00Z")
        later = run_sync("products")
        quarantined.refresh_from_db()
        assert later.status == Status.SUCCEEDED
        assert quarantined.status == Status.CANCELLED
        assert f"run {later.pk}" in quarantined.message

    def test_the_watermark_does_not_move(self, quarantined):
        checkpoint = SyncCheckpoint.objects.get(entity="products")
        assert checkpoint.full_at < quarantined.started_at


def test_twelve_of_240_are_believed_and_thirteen_are_not(sandbox, run_sync, mirrored, ids):
    sandbox.delete("items", ids[:12])
    assert run_sync("products").removed_count == 12
    sandbox.delete("items", ids[12:24])  # of 228 live rows 11 are 5 %
    assert run_sync("products").status == Status.QUARANTINED


def test_an_empty_listing_removes_nothing(sandbox, run_sync, mirrored):
    sandbox.order_fault("short_list", times=None, share=0.0)
    assert run_sync("products").status in (Status.QUARANTINED, Status.FAILED)
    assert live() == 240


def test_a_foreign_listing_removes_nothing(sandbox, run_sync, mirrored):
    sandbox.order_fault("foreign_list", path="/items", times=None)
    assert run_sync("products").status in (Status.QUARANTINED, Status.FAILED)
    assert Product.objects.removed().count() == 0


@pytest.mark.parametrize(
    "kind", ["no_page_context", "no_more_flag", "repeated_page", "endless_pages", "html", "empty"]
)
def test_a_listing_that_contradicts_itself_removes_nothing_and_says_so(sandbox, run_sync, mirrored, kind):
    sandbox.order_fault(kind, path="/items", times=None)
    run = run_sync("products")
    assert run.status == Status.FAILED
    assert run.message
    assert Product.objects.removed().count() == 0


def test_a_wrong_path_is_no_reason_to_remove(sandbox, run_sync, mirrored, ids):
    sandbox.delete("items", ids[0])
    sandbox.order_fault("status", path=f"/items/{ids[0]}", times=None, status=404, code=5)
    run = run_sync("products")
    assert (run.status, run.removed_count) == (Status.PARTIAL, 0)
    assert Product.objects.live().filter(external_id=ids[0]).exists()


@pytest.mark.parametrize("options", [{"active_only": True}, {"with_stock_only": True}])
def test_a_run_that_sees_a_part_draws_no_tombstones(sandbox, run_sync, mirrored, ids, options):
    sandbox.delete("items", ids[:3])
    assert run_sync("products", **options).removed_count == 0
    assert live() == 240


def test_a_row_that_a_message_brought_during_the_run_is_not_missing(sandbox, run_sync, start_run, mirrored):
    run = start_run("products")
    sandbox.order_fault("short_list", path="/items", times=None, share=0.99)  # what is new is not listed yet
    newest = sandbox.add("items", name="new")
    SyncRun.objects.filter(pk=run.pk).update(started_at="2026-01-01T00:00:00Z")
    run_sync("products", ids=(newest,))
    services.work_here(run)
    assert Product.objects.live().filter(external_id=newest).exists()


class TestPriceLists:
    @pytest.fixture
    def book(self, sandbox, run_sync, mirrored) -> dict:
        run_sync("price_lists")
        books = [
            each for each in sandbox.records("pricebooks") if len(each.get("pricebook_items") or []) > 20
        ]
        return books[0]

    def prices(self, book):
        return PriceListItem.objects.live().filter(price_list__external_id=book["pricebook_id"])

    def test_a_price_taken_out_of_its_list_is_gone(self, sandbox, run_sync, book):
        item = book["pricebook_items"][0]["item_id"]
        sandbox.set_price(book["pricebook_id"], item)
        run = run_sync("price_lists")
        assert run.removed_count == 1
        assert not self.prices(book).filter(product__external_id=item).exists()

    def test_a_list_that_lost_most_of_its_prices_is_held_until_a_person_agrees(
        self, sandbox, run_sync, book, person
    ):
        before = self.prices(book).count()
        for entry in book["pricebook_items"][1:]:
            sandbox.set_price(book["pricebook_id"], entry["item_id"])

        run = run_sync("price_lists")
        assert run.status == Status.QUARANTINED
        assert self.prices(book).count() == before

        services.approve_run(run, user=person)
        assert services.work_here(run).status == Status.SUCCEEDED
        assert self.prices(book).count() == 1

    def test_what_many_lists_have_lost_together_is_held_too_and_comes_back_where_it_was_taken(
        self, sandbox, run_sync, book, person
    ):
        before = PriceListItem.objects.live().count()
        for each in sandbox.records("pricebooks"):
            entries = sandbox.record("pricebooks", each["pricebook_id"]).get("pricebook_items", [])
            for entry in entries[:9]:
                sandbox.set_price(each["pricebook_id"], entry["item_id"])

        run = run_sync("price_lists")
        assert (run.status, run.removed_count) == (Status.QUARANTINED, 0)
        assert PriceListItem.objects.live().count() == before
        assert PriceChange.objects.exists()  # it went, and came back

        services.approve_run(run, user=person)
        run = services.work_here(run)
        assert run.status == Status.SUCCEEDED
        assert PriceListItem.objects.live().count() == before - run.removed_count < before - 10
        assert compare(run.organization, "price_lists").is_equal

    def test_a_deleted_list_takes_its_prices_along(self, sandbox, run_sync, book):
        sandbox.delete("pricebooks", book["pricebook_id"])
        run = run_sync("price_lists")
        assert run.status == Status.SUCCEEDED
        assert self.prices(book).count() == 0


def test_a_warehouse_that_is_no_longer_listed_is_kept_with_a_word_when_zoho_cannot_tell(
    sandbox, run_sync, mirrored
):
    place = sandbox.records("locations")[-1]["location_id"]
    sandbox.delete("locations", place)
    run = run_sync("warehouses")
    assert (run.status, run.removed_count, run.skipped_count) == (Status.SUCCEEDED, 0, 1)
    assert Warehouse.objects.live().filter(external_id=place).exists()


def test_a_deleted_customer_gets_a_tombstone(sandbox, run_sync):
    run_sync("customers")
    customer = Customer.objects.first()
    sandbox.delete("contacts", customer.external_id)
    assert run_sync("customers").removed_count == 1
    customer.refresh_from_db()
    assert customer.is_removed


def assert_chained(level: StockLevel) -> None:
    """Each change of a figure begins with what the one before it ended with, and the last one ends with what it is."""
    told = list(StockChange.objects.filter(level=level, figure="on_hand").order_by("pk"))
    assert all(before.after == after.before for before, after in pairwise(told))
    assert told[-1].after == (None if level.is_removed else level.on_hand)


class TestStock:
    @pytest.fixture
    def place(self, sandbox) -> str:
        return sandbox.records("locations")[-1]["location_id"]

    @pytest.fixture
    def kept(self, place):
        return StockLevel.objects.live().filter(warehouse__external_id=place)

    def test_a_place_that_keeps_hardly_anything_any_more_is_held_until_a_person_agrees(
        self, sandbox, run_sync, mirrored, person, place, kept
    ):
        run_sync("stock")
        before = kept.count()
        sandbox.delete("locations", place)

        run = run_sync("stock", batch_size=20)  # the first pages are believed, and taken back
        assert run.status == Status.QUARANTINED
        assert (kept.count(), run.cursor["held_count"], run.removed_count) == (before, before, 0)
        assert not run.changes_made.filter(action="remove").exists()
        back = kept.filter(changes__figure="on_hand").distinct()
        assert back.count() > 10
        for level in back:
            assert_chained(level)

        services.approve_run(run, user=person)
        run = services.work_here(run)
        assert (run.status, run.failed_count, run.removed_count) == (Status.SUCCEEDED, 0, before)
        assert kept.count() == 0
        assert_chained(StockLevel.objects.filter(warehouse__external_id=place).first())

    def test_what_was_held_is_held_again_by_the_next_run_and_never_passes_for_unchanged(
        self, sandbox, run_sync, mirrored, person, place, kept
    ):
        run_sync("stock")
        sandbox.delete("locations", place)
        first = run_sync("stock")
        services.reject_run(first, user=person)

        again = run_sync("stock")
        assert again.status == Status.QUARANTINED
        assert again.cursor["held_count"] == kept.count() > 0

    @pytest.mark.parametrize("decide", ["approve", "reject"])
    def test_one_decision_answers_all_runs_that_wait_for_the_same(
        self, sandbox, run_sync, mirrored, person, place, decide
    ):
        run_sync("stock")
        sandbox.delete("locations", place)
        first, second = run_sync("stock"), run_sync("stock", "incremental")
        assert second.status == Status.QUARANTINED

        if decide == "approve":
            services.work_here(services.approve_run(second, user=person))
        else:
            services.reject_run(second, user=person)

        first.refresh_from_db()
        assert (first.status, bool(first.message)) == (Status.CANCELLED, True)
        assert not SyncRun.objects.filter(status=Status.QUARANTINED).exists()

    def test_a_dry_run_that_waits_holds_nothing_back_and_answers_for_nobody(
        self, sandbox, run_sync, mirrored, person, place
    ):
        run_sync("stock")
        sandbox.delete("locations", place)
        real, dry = run_sync("stock"), run_sync("stock", dry_run=True)
        assert dry.status == Status.QUARANTINED

        services.reject_run(dry, user=person)
        real.refresh_from_db()
        assert real.status == Status.QUARANTINED

    def test_a_place_that_was_left_out_on_purpose_gets_its_stock_once_it_is_here(
        self, sandbox, run_sync, place, kept
    ):
        sandbox.change("locations", place, status="inactive")
        run_sync("warehouses", active_only=True)
        run_sync("products")
        assert run_sync("stock").status == Status.SUCCEEDED
        assert not kept.exists()

        run_sync("warehouses")
        assert run_sync("stock").status == Status.SUCCEEDED
        assert kept.exists()
