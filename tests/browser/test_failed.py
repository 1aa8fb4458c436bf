"""The page of an error, as people see it."""

from __future__ import annotations

import pytest

from tests.browser.complaints import hurdles, overflow

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(
    "look",
    [{}, {"language": "ar"}, {"dark": True, "width": 375}, {"language": "ar", "dark": True, "width": 375}],
)
def test_an_error_is_a_page_like_the_others(look, visit):
    tab = visit(**look)
    tab.goto("/admin/nothing/")
    assert (overflow(tab), hurdles(tab)) == ([], [])
    assert tab.evaluate("document.dir") == ("rtl" if look.get("language") == "ar" else "ltr")
    with tab.expect_navigation():
        tab.click(".actions a")
    assert tab.url.endswith("/admin/")
