"""A report in a browser: asked by its form, ordered by its head, taken out as a file; in both languages."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import Product
from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import ProductFactory, StockLevelFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
REPORT = "/admin/reports/stock-value/"


@pytest.fixture
def stocked(world):
    Product.objects.update(purchase_price=Decimal(1000))
    for name, price in (("Aaa", 5), ("كيبل", 70)):
        product = ProductFactory(name=name, purchase_price=Decimal(price))
        StockLevelFactory(product=product, warehouse=world.warehouse, on_hand=Decimal(3))
    return world


@pytest.mark.parametrize(("language", "width"), [("en", 1300), ("ar", 1300), ("en", 375), ("ar", 375)])
def test_a_report_is_asked_ordered_and_taken_out(language, width, visit, stocked):
    tab = visit(language=language, width=width)
    heard = listen(tab)
    tab.goto("/admin/reports/")
    tab.locator(f'a[href="{REPORT}"]').click()
    tab.locator("#report-by").select_option("product")
    tab.locator(".tsh-report-form button[type=submit]").press("Enter")
    tab.wait_for_url("**by=product**")

    tab.locator("thead a").first.press("Enter")
    tab.wait_for_url("**order=product**")
    assert tab.locator("thead th[aria-sort=ascending]").count() == 1
    assert tab.locator("tbody tr").count() == 3
    assert tab.locator("tbody tr").first.inner_text().startswith("Aaa")
    assert tab.locator("tfoot").inner_text().count("IQD") >= 1

    with tab.expect_download() as awaited:
        tab.locator(".tsh-report-bar button", has_text="CSV").press("Enter")
    assert awaited.value.suggested_filename.startswith("stock-value-")
    assert [*heard, *overflow(tab), *hurdles(tab)] == []


def test_the_head_of_a_long_report_stays_in_sight(visit, stocked):
    for number in range(60):
        StockLevelFactory(
            product=ProductFactory(name=f"Product {number}", purchase_price=Decimal(1)),
            warehouse=stocked.warehouse,
        )
    tab = visit()
    tab.goto(f"{REPORT}?by=product")
    box = tab.locator(".tsh-report-table .tsh-scroll")
    box.evaluate("box => box.scrollTop = box.scrollHeight")
    top = box.bounding_box()["y"]
    assert abs(tab.locator("thead th").first.bounding_box()["y"] - top) < 3
