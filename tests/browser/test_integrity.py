"""The integrity desk in a browser: an operator looks again, and decides about what was found, by keyboard."""

from __future__ import annotations

import pytest

from inventory import tasks
from inventory.models import Finding
from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import ProductFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK = "/admin/inventory/finding/desk/"


def test_an_operator_checks_now_and_ignores_what_is_found_by_keyboard(visit, world):
    Finding.objects.all().delete()
    ProductFactory(name="Bare cable", sku="")
    tab = visit("operator")
    heard = listen(tab)
    tab.goto(f"{DESK}missing_skus/")
    tab.get_by_role("button", name="Check now").press("Enter")
    tab.wait_for_load_state("networkidle")
    tab.goto(DESK)
    assert tab.get_by_text("The checks wait for a worker.").is_visible()

    tasks.check_asked()  # as the worker does
    tab.wait_for_selector("progress", state="detached")  # the page finds out by itself
    tab.locator("tr", has_text="Products without a SKU").get_by_role("link", name="1").press("Enter")
    tab.wait_for_url("**check=missing_skus")
    tab.get_by_role("link").filter(has_text="Bare cable").first.press("Enter")
    tab.wait_for_url("**/change/?**")
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    tab.get_by_role("link", name="Ignore this finding").press("Enter")
    tab.wait_for_url("**/ignore_one/")
    tab.get_by_label("Reason").fill("A sample")
    assert [*heard, *overflow(tab), *hurdles(tab)] == []
    tab.get_by_role("button", name="Ignore").press("Enter")
    tab.wait_for_url("**/change/")
    assert tab.get_by_text("A sample").first.is_visible()
    assert Finding.objects.get(label="Bare cable").state == Finding.State.IGNORED
