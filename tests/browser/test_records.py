"""Record pages and the look-up in a browser: by mouse, by keyboard, by camera; against a Zoho that really answers."""

from __future__ import annotations

from decimal import Decimal

import pytest

from inventory.models import ChosenPriceList, Product
from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import PriceListItemFactory, ProductFactory, StockChangeFactory
from tests.zoho_sync.engine.conftest import organization, run_sync, sandbox, start_run, zoho_server  # noqa: F401
from zoho_sync.models import OAuthToken, SyncRun
from zoho_sync.sandbox import Size

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOK_UP = "/admin/look-up/"


@pytest.fixture
def goods(world):
    """Something to look up, priced in a list."""
    wanted = ProductFactory(name="كيبل شبكة نادر", sku="RARE-7", ean="6291041500213")
    PriceListItemFactory(product=wanted, price_list=world.pricelist, rate=Decimal("8.5"))
    ProductFactory(name="كيبل شبكة آخر")
    return wanted


# --- Looking up --------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_salesman_looks_up_by_mouse_on_a_phone(language, visit, world, goods):
    tab = visit("viewer", language, width=390)
    heard = listen(tab)
    tab.goto(LOOK_UP)
    tab.locator("#look-q").fill("نادر")
    tab.locator(".tsh-look-search button[type=submit]").click()
    tab.wait_for_url("**q=**")
    assert tab.locator("#offer-name").inner_text() == goods.name

    tab.locator("#look-list").select_option(str(world.pricelist.pk))
    with tab.expect_navigation():
        tab.locator(".tsh-look-whose button").first.click()
    assert tab.locator(".tsh-offer-big").nth(1).inner_text().startswith("8.50 USD")
    assert ChosenPriceList.objects.get().price_list == world.pricelist

    assert [*heard, *overflow(tab), *hurdles(tab)] == []


def test_a_scanner_that_types_needs_no_hand_on_the_page(visit, goods):
    tab = visit("viewer")
    tab.goto(LOOK_UP)
    for code in ("6291041500213", "RARE-7"):
        tab.wait_for_function("document.activeElement.id === 'look-q'")
        tab.keyboard.type(code)
        tab.keyboard.press("Enter")
        tab.wait_for_url(f"**q={code}")
        assert tab.locator("#offer-name").inner_text() == goods.name


def test_a_list_is_walked_by_keyboard_and_what_was_typed_is_replaced_by_the_next(visit, goods):
    tab = visit("viewer", "ar")
    tab.goto(f"{LOOK_UP}?q=شبكة")
    rows = tab.locator(".tsh-offers a")
    assert rows.count() >= 2
    name = rows.nth(1).locator("strong").inner_text()
    rows.nth(0).focus()
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**product=**")
    assert tab.locator("#offer-name").inner_text() == name

    tab.locator("#look-q").focus()
    tab.keyboard.type("RARE-7")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=RARE-7")
    assert tab.locator("#offer-name").inner_text() == goods.name


def test_it_works_without_scripts(chromium, live_server, world, goods):
    from django.test import Client

    client = Client()
    client.force_login(world.people["viewer"])
    context = chromium.new_context(base_url=live_server.url, java_script_enabled=False)
    session = client.cookies["sessionid"].value
    context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    tab = context.new_page()
    tab.goto(LOOK_UP)
    tab.locator("#look-q").fill("rare-7")
    tab.locator(".tsh-look-search button[type=submit]").click()
    assert tab.locator("#offer-name").inner_text() == goods.name
    assert tab.locator("[data-look-scan]").is_hidden()
    context.close()


# Debian's Chromium reads no barcodes; phones' does. What stands in for it sees one code on every picture.
READER = """
window.asked = 0;
window.BarcodeDetector = class {
    static async getSupportedFormats() { return ["ean_13", "unknown"]; }
    constructor(options) { window.formats = options.formats; }
    async detect(video) { return video.videoWidth ? [{rawValue: "6291041500213"}] : []; }
};
navigator.mediaDevices.getUserMedia = async function (wanted) {
    window.asked += 1;
    window.wanted = wanted;
    const canvas = document.createElement("canvas");
    canvas.getContext("2d").fillRect(0, 0, 300, 150);
    window.stream = canvas.captureStream(10);
    return window.stream;
};
"""


def test_the_camera_is_asked_for_after_a_tap_only_and_what_it_reads_is_looked_up(visit, goods):
    tab = visit("viewer", width=390)
    heard = listen(tab)
    tab.add_init_script(READER)
    tab.goto(LOOK_UP)
    scan = tab.locator("[data-look-scan]")
    scan.wait_for(state="visible")
    assert tab.evaluate("window.asked") == 0

    scan.click()

    tab.wait_for_url("**q=6291041500213")
    assert tab.locator("#offer-name").inner_text() == goods.name
    assert heard == []  # the policy lets the picture through


def test_the_camera_is_closed_by_keyboard_and_its_light_goes_out(visit, goods):
    tab = visit("viewer", width=390)
    tab.add_init_script(READER.replace("video.videoWidth ?", "false ?"))
    tab.goto(LOOK_UP)
    tab.locator("[data-look-scan]").click()
    tab.locator("[data-look-camera]").wait_for(state="visible")
    assert [*overflow(tab), *hurdles(tab)] == []

    tab.keyboard.press("Escape")

    tab.locator("[data-look-camera]").wait_for(state="hidden")
    assert tab.evaluate("window.stream.getTracks().every(track => track.readyState === 'ended')")


def test_a_browser_that_reads_no_barcodes_says_so(visit, goods):
    tab = visit("viewer")
    tab.goto(LOOK_UP)
    tab.get_by_text("does not read barcodes by camera").wait_for()
    assert tab.locator("[data-look-scan]").is_hidden()


# --- Asking Zoho about one record ---------------------------------------------------------------------


@pytest.fixture
def size() -> Size:
    return Size(items=5, customers=2, vendors=1, locations=2, price_lists=1, price_list_items=3)


@pytest.fixture
def item(world, organization, sandbox, run_sync) -> Product:  # noqa: F811
    """A product as Zoho has it, but for its name over there."""
    OAuthToken.objects.exclude(organization=organization).delete()
    run_sync("warehouses")
    chosen = next(each["item_id"] for each in sandbox.records("items") if each["track_inventory"])
    run_sync("products", ids=(chosen,))
    product = Product.objects.get(external_id=chosen, organization=organization)
    sandbox.change("items", chosen, name="Renamed over there", bump=False)
    for level in product.stock.all():
        StockChangeFactory(level=level, figure="available_for_sale")
    return product


@pytest.mark.parametrize(("language", "width", "dark"), [("en", 1300, False), ("ar", 390, True)])
def test_a_record_is_compared_by_mouse_and_refreshed_by_keyboard(language, width, dark, visit, item):
    tab = visit("operator", language, width=width, dark=dark)
    heard = listen(tab)
    tab.goto(f"/admin/inventory/product/{item.pk}/change/")
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    tab.locator(".tsh-verbs form").nth(0).locator("button").click()
    tab.get_by_text("Renamed over there").wait_for()
    assert [*heard, *overflow(tab), *hurdles(tab)] == []

    with tab.expect_navigation(url=f"**/product/{item.pk}/change/"):
        tab.locator(".tsh-verbs form").nth(1).locator("button").press("Enter")
    run = SyncRun.objects.latest("pk")
    assert (run.entity, run.mode, run.options["ids"]) == ("products", "realtime", [item.external_id])
    assert tab.locator(f'a[href="/admin/zoho_sync/syncrun/{run.pk}/change/"]').count() == 1
