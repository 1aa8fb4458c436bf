"""Looking up stock and prices: who is found, whose price is told, how old it is, and what it costs."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from inventory.models import ChosenPriceList
from tests.access.conftest import permitted
from tests.factories import (
    NOON,
    CustomerFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockCheckFactory,
    StockLevelFactory,
    UserFactory,
    WarehouseFactory,
)

pytestmark = pytest.mark.django_db
URL = "/admin/look-up/"


@pytest.fixture
def salesman(client) -> Client:
    client.force_login(permitted("inventory.look_up_product"))
    return client


def shown(client, **asked) -> str:
    answer = client.get(URL, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", answer.content.decode().split('class="tsh-look"')[1])


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def card(html: str) -> str:
    return words(html.split("<article")[1].split("</article>")[0])


# --- Who may, and what the address may say ------------------------------------------------------------


def test_staff_without_the_permission_see_nothing_and_with_it_alone_see_this(client, salesman):
    client.force_login(UserFactory())
    assert client.get(URL).status_code == 403
    assert client.post(f"{URL}price-list/", {"price_list": ""}).status_code == 403


def test_what_the_address_says_in_vain_is_refused_by_name(salesman):
    answer = salesman.get(URL, {"q": "x", "colour": "red"})
    assert answer.status_code == 400
    assert "This page does not know: colour." in answer.content.decode()
    assert salesman.get(URL, {"product": "first"}).status_code == 400


def test_nothing_can_be_changed_here(salesman):
    assert salesman.post(URL, {"q": "x"}).status_code == 405


def test_the_camera_is_open_to_this_page_alone(salesman):
    assert salesman.get(URL).headers["Permissions-Policy"].startswith("camera=(self),")
    assert salesman.get("/admin/").headers["Permissions-Policy"].startswith("camera=(),")
    assert "media-src" not in salesman.get(URL).headers["Content-Security-Policy"]


# --- What is found -----------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["RARE 7", "rare 7", "6291041500213", "٦٢٩١٠٤١٥٠٠٢١٣", "51999", " 51999 "])
def test_a_code_that_is_exact_opens_the_product_at_once(salesman, typed):
    ProductFactory(name="Wanted", sku="RARE 7", ean="6291041500213", external_id="51999")
    ProductFactory(name="Another RARE 7 of 51999 and 6291041500213 more")
    assert "Wanted" in card(shown(salesman, q=typed))


def test_arabic_is_found_however_it_is_spelt(salesman):
    ProductFactory(name="شاحن إلكتروني أبيض")
    ProductFactory(name="كيبل")
    assert "شاحن" in card(shown(salesman, q="شاحن الكترونى ابيض"))


def test_several_are_listed_exact_ones_first_and_each_leads_to_its_card(salesman):
    ProductFactory(name="A cable of X1 make")
    twins = [ProductFactory(name=f"Twin {each}", sku="X1") for each in "ab"]
    listed = shown(salesman, q="x1")
    names = re.findall(r'<bdi dir="auto">(.*?)</bdi></strong>', listed)
    assert names == ["Twin a", "Twin b", "A cable of X1 make"]
    assert f'href="?q=x1&amp;product={twins[0].pk}"' in listed
    assert "Twin a" in card(shown(salesman, q="x1", product=twins[0].pk))


def test_what_else_matches_an_exact_code_is_one_press_away(salesman):
    ProductFactory(name="Wanted", sku="X1")
    ProductFactory(name="A cable of X1 make")
    assert 'href="?q=x1&amp;others=yes"' in shown(salesman, q="x1")
    listed = shown(salesman, q="x1", others="yes")
    assert re.findall(r'<bdi dir="auto">(.*?)</bdi></strong>', listed) == ["Wanted", "A cable of X1 make"]


def test_more_than_a_list_holds_is_said(salesman):
    for number in range(21):
        ProductFactory(name=f"Cable {number}")
    listed = shown(salesman, q="cable")
    assert listed.count("<li><a") == 20
    assert "More match than are shown." in listed


@pytest.mark.parametrize("fact", [{"removed_at": NOON}, {"is_hidden": True}])
def test_what_has_left_or_is_hidden_is_not_offered(salesman, fact):
    product = ProductFactory(sku="GONE", **fact)
    assert "Nothing was found." in shown(salesman, q="GONE")
    assert "cannot be looked up" in shown(salesman, product=product.pk)


def test_an_inactive_product_says_so(salesman):
    ProductFactory(sku="OLD", is_active=False)
    assert "inactive" in card(shown(salesman, q="OLD"))


def test_too_many_words_are_refused_in_words(salesman):
    assert "At most 8 words" in shown(salesman, q="a b c d e f g h i")


def test_what_was_typed_is_text_and_nothing_else(salesman):
    assert "<script>" not in shown(salesman, q="<script>alert(1)</script>")


# --- Stock -------------------------------------------------------------------------------------------


def test_the_card_tells_each_selling_warehouse_and_not_the_others(salesman):
    product = ProductFactory(sku="S1", name="Cable")
    for name, sells, quantity in (("Main", True, 3), ("Shop", True, -1), ("Depot", False, 500)):
        place = WarehouseFactory(name=name, sells=sells)
        StockLevelFactory(product=product, warehouse=place, available_for_sale=Decimal(quantity))
    StockCheckFactory(product=product)
    told = card(shown(salesman, q="S1"))
    assert re.search(r"Sellable 2 .*Main 3 Shop -1", told)
    assert "Depot" not in told and "500" not in told
    assert "Verified at the source:" in told and "ago" in told


def test_a_figure_that_is_not_known_is_a_dash_with_its_reason(salesman):
    product = ProductFactory(sku="S1")
    StockLevelFactory(
        product=product, warehouse=WarehouseFactory(name="Main", sells=True), available_for_sale=None
    )
    told = card(shown(salesman, q="S1"))
    assert "Sellable —" in told and "The figure is not known in: Main." in told
    assert "Verified at the source: not read yet" in told


# --- Prices ------------------------------------------------------------------------------------------


def choose(client, price_list) -> None:
    assert client.post(f"{URL}price-list/", {"price_list": price_list.pk, "q": "S1"}).status_code == 302


def test_the_price_is_that_of_the_chosen_list_with_its_currency_and_is_remembered(salesman):
    product = ProductFactory(sku="S1", unit_price=Decimal(99999))
    dear, cheap = PriceListFactory(name="Dear"), PriceListFactory(name="Cheap", detail_at=NOON)
    for price_list, rate in ((dear, "20"), (cheap, "8.5")):
        PriceListItemFactory(product=product, price_list=price_list, rate=Decimal(rate))
    assert "Choose a price list above" in card(shown(salesman, q="S1"))

    choose(salesman, cheap)

    told = card(shown(salesman, q="S1"))
    assert "8.50 USD" in told and "20" not in told.split("Cheap")[1].split("Prices read")[0]
    assert "99,999" not in told
    assert re.search(r"Prices read: .* ago", told)
    assert ChosenPriceList.objects.get().price_list == cheap


def test_a_list_without_a_price_never_shows_another_one(salesman):
    ProductFactory(sku="S1", unit_price=Decimal(99999))
    choose(salesman, PriceListFactory(name="Empty"))
    told = card(shown(salesman, q="S1"))
    assert "This list has no price for it." in told
    assert "99,999" not in told and " 0 " not in told.split("Empty")[1]


def test_prices_by_quantity_are_told_bracket_by_bracket(salesman):
    product, price_list = ProductFactory(sku="S1"), PriceListFactory()
    brackets = [{"start": "1", "end": "9", "rate": "9"}, {"start": "10", "end": None, "rate": "8.10"}]
    PriceListItemFactory(product=product, price_list=price_list, rate=None, brackets=brackets)
    choose(salesman, price_list)
    told = card(shown(salesman, q="S1"))
    assert "9.00 USD by quantity" in told and "10 – … : 8.10 USD" in told  # of one piece; of ten and more


def test_a_percentage_list_is_reckoned_from_the_base_price(salesman):
    ProductFactory(sku="S1", unit_price=Decimal(1000))
    choose(
        salesman,
        PriceListFactory(
            kind="fixed_percentage", percentage=Decimal(10), is_increase=False, currency_code="IQD"
        ),
    )
    assert "900 IQD" in card(shown(salesman, q="S1"))


def test_lists_of_purchases_and_lists_that_are_gone_are_not_offered(salesman):
    PriceListFactory(name="Of purchases", direction="purchases")
    PriceListFactory(name="Switched off", is_active=False)
    gone = PriceListFactory(name="Gone")
    choose(salesman, gone)
    type(gone).objects.filter(pk=gone.pk).update(removed_at=NOON)
    told = shown(salesman)
    assert all(name not in told for name in ("Of purchases", "Switched off", "Gone"))
    answer = salesman.post(f"{URL}price-list/", {"price_list": gone.pk}, follow=True)
    assert "There is no such price list any more." in answer.content.decode()


def test_choosing_none_forgets_the_list_and_each_person_has_his_own(salesman):
    price_list = PriceListFactory()
    other = Client()
    other.force_login(permitted("inventory.look_up_product"))
    choose(salesman, price_list)
    assert "selected" not in shown(other)
    assert "selected" in shown(salesman)
    salesman.post(f"{URL}price-list/", {"price_list": ""})
    assert not ChosenPriceList.objects.exists()


def test_whoever_may_see_customers_chooses_by_the_customer(client, salesman):
    price_list = PriceListFactory(name="Dealers")
    CustomerFactory(name="مخزن النور", mobile="+964 770 000", price_list=price_list, detail_at=NOON)
    assert "مخزن" not in shown(salesman, customer="مخزن")

    client.force_login(permitted("inventory.look_up_product", "inventory.view_customer"))
    told = shown(client, customer="مخزن", q="S1")
    assert "مخزن النور" in told and f'name="price_list" value="{price_list.pk}"' in told


def test_a_customer_whose_detail_was_not_read_lends_no_list(client, salesman):
    CustomerFactory(name="New one", detail_at=None)
    client.force_login(permitted("inventory.look_up_product", "inventory.view_customer"))
    told = shown(client, customer="New")
    assert "price list not read yet" in told and 'name="price_list" value="' not in told


# --- What it costs -----------------------------------------------------------------------------------


def queries(client, **asked) -> int:
    with CaptureQueriesContext(connection) as captured:
        shown(client, **asked)
    assert not [each["sql"] for each in captured if 'payload"' in each["sql"].split(" WHERE ")[0]]
    return len(captured)


def test_a_look_up_asks_the_database_as_often_for_twenty_as_for_one(salesman):
    price_list, place = PriceListFactory(), WarehouseFactory(sells=True)

    def stocked(number: int) -> None:
        product = ProductFactory(name=f"Cable {number}", sku=f"C-{number}")
        StockLevelFactory(product=product, warehouse=place)
        StockCheckFactory(product=product)
        PriceListItemFactory(product=product, price_list=price_list)

    stocked(0)
    choose(salesman, price_list)
    shown(salesman)  # what a process asks once
    assert queries(salesman, q="C-0") == 9
    for number in range(1, 25):
        stocked(number)
    assert queries(salesman, q="cable") == 10  # exact ones first, then the others
    assert queries(salesman, q="C-7") == 9


def test_the_page_of_twenty_is_light(salesman):
    for number in range(25):
        ProductFactory(name=f"Cable {number}")
    answer = salesman.get(URL, {"q": "cable"}, headers={"Accept-Encoding": "identity"})
    assert len(answer.content) < 100_000
