"""The search over everything in a browser: by keyboard, by mouse, on a phone; nobody is kept out of it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.browser.complaints import hurdles, listen, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HOME, LIST = "/admin/", "/admin/inventory/product/"


def field(tab: Any) -> Any:
    return tab.get_by_role("combobox")


def chosen(tab: Any) -> str:
    """The text of the option that the field says is chosen."""
    name = field(tab).get_attribute("aria-activedescendant")
    return tab.locator(f"[id='{name}'][aria-selected='true']").inner_text()


def wait_for_answer(tab: Any, typed: str) -> None:
    """Until what is shown answers the whole of what was typed, and not its first letters."""
    tab.locator(f'dialog[data-find-shown="{typed}"]').wait_for()


def questions(tab: Any) -> list[str]:
    """What the page asks the server from now on, in order; grows while the page is used."""
    asked: list[str] = []

    def note(request: Any) -> None:
        url = urlsplit(request.url)
        if url.path.endswith("/search/results/"):
            asked.extend(parse_qs(url.query)["q"])

    tab.on("request", note)
    return asked


def test_a_record_is_found_and_opened_by_keyboard_alone(visit, world):
    tab = visit()
    tab.goto(HOME)

    tab.keyboard.press("Control+k")
    tab.keyboard.type(world.product.sku)
    wait_for_answer(tab, world.product.sku)

    assert world.product.sku in chosen(tab)
    tab.keyboard.press("Enter")
    tab.wait_for_url(f"**/admin/inventory/product/{world.product.pk}/change/")


def test_enter_before_the_answer_means_its_first_result(visit, world):
    tab = visit()
    tab.goto(HOME)

    tab.keyboard.press("/")
    tab.keyboard.type(f"#{world.syncrun.pk}")
    tab.keyboard.press("Enter")

    tab.wait_for_url(f"**/admin/zoho_sync/syncrun/{world.syncrun.pk}/change/")


def test_arrows_walk_through_the_results_and_round(visit, world):
    tab = visit()
    tab.goto(HOME)
    tab.keyboard.press("Control+k")
    tab.keyboard.type("stock")
    wait_for_answer(tab, "stock")
    count, first = tab.get_by_role("option").count(), chosen(tab)

    tab.keyboard.press("ArrowDown")
    second = chosen(tab)
    assert second != first
    tab.keyboard.press("ArrowUp")
    tab.keyboard.press("ArrowUp")
    assert chosen(tab) == tab.get_by_role("option").nth(count - 1).inner_text()
    assert field(tab).evaluate("each => each === document.activeElement")


def test_escape_closes_it_and_gives_the_focus_back(visit, world):
    tab = visit()
    tab.goto(HOME)
    button = tab.locator("[data-find-open]")
    button.focus()

    tab.keyboard.press("Enter")
    assert field(tab).evaluate("each => each === document.activeElement")
    tab.keyboard.press("Escape")

    tab.locator("dialog.tsh-find").wait_for(state="hidden")
    assert button.evaluate("each => each === document.activeElement")


def test_on_a_list_the_key_goes_to_its_own_field_first(visit, world):
    tab = visit()
    tab.goto(LIST)

    tab.keyboard.press("/")
    assert tab.locator("#searchbar").evaluate("each => each === document.activeElement")
    assert not tab.locator("dialog.tsh-find").is_visible()
    tab.keyboard.press("/")
    assert tab.locator("dialog.tsh-find").is_visible()
    assert field(tab).input_value() == ""


def test_what_is_typed_into_a_form_stays_there(visit, world):
    tab = visit()
    tab.goto(f"{LIST}{world.product.pk}/change/")
    notes = tab.locator("#id_notes")
    notes.focus()

    tab.keyboard.type("a/b")

    assert notes.input_value() == "a/b"
    assert not tab.locator("dialog.tsh-find").is_visible()


@pytest.mark.parametrize("width", [1300, 375])
def test_a_page_is_found_and_opened_by_mouse(width, visit, world):
    tab = visit(language="ar", width=width)
    tab.goto(HOME)

    tab.locator("[data-find-open]").click()
    field(tab).fill("budget")
    wait_for_answer(tab, "budget")
    tab.get_by_role("option").first.click()

    tab.wait_for_url("**/admin/zoho_sync/oauthtoken/budget/")


def test_an_action_leads_to_the_page_that_asks_first(visit, world):
    tab = visit("operator")
    tab.goto(HOME)
    tab.keyboard.press("Control+k")
    tab.keyboard.type("sync full customers")
    wait_for_answer(tab, "sync full customers")

    tab.keyboard.press("Enter")

    tab.wait_for_url("**/admin/zoho_sync/syncrun/start/customers/full/")


def test_letters_typed_in_one_breath_are_one_question(visit, world):
    tab = visit()
    tab.goto(HOME)
    asked = questions(tab)
    tab.keyboard.press("Control+k")

    field(tab).evaluate(
        """(field, text) => Array.from(text).forEach((letter) => {
            field.value += letter;
            field.dispatchEvent(new Event("input", {bubbles: true}));
        })""",
        world.product.sku,
    )
    tab.get_by_role("option").first.wait_for()

    assert asked == [world.product.sku]


def test_a_late_answer_to_an_earlier_question_is_not_shown(visit, world):
    tab = visit()
    tab.goto(HOME)
    heard, held = listen(tab), list[Any]()
    tab.route("**/search/results/?q=budget", lambda route: held.append(route))
    tab.keyboard.press("Control+k")
    with tab.expect_request("**/search/results/?q=budget"):
        field(tab).fill("budget")

    field(tab).fill(world.product.sku)
    wait_for_answer(tab, world.product.sku)
    shown = tab.get_by_role("option").first
    before = shown.inner_text()
    held[0].continue_()
    heard.settle()

    assert shown.inner_text() == before
    assert "budget" not in before.lower()


def test_a_server_that_does_not_answer_is_said(visit, world):
    tab = visit()
    tab.goto(HOME)
    tab.route("**/search/results/**", lambda route: route.abort())

    tab.keyboard.press("Control+k")
    tab.keyboard.type("lamp")

    tab.get_by_text(re.compile("did not answer")).wait_for()


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(("language", "width"), [("en", 1300), ("ar", 1300), ("en", 375), ("ar", 375)])
def test_it_complains_of_nothing_open_empty_full_and_in_vain(language, width, dark, visit, world):
    tab = visit(language=language, width=width, dark=dark)
    heard, found = listen(tab), []
    tab.goto(HOME)
    tab.locator("[data-find-open]").click()
    for typed in ("", "stock", "nothingatall"):
        field(tab).fill(typed)
        wait_for_answer(tab, typed)
        found += [f"{typed}: {each}" for each in (*overflow(tab), *hurdles(tab), *heard)]
        heard.clear()
    tab.goto("/admin/search/?q=stock")
    found += [f"page: {each}" for each in (*overflow(tab), *hurdles(tab), *heard)]
    assert found == [], "\n".join(found)
