"""What operators do every day, in a browser: by mouse in English and by keyboard in Arabic."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from inventory.models import Product
from tests.browser.complaints import listen, overflow
from tests.browser.test_connect import reach, work_off, zoho  # noqa: F401
from tests.factories import ProductFactory, RecordErrorFactory, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync.connections import organization_for
from zoho_sync.models import SyncRun
from zoho_sync.sandbox import (
    SANDBOX_CLIENT_ID,
    SANDBOX_CLIENT_SECRET,
    SANDBOX_ORGANIZATION_ID,
    SANDBOX_REFRESH_TOKEN,
)

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
RUNS = "/admin/zoho_sync/syncrun"


class Operator:
    """Somebody at a page. `press` follows a link or sends a form, and waits for the page that comes."""

    def __init__(self, tab: Any, *, by_keyboard: bool):
        self.tab, self.by_keyboard, self.heard = tab, by_keyboard, listen(tab)

    def goto(self, path: str) -> None:
        self.tab.goto(path)
        self.heard.settle()

    def press(self, selector: str) -> None:
        wanted = self.tab.locator(selector).first
        with self.tab.expect_navigation(wait_until="load"):
            if self.by_keyboard:
                reach(self.tab, wanted)
                self.tab.keyboard.press("Enter")
            else:
                wanted.click()

    def confirm(self) -> None:
        """The page that asks says what happens, and the button sends it."""
        assert self.tab.locator(".tsh-confirm-body p").first.inner_text().strip()
        self.press(".tsh-confirm-body [type=submit]")

    def open(self, selector: str) -> None:
        """Something on the page itself, such as a menu."""
        wanted = self.tab.locator(selector).first
        if self.by_keyboard:
            reach(self.tab, wanted)
            self.tab.keyboard.press("Enter")
        else:
            wanted.click()

    def download(self, selector: str) -> bytes:
        with self.tab.expect_download() as awaited:
            self.open(selector)
        return Path(awaited.value.path()).read_bytes()

    def write(self, selector: str, text: str) -> None:
        self.tab.locator(selector).fill(text)

    def is_told(self) -> bool:
        """Does a message say what became of it, on a page without complaints?"""
        assert [*self.heard, *overflow(self.tab)] == []
        return self.tab.locator("ul.mb-6 > li").count() > 0  # as the skin lists messages, and nothing else


@pytest.fixture(params=["mouse, English", "keyboard, Arabic"])
def operator(request, visit) -> Operator:
    by_keyboard = request.param.startswith("keyboard")
    return Operator(visit(language="ar" if by_keyboard else "en"), by_keyboard=by_keyboard)


@pytest.fixture
def action(operator) -> Callable[[str, str], None]:
    """action("/admin/…/7", "cancel"): the button on that row's page, and its confirmation."""

    def act(row: str, name: str) -> None:
        operator.goto(f"{row}/change/")
        operator.press(f'a[href*="{row}/{name}"]')
        operator.confirm()

    return act


def test_a_run_is_cancelled_and_resumed(world, operator, action):
    run = SyncRunFactory(status="paused")

    action(f"{RUNS}/{run.pk}", "cancel")
    run.refresh_from_db()
    assert run.status == "cancelled"
    action(f"{RUNS}/{run.pk}", "resume")

    run.refresh_from_db()
    assert run.status == "queued"
    assert operator.is_told()


def test_a_failure_is_retried(world, operator, action):
    failure = RecordErrorFactory(run=SyncRunFactory(), external_id="5100000000084077")

    action(f"/admin/zoho_sync/recorderror/{failure.pk}", "retry_one")

    failure.refresh_from_db()
    assert failure.status == "retrying"
    assert SyncRun.objects.filter(trigger="retry", mode="realtime").exists()
    assert operator.is_told()


def test_removals_are_rejected(world, operator, action):
    run = SyncRunFactory(status="quarantined", message="30 of 40 records would be removed.")

    action(f"{RUNS}/{run.pk}", "reject")

    run.refresh_from_db()
    assert run.status == "cancelled"
    assert operator.is_told()


