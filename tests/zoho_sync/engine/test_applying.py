"""A plan that is applied does exactly what it says, and nothing to what has changed since."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from inventory.models import PriceChange, Product, StockChange, StockLevel
from zoho_sync import services
from zoho_sync.errors import RunStateError
from zoho_sync.models import PlannedChange, RunChange, SyncCheckpoint, SyncRun
from zoho_sync.options import Trigger

from .test_dry_run import look
from .truth import assert_exact

Status, State = SyncRun.Status, PlannedChange.State
COUNTS = ("created", "updated", "unchanged", "skipped", "stale", "failed")


@pytest.fixture
def apply_plan():
    def apply(plan: SyncRun) -> SyncRun:
        return services.work_here(services.apply_plan(plan, trigger=Trigger.COMMAND))

    return apply


def values_of(change: PlannedChange) -> dict:
    return {name: both[1] for name, both in change.changes.items()}


def states(plan: SyncRun) -> dict[str, str]:
    return dict(plan.planned_changes.values_list("external_id", "state"))


def adds_up(run: SyncRun, rows: int) -> bool:
    told = [getattr(run, f"{name}_count") for name in COUNTS]
    return run.fetched_count == sum(told) and sum(told) + run.removed_count == rows == run.progress_done


@pytest.mark.parametrize("entity", ["products", "stock", "customers", "price_lists"])
def test_applying_a_plan_leaves_what_the_real_run_would_have_left(
    changed, run_sync, apply_plan, api_calls, entity
):
    plan = run_sync(entity, "full", dry_run=True)
    changed.forget_calls()

    done = apply_plan(plan)

    assert api_calls() == []
    assert (done.status, done.calls_count) == (Status.SUCCEEDED, 0), done.message
    assert adds_up(done, plan.planned_changes.count())
    assert set(states(plan).values()) == {State.APPLIED}
    applied = look()
    again = run_sync(entity, "full", dry_run=True)
    assert again.planned_changes.count() == 0
    run_sync(entity, "full")
    expected = look()
    assert applied == expected


def test_all_plans_of_a_group_make_an_empty_mirror_equal_to_zoho(
    sandbox, organization, sync_all, apply_plan, api_calls
):
    plans = sync_all("full", dry_run=True)
    assert not Product.objects.exists()
    assert {name: str(run.status) for name, run in plans.items()} == dict.fromkeys(plans, "succeeded")
    sandbox.forget_calls()

    for plan in sorted(plans.values(), key=lambda run: run.pk):
        done = apply_plan(plan)
        assert done.status == Status.SUCCEEDED, (plan.entity, done.message, done.skip_reasons)

    assert api_calls() == []
    before = look()
    sync_all("full")
    assert_exact(sandbox, organization)
    details = {key for key in before if key[0] == "customer"}  # which the background reads one by one
    assert {key: row for key, row in look().items() if key not in details} == {
        key: row for key, row in before.items() if key not in details
    }


@pytest.fixture
def renamed(sandbox, sync_all):
    """Three products of a mirror were renamed and priced anew in Zoho, of which we do not know yet."""
    sync_all("full")
    products = list(Product.objects.live().order_by("pk")[:3])
    for number, product in enumerate(products):
        sandbox.change("items", product.external_id, name=f"Renamed {number}", rate=f"{number + 1}00.50")
    return products


def test_a_row_whose_base_has_changed_is_refused_and_shown_and_the_others_are_applied(
    renamed, run_sync, apply_plan
):
    plan = run_sync("products", "incremental", dry_run=True)
    ours, same, good = renamed
    Product.objects.filter(pk=ours.pk).update(unit_price=Decimal(7))
    as_planned = plan.planned_changes.get(external_id=same.external_id)
    Product.objects.filter(pk=same.pk).update(**values_of(as_planned))

    done = apply_plan(plan)

    assert states(plan) == {
        ours.external_id: State.REFUSED,
        same.external_id: State.SAME,
        good.external_id: State.APPLIED,
    }
    refused = plan.planned_changes.get(state=State.REFUSED)
    assert refused.reason == "it has changed since the plan was made"
    assert refused.applied_by == done
    assert Product.objects.get(pk=ours.pk).unit_price == Decimal(7)
    good.refresh_from_db()
    assert (good.name, good.unit_price, good.cause) == ("Renamed 2", Decimal("300.5"), done.cause)
    assert (done.status, done.stale_count, done.unchanged_count, done.updated_count) == (
        Status.PARTIAL,
        1,
        1,
        1,
    )
    assert adds_up(done, 3)
    assert "Refused, as they have changed since: 1." in done.message


def test_what_was_read_again_since_the_plan_is_newer_than_it(renamed, sandbox, run_sync, apply_plan):
    plan = run_sync("products", "incremental", dry_run=True)
    product = renamed[0]
    sandbox.change("items", product.external_id, name=product.name, rate="77.00")
    run_sync("products", ids=(product.external_id,))

    apply_plan(plan)

    product.refresh_from_db()
    assert product.unit_price == Decimal(77)
    assert states(plan)[product.external_id] == State.REFUSED


def test_stock_that_was_verified_since_is_not_overwritten_by_the_older_plan(
    sandbox, sync_all, run_sync, apply_plan
):
    """To verify leaves no trace in the figures: Zoho had moved, we planned that, and Zoho has moved back."""
    sync_all("full")
    level = StockLevel.objects.live().exclude(on_hand=None).first()
    item, place = level.external_id.split(":")
    was = level.on_hand
    sandbox.set_stock(item, place, on_hand=int(level.on_hand) + 5)
    plan = run_sync("stock", "full", dry_run=True)
    assert level.external_id in states(plan)
    sandbox.set_stock(item, place, on_hand=int(was))
    run_sync("stock", ids=(item,))

    done = apply_plan(plan)

    level.refresh_from_db()
    assert (done.status, states(plan)[level.external_id]) == (Status.PARTIAL, State.REFUSED)
    assert level.on_hand == was


def test_figures_that_a_plan_brought_are_read_again_although_zoho_says_what_it_said_before(
    sandbox, sync_all, run_sync, apply_plan
):
    sync_all("full")
    level = StockLevel.objects.live().exclude(on_hand=None).first()
    item, place = level.external_id.split(":")
    was = level.on_hand
    sandbox.set_stock(item, place, on_hand=int(level.on_hand) + 5)
    apply_plan(run_sync("stock", "full", dry_run=True))
    level.refresh_from_db()
    assert level.on_hand == was + 5
    assert StockChange.objects.filter(level=level, figure="on_hand", before=was, after=was + 5).exists()

    sandbox.set_stock(item, place, on_hand=int(was))
    run_sync("stock", ids=(item,))

    level.refresh_from_db()
    assert level.on_hand == was


def test_a_plan_is_applied_once_and_not_when_it_is_too_old(renamed, run_sync, apply_plan, settings):
    plan = run_sync("products", "incremental", dry_run=True)
    SyncRun.objects.filter(pk=plan.pk).update(finished_at=timezone.now() - timedelta(hours=25))
    with pytest.raises(RunStateError, match="older than 24 hours"):
        apply_plan(plan)
    SyncRun.objects.filter(pk=plan.pk).update(finished_at=timezone.now())

    first = apply_plan(plan)

    changes = PriceChange.objects.count()
    with pytest.raises(RunStateError, match="applied or refused already"):
        apply_plan(plan)
    assert (first.plan, PriceChange.objects.count()) == (plan, changes)
    assert PriceChange.objects.filter(cause=first.cause).count() == 3


def test_a_plan_that_grows_too_old_while_its_run_rests_is_not_applied_any_more(renamed, run_sync, start_run):
    plan = run_sync("products", "incremental", dry_run=True)
    run = services.pause_run(services.apply_plan(plan, trigger=Trigger.COMMAND))
    SyncRun.objects.filter(pk=plan.pk).update(finished_at=timezone.now() - timedelta(hours=25))

    done = services.work_here(services.resume_run(run))

    assert done.status == Status.FAILED
    assert "older than 24 hours" in done.message
    assert set(states(plan).values()) == {State.PLANNED}


def test_only_complete_plans_of_dry_runs_are_applied_and_each_by_one_run_at_a_time(renamed, run_sync):
    plan = run_sync("products", "incremental", dry_run=True)
    services.apply_plan(plan, trigger=Trigger.COMMAND)
    with pytest.raises(RunStateError, match="is applying this plan now"):
        services.apply_plan(plan, trigger=Trigger.COMMAND)

    SyncRun.objects.filter(pk=plan.pk).update(status=Status.CANCELLED)
    with pytest.raises(RunStateError, match="not complete"):
        services.apply_plan(plan, trigger=Trigger.COMMAND)
    with pytest.raises(RunStateError, match="is no dry run"):
        services.apply_plan(run_sync("products", "incremental"), trigger=Trigger.COMMAND)


def test_an_applied_plan_moves_no_watermark_and_waits_for_no_other_run(
    renamed, run_sync, start_run, apply_plan
):
    plan = run_sync("products", "incremental", dry_run=True)
    checkpoints = list(SyncCheckpoint.objects.order_by("pk").values())
    start_run("products", "full")

    assert apply_plan(plan).status == Status.SUCCEEDED

    assert list(SyncCheckpoint.objects.order_by("pk").values()) == checkpoints


def test_a_row_that_belongs_to_another_plan_waits_for_that_one(sandbox, sync_all, apply_plan):
    plans = sync_all("full", dry_run=True)
    early = apply_plan(plans["stock"])
    assert (early.status, early.skipped_count) == (Status.PARTIAL, early.fetched_count)
    assert set(states(plans["stock"]).values()) == {State.PLANNED}

    apply_plan(plans["warehouses"])
    apply_plan(plans["products"])

    assert apply_plan(plans["stock"]).status == Status.SUCCEEDED


def test_a_record_of_which_something_was_read_since_is_not_removed_nor_is_what_belongs_to_it(
    sandbox, sync_all, run_sync, apply_plan
):
    sync_all("full")
    product = Product.objects.live().filter(stock__isnull=False).distinct().first()
    sandbox.delete("items", product.external_id)
    plan = run_sync("products", "full", dry_run=True)
    StockLevel.objects.filter(pk=product.stock.first().pk).update(synced_at=timezone.now())

    apply_plan(plan)

    assert set(states(plan).values()) == {State.REFUSED}
    assert Product.objects.live().filter(pk=product.pk).exists()
    assert product.stock.live().count() == product.stock.count()


def test_every_run_tells_its_changes_and_sums_them_up(renamed, run_sync, apply_plan):
    plan = run_sync("products", "incremental", dry_run=True)
    done = apply_plan(plan)

    for run, rows in ((plan, plan.planned_changes), (done, done.changes_made)):
        assert run.summary["rows"] == {"product": {"update": 3}}
        assert run.summary["fields"]["product"]["unit_price"] == 3
        assert [move["external_id"] for move in run.summary["prices"]].count(renamed[0].external_id) == 1
        told = rows.get(external_id=renamed[2].external_id).changes
        assert told["name"] == [renamed[2].name, "Renamed 2"]
    assert [each["name"] for each in done.phases] == ["apply"]
    assert (done.phases[0]["pages"], done.phases[0]["records"]) == (1, 3)


def test_a_first_load_is_counted_and_not_told_row_by_row(sandbox, run_sync):
    run = run_sync("products", "full")

    assert run.summary["rows"] == {"product": {"create": run.created_count}}
    assert not RunChange.objects.exists()


def test_what_a_full_run_removes_is_told(sandbox, sync_all, run_sync):
    sync_all("full")
    product = Product.objects.live().filter(stock__isnull=False).distinct().first()
    children = product.stock.live().count() + product.prices.live().count()
    sandbox.delete("items", product.external_id)

    run = run_sync("products", "full")

    assert run.changes_made.filter(action="remove").count() == 1 + children
    assert run.changes_made.get(table="product").external_id == product.external_id
