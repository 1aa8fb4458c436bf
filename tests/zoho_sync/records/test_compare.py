"""One record beside Zoho, for somebody who waits: through the door, and through real HTTP."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.models import Customer, PriceList, PriceListItem, Product, StockLevel, Warehouse
from zoho_sync import services
from zoho_sync.errors import ZohoUnavailable
from zoho_sync.models import TruthCheck

pytestmark = pytest.mark.django_db(transaction=True)

KINDS = {
    Product: 1, StockLevel: 1, Customer: 1, PriceList: 2, PriceListItem: 2, Warehouse: 1,
}  # fmt: skip


def verb(row, name: str) -> str:
    return reverse(f"admin:inventory_{row._meta.model_name}_{name}", args=[row.pk])


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_exact_mirror_is_equal_on_every_page_and_costs_what_its_button_says(
    staff, mirror, sandbox, api_calls
):
    tracked = Product.objects.filter(is_tracked=True)
    rows = [tracked.first(), *(model.objects.first() for model in KINDS if model is not Product)]
    for row in rows:
        sandbox.forget_calls()
        shown = text(staff.post(verb(row, "compare")))

        assert "Equal: every field" in shown, row
        assert "fields differ" not in shown and "field differs" not in shown, row
        assert len(api_calls()) == KINDS[type(row)], row
        button = text(staff.get(verb(row, "change")))
        assert f"Compare this record with Zoho now, {KINDS[type(row)]} call" in button


@pytest.fixture
def product(sandbox, run_sync) -> Product:
    """One of Zoho's items, read with its stock."""
    run_sync("warehouses")
    item = next(each for each in sandbox.records("items") if each["track_inventory"])
    run_sync("products", ids=(item["item_id"],))
    return Product.objects.get()


def test_what_differs_comes_first_with_both_values_and_nothing_of_ours_is_changed(staff, product, sandbox):
    level = product.stock.first()
    sandbox.change("items", product.external_id, name="Renamed over there", bump=False)
    sandbox.set_stock(product.external_id, level.warehouse.external_id, on_hand=98765)
    before = Product.objects.values().get(), list(StockLevel.objects.order_by("pk").values())

    shown = text(staff.post(verb(product, "compare")))

    assert "1 field differs" in shown and "fields differ" in shown  # of the product; of its stock
    assert "Renamed over there" in shown and product.name in shown
    assert "98765" in shown and level.warehouse.name in shown
    assert "Nothing had told that it has changed." in shown
    assert (Product.objects.values().get(), list(StockLevel.objects.order_by("pk").values())) == before


def test_what_zoho_says_has_changed_is_told_as_the_next_syncs_work(staff, product, sandbox):
    sandbox.change("items", product.external_id, name="Renamed over there")

    shown = text(staff.post(verb(product, "compare")))

    assert "Zoho is ahead of us" in shown and "the next sync reads it" in shown


def test_a_record_that_has_left_zoho_is_told_so_also_when_it_is_marked_here(staff, product, sandbox):
    sandbox.delete("items", product.external_id)

    assert "Zoho has no such record any more" in text(staff.post(verb(product, "compare")))

    Product.objects.update(removed_at="2026-11-20T09:00Z")
    shown = text(staff.post(verb(product, "compare")))
    assert "Zoho has no such record." in shown and "Equal" in shown


def test_a_comparison_that_finds_it_equal_ends_what_the_truth_meter_had_found(staff, product):
    drift = TruthCheck.objects.create(
        organization=product.organization,
        entity="products",
        external_id=product.external_id,
        checked_at="2026-11-20T09:00Z",
        verdict=TruthCheck.Verdict.DRIFT,
    )
    assert "was found to differ from Zoho" in text(staff.get(verb(product, "change")))

    staff.post(verb(product, "compare"))

    drift.refresh_from_db()
    assert drift.mended_at is not None
    assert TruthCheck.objects.count() == 1  # what people pick is no sample
    assert "was found to differ from Zoho" not in text(staff.get(verb(product, "change")))


def test_looking_costs_nothing_and_asks_first(staff, product, sandbox, api_calls):
    sandbox.forget_calls()
    assert "calls left today" in text(staff.get(verb(product, "compare"))).lower()
    staff.get(verb(product, "change"))
    assert api_calls() == []


def test_a_budget_that_is_spent_refuses_in_words_and_sends_nobody_away(
    staff, product, settings, api_calls, sandbox
):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1}
    sandbox.forget_calls()

    shown = text(staff.post(verb(product, "compare"), follow=True))

    assert "Nothing was compared." in shown and "calls" in shown.split("Nothing was compared.")[0][-400:]
    assert api_calls() == []
    assert product.name in shown


def test_a_zoho_that_does_not_answer_keeps_nobody_waiting(product, sandbox):
    sandbox.order_fault("silence", path="/itemdetails", times=None, delay=30)
    with pytest.raises(ZohoUnavailable, match="did not answer within"):
        services.compare_record(product.organization, "products", product.external_id, seconds=0.5)
