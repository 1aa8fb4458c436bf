"""Lists as staff use them: found by words, filtered in words, kept under names, with the columns that each wants."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import quote

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.admin.changelists import MOST_COUNTED
from inventory.models import ChosenColumns, Product, SavedView
from tests.factories import (
    CustomerFactory,
    OrganizationFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db

LIST = "/admin/inventory/product/"


def person(*permissions: str):
    """Staff who may look at the catalogue, and has these permissions of it besides."""
    user = UserFactory(is_staff=True)
    of_inventory = Permission.objects.filter(content_type__app_label="inventory")
    user.user_permissions.set(of_inventory.filter(codename__startswith="view_"))
    user.user_permissions.add(*of_inventory.filter(codename__in=permissions))
    return user


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def viewer() -> Client:
    return signed_in(person())


@pytest.fixture
def rows(viewer):
    """rows("customer/?q=x") → what the rows' first column says."""

    def ask(address: str) -> list[str]:
        answer = viewer.get(f"/admin/inventory/{address}")
        assert answer.status_code == 200, answer.headers
        return [str(row) for row in answer.context["cl"].result_list]

    return ask


# --- Search ------------------------------------------------------------------------------------------


def test_products_are_found_however_their_name_is_spelt_and_by_every_code(rows):
    ProductFactory(name="كَابِلُ شَحْنٍ أصلـي", sku="CB-1", ean="6291041500213", external_id="4600001")
    ProductFactory(name="غير ذلك", sku="", external_id="9")

    for typed in ("كابل اصلي", "اصلى كابل", "cb-1", "CB-1", "٦٢٩١٠٤١٥٠٠٢١٣", "4600001"):
        assert rows(f"product/?q={quote(typed)}") == ["كَابِلُ شَحْنٍ أصلـي"], typed


def test_customers_lists_prices_and_levels_are_found_alike(rows):
    CustomerFactory(name="مُحَمَّد", phone="0770123")
    organization = OrganizationFactory()
    PriceListFactory(name="جُملة", organization=organization, currency_code="")
    StockLevelFactory(product__name="other")
    PriceListItemFactory(product__name="other")
    StockLevelFactory(product__name="آلة", product__sku="A-1")
    PriceListItemFactory(product__name="أداة", product__sku="WX-1")

    assert rows(f"customer/?q={quote('محمد ٠٧٧٠')}") == ["مُحَمَّد"]
    assert rows(f"pricelist/?q={quote('جملة')}") == ["جُملة"]
    assert len(rows(f"stocklevel/?q={quote('اله')}")) == 1
    assert len(rows("pricelistitem/?q=wx-1")) == 1


def test_too_many_words_are_told_of(viewer):
    answer = viewer.get(f"{LIST}?q=a+b+c+d+e+f+g+h+i")

    assert "At most 8 words" in answer.content.decode()


# --- Filters in words --------------------------------------------------------------------------------


def test_products_by_what_staff_ask(rows):
    shop = StockLevelFactory(product__name="some", warehouse__sells=True, available_for_sale=3, on_hand=3)
    StockLevelFactory(
        product__name="none", warehouse=shop.warehouse, available_for_sale=0, on_hand=-2, product__sku=""
    )
    today = timezone.now()
    Product.objects.filter(name="some").update(unit_price=None, source_modified_at=today)
    Product.objects.filter(name="none").update(unit_price=0, source_modified_at=today - timedelta(days=30))

    for query, wanted in (
        ("stock=some", ["some"]),
        ("stock=none", ["none"]),
        ("stock=negative", ["none"]),
        ("stock=unknown", []),
        ("has_sku=yes", ["some"]),
        ("has_sku=no", ["none"]),
        ("price=no", ["some"]),
        ("price=zero", ["none"]),
        ("changed=today", ["some"]),
        ("changed=week", ["some"]),
        ("changed=yesterday", []),
    ):
        assert rows(f"product/?{query}") == wanted, query


def test_customers_by_what_staff_ask(rows):
    CustomerFactory(name="owes", receivable=5, phone="1")
    CustomerFactory(name="even", receivable=0, phone="", mobile="")

    assert rows("customer/?owes=yes") == rows("customer/?has_phone=yes") == ["owes"]
    assert rows("customer/?owes=no") == rows("customer/?has_phone=no") == ["even"]


# --- Pages -------------------------------------------------------------------------------------------


def many(count: int) -> None:
    first = ProductFactory(name="0")
    Product.objects.bulk_create(
        Product(
            organization=first.organization,
            external_id=f"n{number}",
            name=f"{number:05}",
            synced_at=first.synced_at,
        )
        for number in range(1, count)
    )


@pytest.mark.slow
def test_a_long_list_is_not_counted_to_its_end_and_every_page_is_reached(viewer):
    many(MOST_COUNTED + 200)

    first = viewer.get(LIST)
    size = first.context["cl"].list_per_page
    last = (MOST_COUNTED + 199) // size + 1
    end = viewer.get(f"{LIST}?p={last}")

    assert "More than 10,000 products" in first.content.decode()
    assert str(first.context["cl"].result_count) == "10,000+"  # as in "Select all 10,000+ products"
    assert [row.name for row in end.context["cl"].result_list][-1] == f"{MOST_COUNTED + 199:05}"
    assert f"{MOST_COUNTED + 200:,} products" in end.content.decode()
    assert viewer.get(f"{LIST}?p={last + 1}").status_code == 302


def test_the_lists_of_a_company_of_our_size_say_how_many_there_are(viewer):
    many(2200)

    page = viewer.get(LIST).content.decode()

    assert "2,200 products" in page
    assert "More than" not in page