def test_removals_are_approved(world, operator, action):
    run = SyncRunFactory(status="quarantined", message="30 of 40 records would be removed.")

    action(f"{RUNS}/{run.pk}", "approve")

    run.refresh_from_db()
    assert run.status == "queued"
    assert operator.is_told()


def test_an_alert_is_acknowledged_with_a_note(world, operator):
    row = f"/admin/monitoring/alert/{world.alert.pk}"
    operator.goto(f"{row}/change/")
    operator.press(f'a[href*="{row}/acknowledge"]')
    operator.write(".tsh-confirm-body [name=note]", "I call Zoho.")
    operator.confirm()

    world.alert.refresh_from_db()
    assert (world.alert.acknowledged_by, world.alert.note) == (world.people["administrator"], "I call Zoho.")
    assert operator.is_told()


def test_a_dead_letter_is_replayed(world, operator, action):
    delivery = WebhookDeliveryFactory(status="dead", reason="The record could not be read.")

    action(f"/admin/zoho_sync/webhookdelivery/{delivery.pk}", "replay")

    delivery.refresh_from_db()
    assert (delivery.status, delivery.replayed_by) == ("received", "administrator")
    assert operator.is_told()


def test_a_full_sync_is_started_and_watched_to_its_end(operator, zoho, settings):  # noqa: F811
    settings.ZOHO = settings.ZOHO | {
        "CLIENT_ID": SANDBOX_CLIENT_ID,
        "CLIENT_SECRET": SANDBOX_CLIENT_SECRET,
        "REFRESH_TOKEN": SANDBOX_REFRESH_TOKEN,
        "ORGANIZATION_ID": SANDBOX_ORGANIZATION_ID,
    }
    organization_for()
    operator.goto(f"{RUNS}/start/")
    operator.press(f'a[href*="{RUNS}/start/products/full"]')
    operator.confirm()
    run = SyncRun.objects.order_by("-pk").first()
    assert f"/{run.pk}/" in operator.tab.url
    assert (run.entity, run.mode, run.status) == ("products", "full", "queued")

    work_off()

    run.refresh_from_db()
    assert run.status == "succeeded", run.message
    operator.tab.locator(".tsh-tag-good").first.wait_for()  # by itself: the page looks every three seconds
    assert Product.objects.filter(cause=run.cause).count() == run.created_count > 0
    assert operator.heard == []


def test_a_list_is_filtered_and_exactly_that_is_exported(world, operator):
    ProductFactory(name="سلك شحن", sku="SL-1")
    ProductFactory(name="=1+1", sku="EQ-1")
    ProductFactory(name="Without a code", sku="")
    operator.goto("/admin/inventory/product/")

    operator.open('a[x-on\\:click*="filterOpen"]')
    operator.press('#changelist-filter a[href*="has_sku=yes"]')
    operator.open(".tsh-menu:has(button[formaction*=export]) summary")
    told = operator.download('button[formaction*="/export/csv/"]')

    assert told.startswith("\ufeff".encode())
    rows = list(csv.reader(told.decode("utf-8-sig").splitlines()))
    shown = {row[1] for row in rows[1:]}
    assert {"سلك شحن", "'=1+1"} <= shown
    assert "Without a code" not in shown
    assert len(rows) - 1 == Product.objects.exclude(sku="").count()
    assert [*operator.heard, *overflow(operator.tab)] == []


@pytest.mark.parametrize("width", [1300, 390])
def test_the_menus_of_the_skin_are_opened_by_keyboard(world, visit, width):
    tab = visit("administrator", width=width)
    tab.goto("/admin/", wait_until="networkidle")
    menu = tab.get_by_role("button", name="Show or hide the menu").locator("visible=true")
    sidebar = tab.locator('a[href="/admin/inventory/stockchange/"]').first
    assert sidebar.is_visible() == (width > 1000)
    if width < 1000:
        menu.press("Enter")
        sidebar.wait_for()

    person = tab.get_by_role("button", name="administrator").locator("visible=true")
    person.press("Enter")

    tab.get_by_role("link", name="Change password").wait_for()
    assert tab.evaluate("document.activeElement.closest('nav[x-show]') !== null")
