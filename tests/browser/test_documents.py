"""Documents in a browser: a list that is narrowed down, a document, its customer, and why a product's figure is so."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.browser.complaints import hurdles, listen, overflow
from tests.document_factories import InvoiceFactory, line_of
from tests.factories import StockChangeFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
FILTERS = re.compile(r"^\s*Filters")
LOOKS = [("en", 1300, False), ("ar", 390, True)]


@pytest.fixture
def late(world):
    """An invoice that is overdue, by somebody who sells."""
    document = InvoiceFactory(
        number="INV-000118",
        customer=world.customer,
        salesperson_name="زينب",
        due_date=timezone.localdate() - timedelta(days=9),
        warehouse=world.warehouse,
    )
    line_of(document, product=world.product)
    StockChangeFactory(level=world.stocklevel, before=20, after=16)
    return document


@pytest.mark.parametrize(("language", "width", "dark"), LOOKS)
def test_a_list_is_narrowed_down_and_leads_to_the_document_its_customer_and_its_goods(
    language, width, dark, visit, world, late
):
    tab = visit("viewer", language, width=width, dark=dark)
    heard = listen(tab)

    tab.goto("/admin/inventory/invoice/?state=overdue")
    tab.locator("#changelist-form, #result_list").first.wait_for()
    assert tab.locator("#result_list a", has_text="INV-000118").count() == 1
    assert tab.locator(".tsh-figure").count() >= 2
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    tab.locator("#result_list a", has_text="INV-000118").click()
    tab.wait_for_url(f"**/invoice/{late.pk}/change/**")  # with the filters that lead back
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    tab.goto(f"/admin/inventory/customer/{world.customer.pk}/change/")
    assert tab.locator(f'a[href="/admin/inventory/invoice/{late.pk}/change/"]').count() == 1
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    tab.goto(f"/admin/inventory/product/{world.product.pk}/change/")
    tab.locator(f'a[href="/admin/inventory/product/{world.product.pk}/why/"]').click()
    tab.wait_for_url("**/why/")
    assert tab.locator(f'a[href="/admin/inventory/invoice/{late.pk}/change/"]').count() >= 1
    assert [*heard, *overflow(tab), *hurdles(tab)] == []


def test_own_days_are_chosen_in_the_filters_by_whoever_sells(visit, late):
    tab = visit("viewer")
    tab.goto("/admin/inventory/invoice/")
    tab.locator("a, button", has_text=FILTERS).first.click()
    tab.locator("a", has_text="زينب").first.click()
    tab.wait_for_url("**salesperson=**")
    assert tab.locator("#result_list a", has_text="INV-000118").count() == 1
    tab.locator("a, button", has_text=FILTERS).first.click()
    tab.locator("input[name=date_from]").fill("2001-01-01")
    tab.locator("input[name=date_until]").fill("2001-12-31")
    tab.locator(".tsh-window button").click()
    tab.wait_for_url("**date_from=2001-01-01**")
    assert "salesperson=" in tab.url
    assert tab.locator("#result_list a", has_text="INV-000118").count() == 0
