"""What one comparison finds: nothing, what will be read anyway, or what nobody had told us."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Customer, PriceListItem, Product, StockLevel
from tests.conftest import PROJECT
from tests.factories import WebhookDeliveryFactory
from zoho_sync import services, signals, status, tasks
from zoho_sync.models import Event, TruthCheck
from zoho_sync.options import Trigger
from zoho_sync.truth.drifts import latest_drifts


def told(check: TruthCheck) -> list[tuple[str, object, object]]:
    return [(each["field"], each["here"], each["there"]) for each in check.differences]


def tracked() -> Product:
    return Product.objects.filter(is_tracked=True, stock__isnull=False).first()


def test_an_exact_mirror_is_equal_and_costs_a_call_a_customer_and_one_for_all_products(
    compare_all, api_calls, sandbox
):
    sandbox.forget_calls()

    found = compare_all()

    assert {each.verdict for each in found.values()} == {"equal"}
    entities = Counter(entity for entity, _id in found)
    assert entities == {
        "products": Product.objects.count(),
        "stock": Product.objects.filter(is_tracked=True).count(),
        "customers": Customer.objects.count(),
        "price_lists": 1,
    }
    assert len(api_calls("/itemdetails")) == 1
    assert len(api_calls()) == 1 + entities["customers"] + 2


def test_what_changed_without_a_word_is_a_drift_told_field_by_field(compare_all, sandbox):
    product = Product.objects.first()
    sandbox.change("items", product.external_id, rate="4711.5", unit="crate", bump=False)

    found = compare_all()

    check = found["products", product.external_id]
    assert check.verdict == "drift"
    assert sorted(each[0] for each in told(check)) == ["unit", "unit_price"]
    assert ("unit", product.unit, "crate") in told(check)
    assert {field: there for field, _here, there in told(check)}["unit_price"] == "4711.5"
    assert [key for key, each in found.items() if each.verdict != "equal"] == [
        ("products", product.external_id)
    ]


@pytest.mark.one_leg
def test_a_change_that_zoho_tells_the_time_of_is_lag(compare_all, sandbox):
    product = Product.objects.first()
    sandbox.change("items", product.external_id, rate="4711.5")

    check = compare_all()["products", product.external_id]

    assert check.verdict == "lag"
    assert "next sync" in str(check.reason)


def test_nothing_that_is_mirrored_is_written(compare_all, sandbox):
    product = Product.objects.first()
    before = list(Product.objects.order_by("pk").values())
    sandbox.change("items", product.external_id, rate="4711.5", bump=False)

    compare_all()

    assert list(Product.objects.order_by("pk").values()) == before


def test_a_figure_of_stock_that_differs_is_a_drift_of_the_stock_alone(compare_all, sandbox):
    product = tracked()
    level = product.stock.select_related("warehouse").first()
    sandbox.set_stock(product.external_id, level.warehouse.external_id, committed=77)

    found = compare_all()

    assert found["products", product.external_id].verdict == "equal"
    check = found["stock", product.external_id]
    assert check.verdict == "drift"
    assert {each["record"] for each in check.differences} == {level.external_id}
    assert ("committed", "77") in [(field, there) for field, _here, there in told(check)]


@pytest.mark.one_leg
def test_a_customers_address_is_compared_too(compare_all, sandbox):
    customer = Customer.objects.first()
    sandbox.change("contacts", customer.external_id, billing_address={"city": "Basra"}, bump=False)

    check = compare_all()["customers", customer.external_id]

    assert check.verdict == "drift"
    assert [each["there"]["city"] for each in check.differences if each["field"] == "billing_address"] == [
        "Basra"
    ]


@pytest.mark.one_leg
def test_one_price_of_a_list_is_found(compare_all, sandbox):
    for price in PriceListItem.objects.filter(brackets=[], rate__isnull=False).select_related(
        "product", "price_list"
    ):
        sandbox.set_price(price.price_list.external_id, price.product.external_id, rate="3.33", bump=False)

    lists = [check for (entity, _id), check in compare_all().items() if entity == "price_lists"]

    assert [check.verdict for check in lists] == ["drift"]
    assert {each["table"] for each in lists[0].differences} == {"pricelistitem"}
    assert {each[2] for each in told(lists[0])} == {"3.33"}


@pytest.mark.one_leg
def test_of_price_lists_one_comes_in_an_hour(compare_all, api_calls, sandbox):
    sandbox.forget_calls()

    first, second = compare_all(), compare_all()

    assert [sum(entity == "price_lists" for entity, _id in each) for each in (first, second)] == [1, 0]
    assert len(api_calls("/pricebooks")) == 1


@pytest.mark.one_leg
def test_a_record_that_cannot_be_read_is_told_so_with_the_reason(compare_all, sandbox):
    product = Product.objects.first()
    sandbox.poison(
        "items", product.external_id, f'{{"item_id":"{product.external_id}","name":"x","rate":"cheap"}}'
    )

    check = compare_all()["products", product.external_id]

    assert check.verdict == "unreadable"
    assert "rate" in str(check.reason)


@pytest.mark.one_leg
def test_a_delivery_that_is_on_its_way_excuses_a_difference_of_stock(compare_all, sandbox):
    product = stock_differs(sandbox)
    WebhookDeliveryFactory(organization=product.organization, record_id=product.external_id)

    check = compare_all()["stock", product.external_id]

    assert check.verdict == "lag"
    assert "webhook" in str(check.reason)


def stock_differs(sandbox) -> Product:
    product = tracked()
    level = product.stock.select_related("warehouse").first()
    sandbox.set_stock(product.external_id, level.warehouse.external_id, committed=77)
    return product


@pytest.mark.one_leg
def test_details_that_are_still_to_be_read_are_lag(compare_all, sandbox):
    customer = Customer.objects.first()
    sandbox.change("contacts", customer.external_id, notes="Pays on Thursdays", bump=False)
    Customer.objects.filter(pk=customer.pk).update(detail_is_due=True)

    check = compare_all()["customers", customer.external_id]

    assert check.verdict == "lag"
    assert "details" in str(check.reason)


@pytest.mark.one_leg
def test_a_record_that_left_since_the_last_full_run_is_lag(compare_all, sandbox):
    customer = Customer.objects.first()
    sandbox.delete("contacts", customer.external_id)

    check = compare_all()["customers", customer.external_id]

    assert (check.verdict, check.differences[0]["field"]) == ("lag", "missing in Zoho")


# --- Races ------------------------------------------------------------------------------------------


def test_a_row_that_is_newer_than_the_answer_is_compared_anew(compare_all, sandbox, api_calls):
    product = tracked()
    StockLevel.objects.filter(product=product).update(synced_at=timezone.now() + timedelta(minutes=5))
    stock_differs(sandbox)
    sandbox.forget_calls()

    check = compare_all()["stock", product.external_id]

    assert len(api_calls("/itemdetails")) == 2
    assert check.verdict == "lag"
    assert "being written" in str(check.reason)


# --- What is kept and told --------------------------------------------------------------------------


def test_each_record_is_told_once_and_kept_as_an_event(compare_all):
    heard = []

    def hear(event, **_more):
        heard.append(event)

    signals.truth_checked.connect(hear)
    try:
        found = compare_all()
    finally:
        signals.truth_checked.disconnect(hear)

    assert {(each.entity, each.record, each.verdict) for each in heard} == {
        (*key, check.verdict) for key, check in found.items()
    }
    assert Event.objects.filter(name="tds.zoho.truth.checked").count() == len(heard) == len(found)


def test_a_round_stays_within_its_share_of_the_days_calls(mirror, settings, sandbox, api_calls):
    from zoho_sync.status import budget

    used = budget(mirror).used
    settings.ZOHO = settings.ZOHO | {
        "CALLS_PER_DAY": used + 100,
        "BACKGROUND_FLOOR_PERCENT": 0,
        "REALTIME_RESERVE_PERCENT": 0,
    }
    settings.TRUTH = {"CHECKS_PER_HOUR": 20, "BUDGET_PERCENT": 4}
    sandbox.forget_calls()

    found = services.check_truth(mirror)

    assert found.allowed == 4
    assert 0 < found.calls == len(api_calls()) <= 4
    assert found.checks


@pytest.mark.one_leg
def test_with_no_calls_left_it_says_so_and_asks_nothing(mirror, settings, sandbox, api_calls):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 10}  # spent by the syncs
    sandbox.forget_calls()

    found = services.check_truth(mirror)

    assert not found.checks
    assert not api_calls()
    assert "0 more calls" in str(found.reason)
    assert not TruthCheck.objects.exists()


@pytest.mark.one_leg
def test_it_can_be_switched_off(mirror, settings, sandbox, api_calls):
    settings.TRUTH = settings.TRUTH | {"CHECKS_PER_HOUR": 0}
    sandbox.forget_calls()

    found = services.check_truth(mirror)

    assert "switched off" in str(found.reason)
    assert not api_calls()


@pytest.mark.one_leg
def test_when_zoho_goes_away_in_the_middle_what_was_compared_is_kept(mirror, sandbox):
    sandbox.order_fault("status", path="/contacts/*", status=401, times=None, after=1)

    found = services.check_truth(mirror, 1000)

    assert found.reason
    assert TruthCheck.objects.filter(entity="products").count() == Product.objects.live().count()
    assert TruthCheck.objects.filter(entity="customers").count() == 1


@pytest.mark.one_leg
def test_nothing_is_compared_before_anything_was_read(organization):
    found = services.check_truth(organization, 20)

    assert "Nothing has been read" in str(found.reason)


@pytest.mark.slow
def test_a_round_that_is_killed_leaves_whole_rows(mirror, process_environment, zoho_server):
    """It dies with the answer of its fourth call in hand: the items', and a list's two, have been kept."""
    environment = process_environment | zoho_server.environment
    done = subprocess.run(
        [sys.executable, "-m", "tests.zoho_sync.truth.killed", "4"], env=environment, cwd=PROJECT
    )

    assert done.returncode == -signal.SIGKILL
    kept = Counter(TruthCheck.objects.values_list("entity", flat=True))
    assert kept["products"] == Product.objects.count()
    assert kept["price_lists"] == 1
    assert kept["customers"] == 0
    assert Event.objects.filter(name="tds.zoho.truth.checked").count() == kept.total()


def test_a_drift_is_over_when_its_refresh_has_read_it(compare_all, mirror, sandbox):
    product = Product.objects.first()
    sandbox.change("items", product.external_id, rate="4711.5", bump=False)
    compare_all()
    assert status.truth(mirror).drifts == 1

    (run,) = services.refresh_drifts(mirror, latest_drifts(mirror, 10), trigger=Trigger.ADMIN)
    services.work_here(run)
    services.mend_drifts()

    assert status.truth(mirror).drifts == 0
    product.refresh_from_db()
    assert str(product.unit_price) == "4711.50000000"


def test_a_later_comparison_that_finds_it_equal_mends_it(compare_all, mirror, sandbox):
    product = Product.objects.first()
    sandbox.change("items", product.external_id, unit="crate", bump=False)
    compare_all()
    sandbox.change("items", product.external_id, unit=product.unit, bump=False)

    compare_all()

    assert status.truth(mirror).drifts == 0
    assert TruthCheck.objects.get(verdict="drift").mended_at


def test_the_hourly_job_compares_what_an_hour_is_to_bring(mirror, settings):
    settings.TRUTH = {"CHECKS_PER_HOUR": 8, "BUDGET_PERCENT": 5}

    told = tasks.check_truth()

    drawn = TruthCheck.objects.exclude(entity="stock").count()  # which comes with its product
    assert drawn == 8
    assert told.startswith(f"{mirror.external_id}: ")


@pytest.mark.one_leg
def test_the_job_says_why_it_can_do_nothing(transactional_db, settings):
    settings.ZOHO = settings.ZOHO | {"REFRESH_TOKEN": ""}

    assert "zoho_connect" in tasks.check_truth()