def test_a_page_of_a_long_list_costs_as_many_queries_wherever_it_is(viewer):
    many(400)
    viewer.get(LIST)

    def queries(address: str) -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            viewer.get(address)
        return [query["sql"] for query in captured.captured_queries]

    first, fifth = queries(LIST), queries(f"{LIST}?p=5")

    assert len(first) == len(fifth) == 8
    assert not any(sql.startswith("SELECT COUNT") and "LIMIT" not in sql for sql in first)


# --- Columns -----------------------------------------------------------------------------------------


def columns(client: Client, query: str = "") -> list[str]:
    shown = client.get(f"{LIST}{query}").context["cl"].list_display
    return [each if isinstance(each, str) else each.__name__ for each in shown if each != "action_checkbox"]


def test_columns_are_chosen_by_each_for_himself_and_remembered(viewer):
    ProductFactory(brand="Ugreen", purchase_price=3)
    usual = columns(viewer)

    answer = viewer.post(
        f"{LIST}columns/?q=x&o=1", {"column": ["brand", "code_sku", "purchase_price", "nonsense"]}
    )

    assert answer["Location"] == f"{LIST}?q=x"
    assert columns(viewer) == ["title", "code_sku", "brand", "purchase_price"]
    assert "Ugreen" in viewer.get(LIST).content.decode()
    assert columns(signed_in(person())) == usual
    viewer.post(f"{LIST}columns/", {"usual": "yes"})
    assert columns(viewer) == usual
    assert not ChosenColumns.objects.exists()


@pytest.mark.parametrize(
    "model", ["product", "customer", "pricelist", "pricelistitem", "stocklevel", "warehouse"]
)
def test_every_column_can_be_shown_and_exported(model):
    StockLevelFactory(asset_value=3)
    PriceListItemFactory()
    CustomerFactory(credit_limit=5)
    client = signed_in(person(f"export_{model}"))
    offered = [name for name, *_rest in client.get(f"/admin/inventory/{model}/").context["bar"]["columns"]]
    client.post(f"/admin/inventory/{model}/columns/", {"column": offered})

    page = client.get(f"/admin/inventory/{model}/")
    file = b"".join(client.post(f"/admin/inventory/{model}/export/csv/"))

    assert page.status_code == 200
    assert len(page.context["cl"].list_display) >= len(offered)
    assert file.count(b"\n") == 1 + len(page.context["cl"].result_list) > 1


# --- Views -------------------------------------------------------------------------------------------


def test_a_view_keeps_filters_order_and_columns(viewer):
    ProductFactory(name="a", sku="")
    viewer.post(f"{LIST}columns/", {"column": ["brand"]})

    answer = viewer.post(f"{LIST}views/?has_sku=no&o=-0&p=3", {"name": " No  code "})

    view = SavedView.objects.get()
    assert (view.name, view.query, view.columns) == ("No code", "has_sku=no&o=-title", ["title", "brand"])
    viewer.post(f"{LIST}columns/", {"usual": "yes"})
    assert columns(viewer, f"?{answer['Location'].partition('?')[2]}") == ["title", "brand"]
    page = viewer.get(answer["Location"])
    assert [tab.title for tab in page.context["bar"]["tabs"] if tab.is_current] == ["No code"]
    assert [row.name for row in page.context["cl"].result_list] == ["a"]


def test_a_view_orders_by_the_same_column_for_those_who_have_a_box_to_tick(viewer):
    """Which moves every column by one place."""
    boss = person("share_savedview")
    boss.user_permissions.add(Permission.objects.get(codename="start_syncrun"))
    boss = signed_in(boss)

    boss.post(f"{LIST}views/?o=-2.1", {"name": "by code", "share": "yes"})

    def order(client) -> str:
        return client.get(LIST).context["bar"]["tabs"][1].url.partition("o=")[2].partition("&")[0]

    assert SavedView.objects.get().query == "o=-code_sku.title"
    assert (order(boss), order(viewer)) == ("-2.1", "-1.0")


def test_keeping_a_view_again_under_its_name_replaces_it(viewer):
    viewer.post(f"{LIST}views/?q=a", {"name": "mine"})
    viewer.post(f"{LIST}views/?q=b", {"name": "mine"})

    assert list(SavedView.objects.values_list("query", flat=True)) == ["q=b"]


def test_a_view_is_its_owners_until_it_is_shared(viewer):
    boss = signed_in(person("share_savedview"))
    boss.post(f"{LIST}views/?q=secret", {"name": "private"})
    boss.post(f"{LIST}views/?q=open", {"name": "for all", "share": "yes"})

    def seen(client) -> list[str]:
        return [tab.title for tab in client.get(LIST).context["bar"]["tabs"]][1:]

    assert seen(viewer) == ["for all"]
    assert seen(boss) == ["for all", "private"]


def test_only_who_may_share_shares_and_removes_what_others_shared(viewer):
    assert viewer.post(f"{LIST}views/", {"name": "x", "share": "yes"}).status_code == 403
    boss, other = signed_in(person("share_savedview")), signed_in(person("share_savedview"))
    boss.post(f"{LIST}views/", {"name": "for all", "share": "yes"})
    view = SavedView.objects.get()

    assert viewer.post(f"{LIST}views/{view.pk}/remove/").status_code == 403
    assert other.post(f"{LIST}views/{view.pk}/remove/").status_code == 302
    assert not SavedView.objects.exists()


def test_a_view_without_a_name_is_refused_in_words(viewer):
    answer = viewer.post(f"{LIST}views/?q=a", {"name": "   "}, follow=True)

    assert "needs a name" in answer.content.decode()
    assert not SavedView.objects.exists()
