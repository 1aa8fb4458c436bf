"""The whole way to a connection in a browser, against a local Zoho: by mouse and by keyboard, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils.translation import gettext, override
from django_q.models import Schedule

from inventory.models import Organization, Warehouse
from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import AdministratorFactory
from tests.zoho_sync.zoho.conftest import SIZE
from zoho_sync import services
from zoho_sync.models import OAuthToken, SyncRun, WebhookSecret
from zoho_sync.sandbox import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, Sandbox

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ROOT = "/admin/zoho_sync/oauthtoken/connect/"


@pytest.fixture
def zoho(settings) -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, port=0, calls_per_minute=None) as sandbox:
        names = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")
        settings.ZOHO = settings.ZOHO | {
            **dict.fromkeys(names, ""),
            "API_BASE_URL": sandbox.url,
            "ACCOUNTS_URL": sandbox.url,
            "CALLS_PER_MINUTE": 100_000,
        }
        yield sandbox


def by_mouse(tab: Any, button: str) -> None:
    tab.get_by_role("button", name=button).click()


def by_keyboard(tab: Any, button: str) -> None:
    """Tab on until the button has the focus, and press it."""
    reach(tab, tab.get_by_role("button", name=button))
    tab.keyboard.press("Enter")


def reach(tab: Any, wanted: Any) -> None:
    found = wanted.element_handle()  # looked for once: to look for it after every step takes most of the time
    for _step in range(250):
        if found.evaluate("element => element === document.activeElement"):
            return
        tab.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is never reached by Tab")


def work_off() -> None:
    for run in SyncRun.objects.filter(status=SyncRun.Status.QUEUED).order_by("pk"):
        services.work_here(run)


@pytest.mark.parametrize(
    ("language", "press"), [("en", by_mouse), ("en", by_keyboard), ("ar", by_mouse), ("ar", by_keyboard)]
)
def test_the_whole_way_is_walked(language: str, press: Callable, unconnected, zoho):
    tab = unconnected(language)
    heard, found = listen(tab), []

    def label(text: str) -> str:
        with override(language):
            return gettext(text)

    def do(text: str) -> None:
        with tab.expect_navigation():
            press(tab, label(text))

    def at(step: str) -> None:
        tab.wait_for_url(f"**/connect/{step}/")
        heard.settle()
        judged = hurdles(tab) if press is by_mouse else []  # the pages are the same by keyboard
        found.extend(f"{step}: {each}" for each in (*overflow(tab), *judged, *heard))
        heard.clear()

    tab.goto(f"{ROOT}data-center/")
    at("data-center")
    do("Choose this data centre")
    at("client")
    tab.locator("#store-client_id").fill(SANDBOX_CLIENT_ID)
    tab.locator("#store-client_secret").fill(SANDBOX_CLIENT_SECRET)
    do("Store the client")
    at("consent")
    do("Ask Zoho for consent")
    tab.wait_for_url(f"{zoho.url}/oauth/v2/auth**")
    with tab.expect_navigation():
        press(tab, "Accept")
    at("organization")
    do("Connect this organisation")
    at("test")
    do("Make the test calls")
    at("test")
    tab.goto(f"{ROOT}filters/")
    do("Try the filters")
    at("filters")
    tab.goto(f"{ROOT}warehouses/")
    do("Read the warehouses")
    at("warehouses")
    work_off()
    tab.goto(f"{ROOT}warehouses/")
    tab.locator("input[name=sells]").first.press("Space")
    do("Save what sells")
    at("warehouses")
    tab.goto(f"{ROOT}webhook/")
    do("Make it")
    tab.locator("#made-secret").wait_for()
    tab.goto(f"{ROOT}dry-run/")
    do("Start the dry run")
    at("dry-run")
    work_off()
    tab.goto(f"{ROOT}schedule/")
    do("Switch the schedules on")
    at("schedule")

    tab.goto(ROOT)
    assert tab.locator(".tsh-way-done").count() == 10
    assert found == [], "\n".join(found)
    assert OAuthToken.objects.get().organization == Organization.objects.get()
    assert Warehouse.objects.filter(sells=True).count() == 1
    assert WebhookSecret.objects.count() == 1
    assert Schedule.objects.filter(repeats=-1).exists()


@pytest.fixture
def unconnected(chromium, live_server, transactional_db) -> Iterator[Callable[[str], Any]]:
    """A tab of an administrator, before anything is connected."""
    from django.test import Client

    contexts = []

    def open_tab(language: str) -> Any:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": 1300, "height": 900},
            locale="ar-IQ" if language == "ar" else "en-GB",
            reduced_motion="reduce",
        )
        contexts.append(context)
        client = Client()
        client.force_login(AdministratorFactory())
        cookies = {"sessionid": client.cookies["sessionid"].value, "django_language": language}
        context.add_cookies(
            [{"name": name, "value": value, "url": live_server.url} for name, value in cookies.items()]
        )
        return context.new_page()

    yield open_tab
    for context in contexts:
        context.close()
