""" "Refresh from Zoho" on the catalogue's pages."""

from __future__ import annotations

import pytest
from django.urls import reverse

from inventory.models import Product
from tests.factories import (
    CustomerFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
)
from tests.zoho_sync.admin_runs.addresses import text
from zoho_sync.models import SyncRun

pytestmark = pytest.mark.django_db
Status = SyncRun.Status


def refresh_url(row) -> str:
    return reverse(f"admin:inventory_{row._meta.model_name}_refresh_one", args=[row.pk])


@pytest.mark.parametrize(
    ("factory", "entity", "asked_for", "cost"),
    [
        (ProductFactory, "products", lambda row: row.external_id, "about 1 call"),
        (StockLevelFactory, "stock", lambda row: row.product.external_id, "about 1 call"),
        (CustomerFactory, "customers", lambda row: row.external_id, "about 1 call"),
        (PriceListItemFactory, "price_lists", lambda row: row.price_list.external_id, "about 2 calls"),
    ],
)
def test_refreshing_one_row_asks_for_its_record(staff, factory, entity, asked_for, cost):
    row = factory()
    assert cost in text(staff.get(refresh_url(row)))
    assert not SyncRun.objects.exists()

    staff.post(refresh_url(row))

    run = SyncRun.objects.get()
    assert (run.entity, run.mode, run.options["ids"]) == (entity, "realtime", [asked_for(row)])


def test_refreshing_chosen_rows_asks_first_and_then_starts_one_run(staff):
    chosen = [ProductFactory() for _each in range(3)]
    ProductFactory()
    url = reverse("admin:inventory_product_changelist")
    form = {"action": "refresh_selected", "_selected_action": [row.pk for row in chosen]}

    asked = text(staff.post(url, form | {"index": "0"}))
    assert 'name="confirmed" value="yes"' in asked
    assert not SyncRun.objects.exists()

    staff.post(url, form | {"confirmed": "yes"})
    assert sorted(SyncRun.objects.get().options["ids"]) == sorted(row.external_id for row in chosen)


def rows_like(first, count: int) -> None:
    """As many more rows of the same table and organisation."""
    model = type(first)
    facts = {"organization": first.organization, "synced_at": first.synced_at}
    model.objects.bulk_create(model(external_id=f"all{n}", name=f"all {n}", **facts) for n in range(count))


def test_refreshing_all_that_match_the_filter_is_one_run_that_is_watched(staff):
    rows_like(ProductFactory(name="another"), 1200)
    url = reverse("admin:inventory_product_changelist") + "?q=all"
    first = Product.objects.filter(name="all 0").get()
    form = {"action": "refresh_selected", "_selected_action": [first.pk], "select_across": "1"}

    asked = text(staff.post(url, form | {"index": "0"}))
    answer = staff.post(url, form | {"confirmed": "yes"})

    assert "1,200" in asked
    assert "about 6 calls" in asked
    run = SyncRun.objects.get()
    assert len(run.options["ids"]) == 1200
    assert answer["Location"] == reverse("admin:zoho_sync_syncrun_change", args=[run.pk])


def test_what_is_read_one_call_each_is_not_refreshed_by_the_thousand(staff):
    first = CustomerFactory()
    rows_like(first, 1000)
    form = {"action": "refresh_selected", "_selected_action": [first.pk], "select_across": "1", "index": "0"}

    answer = staff.post(reverse("admin:inventory_customer_changelist"), form, follow=True)

    assert "More than 1,000 records are too many" in text(answer)
    assert not SyncRun.objects.exists()


def test_a_refresh_that_the_day_cannot_pay_for_is_refused(staff, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 20}
    first = CustomerFactory()
    rows_like(first, 100)
    form = {"action": "refresh_selected", "_selected_action": [first.pk], "select_across": "1", "index": "0"}

    answer = staff.post(reverse("admin:inventory_customer_changelist"), form, follow=True)

    assert "are left today" in text(answer)


def test_somebody_who_may_not_start_cannot_refresh(onlooker):
    row = ProductFactory()
    url = reverse("admin:inventory_product_changelist")

    onlooker.post(url, {"action": "refresh_selected", "_selected_action": [row.pk], "confirmed": "yes"})

    assert onlooker.post(refresh_url(row)).status_code == 403
    assert not SyncRun.objects.exists()
    assert "Refresh from Zoho" not in text(onlooker.get(url))
