"""Pictures in a browser: they really appear, in both directions, on a desk and on a phone, and are asked for once."""

from __future__ import annotations

import pytest
from django.core.signals import request_started

from tests.browser.complaints import hurdles, listen, overflow
from tests.factories import ProductPictureFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWN = "[...document.querySelectorAll('main img, #main img, .tsh-picture img, .tsh-thumb img')]"


def drawn(tab) -> int:
    """How many pictures of products are really there: decoded, not merely named."""
    tab.wait_for_function(f"{DRAWN}.length > 0 && {DRAWN}.every(each => each.complete)")
    return tab.evaluate(f"{DRAWN}.filter(each => each.naturalWidth > 0).length")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [1300, 390])
def test_every_page_of_a_product_shows_its_picture(language, width, visit, world):
    ProductPictureFactory(state="refused", problem="broken", digest="")
    tab = visit("viewer", language, width=width, dark=width == 390)
    heard = listen(tab)
    product = world.productpicture.product
    for page in (
        "/admin/inventory/product/",
        f"/admin/inventory/product/{product.pk}/change/",
        "/admin/inventory/productpicture/",
        f"/admin/inventory/productpicture/{world.productpicture.pk}/change/",
        f"/admin/look-up/?product={product.pk}",
    ):
        tab.goto(page)
        assert drawn(tab) == 1, page
        assert [*heard, *overflow(tab), *hurdles(tab)] == [], page


def test_the_picture_stands_before_the_name_in_both_directions(visit, world):
    places = {}
    for language in ("en", "ar"):
        tab = visit("viewer", language)
        tab.goto("/admin/inventory/product/")
        drawn(tab)
        picture, name = (
            tab.locator(f".tsh-thumbed > {each}").first.bounding_box() for each in (".tsh-thumb", "bdi")
        )
        places[language] = picture["x"] - name["x"]

    assert places["en"] < 0 < places["ar"]


def test_a_picture_that_was_seen_is_not_asked_for_again(visit, world):
    asked = []

    def note(sender, environ, **_rest) -> None:
        if environ["PATH_INFO"].startswith("/admin/pictures/"):
            asked.append(environ["PATH_INFO"])

    request_started.connect(note)
    try:
        tab = visit("viewer")
        for _time in range(2):
            tab.goto("/admin/inventory/product/")
            assert drawn(tab) == 1
    finally:
        request_started.disconnect(note)

    assert asked == [f"/admin/pictures/{world.productpicture.digest}/list/"]
