"""In whatever order hints arrive, and however often: what is stored in the end is what Zoho says."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from django.db.models import F

from inventory.models import Product, StockChange
from zoho_sync.models import WebhookDelivery
from zoho_sync.sandbox import Size

pytestmark = pytest.mark.usefixtures("warehouses")
Status = WebhookDelivery.Status
ORDERS = list(permutations(range(1, 6)))
# When each version was made; the last two within the same second, as Zoho's clock has no finer one.
TIMES = {
    number: f"2026-11-20T12:00:{second:02d}+0300" for number, second in enumerate((1, 2, 3, 4, 4), start=1)
}


@pytest.fixture
def size() -> Size:
    return Size(items=120, customers=2, vendors=1, locations=2, price_lists=1, price_list_items=5)


@pytest.mark.slow
def test_all_orders_of_five_versions_end_with_the_newest(sandbox, deliver, work_queue, item_ids):
    """Each order has an item of its own. A version can be told of only once it is there: so far goes Zoho each time."""
    items = item_ids(120)
    made = dict.fromkeys(items, 0)
    for round_number in range(5):
        for item, order in zip(items, ORDERS, strict=True):
            for version in range(made[item] + 1, order[round_number] + 1):
                sandbox.change(
                    "items", item, name=f"version {version}", last_modified_time=TIMES[version], bump=False
                )
                made[item] = version
            deliver(
                "item",
                item,
                body=f'{{"item":{{"item_id":"{item}","name":"{order[round_number]}"}}}}'.encode(),
            )
        work_queue()
        stored = dict(Product.objects.values_list("external_id", "name"))
        assert stored == {item: f"version {made[item]}" for item in items}

    assert set(Product.objects.values_list("name", flat=True)) == {"version 5"}
    assert WebhookDelivery.objects.filter(status=Status.APPLIED).count() == 600


@pytest.mark.parametrize("drained_between", [True, False])
def test_back_and_forth_within_ten_minutes_ends_as_zoho_says(
    drained_between, sandbox, deliver, work_queue, item_ids
):
    """The third delivery has the same bytes as the first: a repetition to look at, and news all the same."""
    (item,) = item_ids(1)
    for name in ("A", "B", "A"):
        sandbox.change("items", item, name=name)
        body = f'{{"item":{{"item_id":"{item}","name":"{name}"}}}}'.encode()
        is_repeated = WebhookDelivery.objects.filter(body=body).exists()
        deliver("item", item, body=body, is_duplicate=is_repeated)
        if drained_between:
            work_queue()
            assert Product.objects.get().name == name
    work_queue()

    assert Product.objects.get().name == "A"
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {Status.APPLIED}


def test_the_same_hint_a_hundred_times_leaves_one_change_of_stock(sandbox, deliver, work_queue, run_sync):
    run_sync("products")
    run_sync("stock")
    tracked = next(each for each in sandbox.records("items") if each.get("locations"))
    sandbox.set_stock(tracked["item_id"], tracked["locations"][0]["location_id"], committed=9)
    before = StockChange.objects.count()
    for number in range(100):
        deliver("item", tracked["item_id"], is_duplicate=number > 0)
        if number % 20 == 0:
            work_queue()
    work_queue()

    changes = StockChange.objects.order_by("pk")[before:]
    assert {(each.level.product.external_id, each.figure) for each in changes} <= {
        (tracked["item_id"], figure) for figure in ("committed", "available_for_sale")
    }
    assert len({each.figure for each in changes}) == len(changes) > 0


def test_an_old_hint_that_is_replayed_days_later_does_no_harm(sandbox, deliver, work_queue, item_ids):
    from zoho_sync.webhooks.replay import replay

    (item,) = item_ids(1)
    sandbox.change("items", item, name="old")
    deliver("item", item)
    work_queue()
    sandbox.change("items", item, name="new")
    deliver("item", item)
    work_queue()
    WebhookDelivery.objects.update(received_at=F("received_at") - timedelta(days=5))

    replay(WebhookDelivery.objects.order_by("pk")[:1])
    work_queue()

    assert Product.objects.get().name == "new"
