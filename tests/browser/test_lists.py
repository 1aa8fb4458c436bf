"""Lists in a browser: the bar above them by keyboard, and what it opens keeps nobody out."""

from __future__ import annotations

import pytest

from inventory.models import ChosenColumns, SavedView
from tests.browser.complaints import hurdles, listen, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LIST = "/admin/inventory/product/"


@pytest.mark.parametrize(("language", "width"), [("en", 1300), ("ar", 1300), ("en", 375), ("ar", 375)])
def test_every_list_with_its_menus_open_complains_of_nothing(language, width, visit, world):
    tab = visit(language=language, width=width)
    heard, found = listen(tab), []
    for kind in ("product", "customer", "pricelist", "pricelistitem", "stocklevel", "warehouse"):
        tab.goto(f"/admin/inventory/{kind}/")
        for place in range(3):
            menu = tab.locator(".tsh-menu").nth(place)
            menu.locator("summary").click()
            found += [f"{kind} {place}: {each}" for each in (*heard, *overflow(tab), *hurdles(tab))]
            menu.locator("summary").click()
            heard.clear()
    assert found == [], "\n".join(found)


def test_a_view_is_kept_columns_are_chosen_and_a_file_is_taken_by_keyboard(visit, world):
    tab = visit()
    tab.goto(f"{LIST}?has_sku=yes")
    keep, columns, export = (tab.locator(".tsh-menu").nth(place) for place in range(3))

    columns.locator("summary").press("Enter")
    columns.get_by_label("Brand").press("Space")
    with tab.expect_navigation(url="**has_sku=yes"):  # the same address again
        columns.get_by_role("button", name="Show these columns").press("Enter")
    assert "brand" in ChosenColumns.objects.get().columns

    keep.locator("summary").press("Enter")
    tab.get_by_label("Name of the view").fill("With a code")
    keep.get_by_role("button", name="Keep the view").press("Enter")
    tab.wait_for_url("**view=**")
    assert tab.locator(".tsh-tab[aria-current]").inner_text() == "With a code"
    assert SavedView.objects.get().query == "has_sku=yes"

    export.locator("summary").press("Enter")
    with tab.expect_download() as awaited:
        export.get_by_role("button", name="Export as CSV").press("Enter")
    assert awaited.value.suggested_filename.endswith(".csv")

    keep.locator("summary").press("Enter")
    tab.on("dialog", lambda dialog: dialog.accept())
    with tab.expect_navigation():
        keep.get_by_role("button", name="Remove").press("Enter")
    assert not SavedView.objects.exists()
