"""Pages of single records: the age and the source of every figure, what is sellable and why, how figures went."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.access.conftest import permitted
from tests.factories import (
    NOON,
    AdministratorFactory,
    CustomerFactory,
    PriceChangeFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockChangeFactory,
    StockCheckFactory,
    StockLevelFactory,
    SyncRunFactory,
    UserFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
)
from zoho_sync.options import Trigger

pytestmark = pytest.mark.django_db


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def page(client, row) -> str:
    answer = client.get(reverse(f"admin:inventory_{row._meta.model_name}_change", args=[row.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def panel(shown: str, title: str) -> str:
    return shown.split(f">{title}<")[1].split("</section>")[0]


# --- Who brought a figure, and when -------------------------------------------------------------------


def test_a_figure_names_the_run_that_brought_it_and_a_webhook_by_its_time(staff):
    by_schedule, by_webhook = (
        SyncRunFactory(trigger=Trigger.SCHEDULE),
        SyncRunFactory(trigger=Trigger.WEBHOOK),
    )
    type(by_webhook).objects.filter(pk=by_webhook.pk).update(created_at=NOON)
    product = ProductFactory()
    StockLevelFactory(product=product, cause=by_schedule.cause)
    StockLevelFactory(product=product, cause=by_webhook.cause)

    table = panel(page(staff, product), "Stock per warehouse")

    assert f'href="/admin/zoho_sync/syncrun/{by_schedule.pk}/change/">run {by_schedule.pk}<' in table
    assert "webhook" in table and "20/11/2026 12:00" in table  # 09:00 UTC in Baghdad


def test_a_run_that_is_not_kept_any_more_is_still_named(staff):
    level = StockLevelFactory(cause="run 77")
    table = panel(page(staff, level.product), "Stock per warehouse")
    assert "run 77" in table and "syncrun/77" not in table


def test_whoever_brought_it_by_another_name_is_named_as_it_was_kept(staff):
    level = StockLevelFactory(cause="run 1 of <b>")
    assert "run 1 of &lt;b&gt;" in panel(page(staff, level.product), "Stock per warehouse")


def test_what_a_webhook_brought_leads_to_its_delivery_and_of_several_to_the_list(staff):
    alone, together = (SyncRunFactory(trigger=Trigger.WEBHOOK) for _each in range(2))
    delivery = WebhookDeliveryFactory(run=alone)
    WebhookDeliveryFactory.create_batch(2, run=together)
    product = ProductFactory()
    for run in (alone, together):
        StockLevelFactory(product=product, cause=run.cause)

    table = panel(page(staff, product), "Stock per warehouse")

    assert f'href="/admin/zoho_sync/webhookdelivery/{delivery.pk}/change/"' in table
    assert f'href="/admin/zoho_sync/webhookdelivery/?run__id__exact={together.pk}"' in table


@pytest.mark.parametrize("kind", ["stockchange", "pricechange"])
def test_the_lists_of_changes_lead_to_the_run_and_the_person_that_brought_each(staff, kind):
    person = UserFactory(username="zainab")
    run = SyncRunFactory(trigger=Trigger.ADMIN, requested_by=person)
    {"stockchange": StockChangeFactory, "pricechange": PriceChangeFactory}[kind](cause=run.cause)

    shown = staff.get(f"/admin/inventory/{kind}/").content.decode()

    assert f'href="/admin/zoho_sync/syncrun/{run.pk}/change/">run {run.pk}<' in shown
    assert f'href="/admin/auth/user/{person.pk}/change/"' in shown
    assert "zainab" in shown


def test_what_the_reader_may_not_see_is_named_and_leads_nowhere(client):
    run = SyncRunFactory(trigger=Trigger.ADMIN, requested_by=UserFactory(username="zainab"))
    webhook = SyncRunFactory(trigger=Trigger.WEBHOOK)
    WebhookDeliveryFactory(run=webhook)
    level = StockLevelFactory()
    for each in (run, webhook):
        StockChangeFactory(level=level, cause=each.cause)
    client.force_login(permitted("inventory.view_product", "inventory.view_stockchange", is_staff=True))

    for shown in (page(client, level.product), client.get("/admin/inventory/stockchange/").content.decode()):
        assert f"run {run.pk}" in shown and "zainab" in shown
        for address in ("/syncrun/", "/webhookdelivery/", "/auth/user/"):
            assert address not in shown


def test_who_brought_it_costs_two_questions_however_many_they_are(staff):
    product = ProductFactory()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            page(staff, product)
        return len(captured)

    StockLevelFactory(product=product, cause=SyncRunFactory(trigger=Trigger.WEBHOOK).cause)
    queries()  # what a process asks once
    for_one = queries()
    for _each in range(8):
        StockLevelFactory(product=product, cause=SyncRunFactory(trigger=Trigger.WEBHOOK).cause)
    assert queries() == for_one


def test_the_queries_of_every_record_page_are_counted(staff):
    level = StockLevelFactory(warehouse__sells=True)
    price = PriceListItemFactory(product=level.product)
    StockCheckFactory(product=level.product)
    StockChangeFactory(level=level)
    PriceChangeFactory(product=level.product, price_list=price.price_list, figure="rate")
    rows = (level.product, level, price, price.price_list, level.warehouse, CustomerFactory())
    page(staff, level.product)  # what a process asks once
    ContentType.objects.get_for_models(*(type(row) for row in rows), for_concrete_models=False)  # and this
    counted = {}
    for row in rows:
        with CaptureQueriesContext(connection) as captured:
            page(staff, row)
        counted[row._meta.model_name] = len(captured)
    assert counted == {
        "product": 28, "stocklevel": 13, "pricelistitem": 12, "pricelist": 11, "warehouse": 11, "customer": 17,
    }  # fmt: skip


# --- Sellable ----------------------------------------------------------------------------------------


def tile(shown: str) -> str:
    return shown.split("Sellable</span>")[1].split("</div>")[0]


def test_the_sellable_figure_says_how_it_comes_about(staff):
    product = ProductFactory()
    for name, quantity in (("Main", 3), ("Shop", -1)):
        place = WarehouseFactory(name=name, sells=True)
        StockLevelFactory(product=product, warehouse=place, available_for_sale=Decimal(quantity))

    words = re.sub(r"<[^>]+>", "", tile(page(staff, product)))
    assert re.sub(r"\s+", "", words) == "2Main3+Shop-1"


@pytest.mark.parametrize(
    ("product", "levels", "words"),
    [
        ({}, [("Main", True, 3), ("Shop", True, None)], "The figure is not known in: Shop."),
        ({}, [("Main", False, 3)], "No warehouse is marked as selling"),
        ({}, [], "No warehouse is marked as selling"),
        ({"is_tracked": False}, [], "keeps no stock of this product"),
    ],
)
def test_a_sellable_figure_that_nobody_knows_says_why(staff, product, levels, words):
    row = ProductFactory(**product)
    for name, sells, quantity in levels:
        place = WarehouseFactory(name=name, sells=sells)
        StockLevelFactory(product=row, warehouse=place, available_for_sale=quantity)
    assert words in tile(page(staff, row))


# --- Prices ------------------------------------------------------------------------------------------


def test_a_percentage_list_shows_what_it_comes_to_and_lists_without_a_price_are_named(staff):
    product = ProductFactory(unit_price=Decimal(1000))
    PriceListItemFactory(product=product, price_list__name="Retail")
    PriceListFactory(
        name="Staff", kind="fixed_percentage", percentage=Decimal(10), is_increase=False, currency_code="IQD"
    )
    PriceListFactory(name="Dealers")

    table = panel(page(staff, product), "Prices per list")

    assert "900 <small>IQD" in table and "−10%" in table
    assert "No price in:" in table and "Dealers" in table.split("No price in:")[1]
    assert "Retail" not in table.split("No price in:")[1]


# --- How it went -------------------------------------------------------------------------------------


def test_stock_and_prices_are_drawn_with_a_line_for_each_and_a_drawing_for_each_currency(staff):
    product = ProductFactory()
    for name in ("Main", "Shop"):
        level = StockLevelFactory(product=product, warehouse=WarehouseFactory(name=name))
        StockChangeFactory(level=level, figure="available_for_sale", before=Decimal(9), after=Decimal(4))
    usd, iqd = PriceListFactory(name="Abroad"), PriceListFactory(name="At home", currency_code="IQD")
    for price_list in (usd, iqd):
        PriceChangeFactory(
            product=product, price_list=price_list, figure="rate", currency_code=price_list.currency_code,
            before=Decimal(8), after=Decimal(9),
        )  # fmt: skip

    shown = page(staff, product)

    stock = shown.split("Available for sale, over time<")[1].split("</figure>")[0]
    assert stock.count('class="tsh-curve tsh-curve-') == 4  # a line and its sign in the legend, for each
    assert "Main: now 4, lowest 4, highest 9" in stock
    assert "Prices in USD, over time" in shown and "Prices in IQD, over time" in shown


def test_a_product_that_never_changed_has_no_drawing_and_says_so(staff):
    shown = page(staff, ProductFactory())
    assert "over time" not in shown
    assert "No figure has changed since the first load." in shown


@pytest.mark.parametrize("kind", ["stocklevel", "pricelistitem", "pricelist"])
def test_pages_of_a_level_a_price_and_a_list_tell_their_history(staff, kind):
    level, price = StockLevelFactory(), PriceListItemFactory()
    StockChangeFactory(level=level, before=Decimal(777), after=Decimal(778))
    PriceChangeFactory(
        product=price.product,
        price_list=price.price_list,
        figure="rate",
        before=Decimal(777),
        after=Decimal(778),
    )
    row = {"stocklevel": level, "pricelistitem": price, "pricelist": price.price_list}[kind]
    shown = page(staff, row)
    assert "777" in shown and "778" in shown


# --- Whose a field is, and what is gone ---------------------------------------------------------------


def test_the_source_s_fields_and_ours_are_marked_and_only_ours_have_inputs(staff):
    shown = page(staff, ProductFactory())
    form = shown.split('id="product_form"')[1].split("</form>")[0]
    assert "Ours: a sync never touches these" in form
    assert set(re.findall(r'name="(\w+)"', form)) - {"csrfmiddlewaretoken", "_save", "_continue"} == {
        "reorder_point", "is_hidden", "notes",
    }  # fmt: skip
    assert "Read-only here: what follows is changed at the source" in shown


def test_a_tombstone_says_when_why_and_what_that_means(staff):
    product = ProductFactory(removed_at=NOON, removed_reason="404, found by run 7")
    shown = page(staff, product)
    assert "20/11/2026 12:00" in shown and "404, found by run 7" in shown
    assert "comes back with a sync if it returns" in shown


def test_a_picture_that_is_not_here_is_said_not_to_be(staff):
    with_one, without = ProductFactory(image_name="cable.jpg"), ProductFactory()
    assert "it has not been fetched yet" in page(staff, with_one)
    assert "The source names no picture." in page(staff, without)
