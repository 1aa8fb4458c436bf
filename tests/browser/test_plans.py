"""From a dry run to what it planned, in a browser: look, apply, and see what was refused; by keyboard."""

from __future__ import annotations

import pytest
from django.utils import timezone

from inventory.models import Product
from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import ProductFactory
from zoho_sync import services
from zoho_sync.loader.changes import source_columns
from zoho_sync.loader.plans import base_of
from zoho_sync.loader.summaries import with_rows
from zoho_sync.models import PlannedChange, SyncRun

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def plan(world) -> SyncRun:
    """Two products would get new prices; one of them changes before the plan is applied."""
    run = world.dryrun
    run.planned_changes.all().delete()
    products = [ProductFactory(name=f"Cable {number}", unit_price=12000) for number in range(2)]
    rows = []
    for product in products:
        stored = Product.objects.values("removed_at", *source_columns(Product)).get(pk=product.pk)
        rows.append(
            PlannedChange.objects.create(
                run=run, table="product", external_id=product.external_id, label=product.name, action="update",
                mapping="product", kind="row", asked_at=timezone.now(), base=base_of(Product, stored),
                changes={"unit_price": ["12000", "12500"]},
            )
        )  # fmt: skip
    run.summary = with_rows({}, rows)
    run.save()
    Product.objects.filter(pk=products[1].pk).update(unit_price=11000)
    return run


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_plan_is_looked_at_and_applied_by_keyboard_and_its_refused_row_is_shown(plan, visit, language):
    tab = visit(language=language)
    heard = listen(tab)
    tab.goto(f"/admin/zoho_sync/syncrun/{plan.pk}/change/")
    tabs = tab.locator(".tsh-run-tabs a")
    for place in range(tabs.count()):
        with tab.expect_navigation():
            tabs.nth(place).press("Enter")
        heard.settle()
        assert tab.locator(".tsh-run-tabs a[aria-current]").count() == 1
        assert [*heard, *overflow(tab), *hurdles(tab)] == []
    for step in (
        tabs.first,
        tab.locator(".tsh-banner a.tsh-button"),
        tab.locator(".tsh-confirm-body [type=submit]"),
    ):
        with tab.expect_navigation(wait_until="load"):
            step.press("Enter")

    applying = SyncRun.objects.get(plan=plan)
    assert f"/syncrun/{applying.pk}/" in tab.url
    services.work_here(applying)
    tab.get_by_role(
        "link", name="Cable 1"
    ).first.wait_for()  # the page has noticed by itself that the run has ended
    assert "Cable 1" in tab.locator("table").nth(1).inner_text()
    prices = (
        Product.objects.filter(name__startswith="Cable ").order_by("pk").values_list("unit_price", flat=True)
    )
    assert list(prices) == [12500, 11000]
    assert [*heard, *overflow(tab), *hurdles(tab)] == []
