"""Every page of the admin, in both languages, light and dark, on a desk and on a phone."""

from __future__ import annotations

import pytest

from tests.access.matrix import Row, rooms
from tests.browser.complaints import hurdles, listen, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = {
    "english": {"language": "en"},
    "arabic": {"language": "ar"},
    "english-phone-dark": {"language": "en", "width": 375, "dark": True},
    "arabic-phone-dark": {"language": "ar", "width": 375, "dark": True},
}
PARTS = 3  # so that no worker has much left to do when the others have ended
ADDRESSES_OF_SCRIPTS = (
    "jsi18n",
    "autocomplete",
    "admin/search/results/",
    "/live",
    "progress",
)  # answers to a page


def pages() -> list[Row]:
    """What an administrator can look at."""
    return [
        row
        for rows in rooms().values()
        for row in rows
        if row.route.startswith("admin/")
        and row.method == "GET"
        and row.expected()["administrator"] == 200
        and not any(word in row.route for word in ADDRESSES_OF_SCRIPTS)
    ]


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("part", range(PARTS))
def test_no_page_complains_or_overflows_or_keeps_anybody_out(part, look, visit, world):
    tab = visit(**LOOKS[look])
    heard, found = listen(tab), []
    for row in pages()[part::PARTS]:
        answer = tab.goto(row.address(world))
        if "text/html" not in answer.headers["content-type"]:
            continue
        heard.settle()
        wrong = [*overflow(tab), *hurdles(tab), *heard]
        found += [f"{row.address(world)}: {each}" for each in wrong]
        heard.clear()
    assert found == [], "\n".join(found)
