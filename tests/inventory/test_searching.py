"""Text is found however it is spelt, by its words in any order, an exact code first."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from inventory.models import Customer, PriceList, Product, Warehouse
from inventory.searching import MANY, MOST_BYTES, TooManyWords, folded, found, holding, lines, words_of
from tests.factories import ProductFactory, StockLevelFactory


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        ("كَابِلُ شَحْنٍ", "كابل شحن"),  # vowel signs
        ("سامســـونج", "سامسونج"),  # tatweel
        ("أحمد إبراهيم آلة ٱسم", "احمد ابراهيم اله اسم"),  # alefs, ta marbuta
        ("مصطفى", "مصطفي"),  # alef maqsura
        ("ایران کابل", "ايران كابل"),  # Persian letters
        ("مسؤول مئة", "مسوول ميه"),  # hamza carriers
        ("٠١٢٣٤٥٦٧٨٩", "0123456789"),  # Arabic-Indic
        ("۰۱۲۳۴۵۶۷۸۹", "0123456789"),  # Persian
        ("École Straße ＡＢ", "ecole strasse ab"),  # accents, case, full width
        ("ﻻ", "لا"),  # presentation forms
        ("12\u200f34", "1234"),  # invisible marks that come along with a copied code
        ("  two \n spaces ", "two spaces"),
    ],
)
def test_two_spellings_are_one(stored, typed):
    assert folded(stored) == folded(typed) == typed


def test_letters_that_differ_stay_different():
    assert len({folded(word) for word in ("كتاب", "كباب", "قلم", "علم", "باب", "تاب")}) == 6


def test_a_giant_name_is_cut_to_what_an_index_takes_and_codes_stay():
    told = lines(["4600001", "SKU-1", "\u4e2d" * 5000])

    assert len(told.encode()) <= MOST_BYTES
    assert told.startswith("\n4600001\nsku-1\n")


def test_more_words_than_a_search_takes_are_refused():
    with pytest.raises(TooManyWords):
        words_of("a b c d e f g h i")


def searched(typed: str) -> list[str]:
    rows = Product.objects.order_by("name")
    return [product.name for product in found(rows, words_of(typed), Product)]


@pytest.mark.django_db
def test_every_word_is_wanted_in_any_order_and_any_column():
    ProductFactory(name="كيبل شحن سريع", sku="CB-12")
    ProductFactory(name="كيبل صوت", sku="CB-13")

    assert searched("cb-12 شَحن كيبل") == ["كيبل شحن سريع"]
    assert searched("كيبل") == ["كيبل شحن سريع", "كيبل صوت"]
    assert searched("شحن cb-13") == []


@pytest.mark.django_db
@pytest.mark.parametrize("column", ["sku", "ean", "upc", "external_id"])
def test_an_exact_code_comes_first(column):
    ProductFactory(name="A 1234")
    ProductFactory(name="B", sku="91234")
    ProductFactory(**{"name": "Z", column: "1234"})

    assert searched("١٢٣٤") == ["Z", "A 1234", "B"]


@pytest.mark.django_db
def test_an_exact_code_comes_first_among_very_many():
    first = ProductFactory(name="zz", sku="7")
    Product.objects.bulk_create(
        Product(
            organization=first.organization, external_id=f"x7{n}", name=f"n{n}", synced_at=first.synced_at
        )
        for n in range(MANY + 10)
    )

    assert searched("7")[:2] == ["zz", "n0"]


@pytest.mark.django_db
def test_levels_are_found_by_their_product():
    level = StockLevelFactory(product__name="جهاز", product__sku="J-1")
    StockLevelFactory(product__name="J-11")

    rows = found(type(level).objects.all(), ["j-1"], Product, "product")

    assert [row.product.name for row in rows] == ["جهاز", "J-11"]


@pytest.mark.django_db
@pytest.mark.parametrize("model", [Product, Customer, PriceList, Warehouse])
def test_rows_of_before_are_filled_in_as_they_would_be_now(model):
    """The migration's own list of columns is the model's."""
    migration = import_module("inventory.migrations.0003_search_and_keep_lists")

    assert migration.SEARCHED[model._meta.model_name] == model.SEARCHED


@pytest.mark.django_db
def test_the_migration_fills_every_row():
    migration = import_module("inventory.migrations.0003_search_and_keep_lists")
    products = ProductFactory.create_batch(5)
    wanted = set(Product.objects.values_list("search_text", flat=True))
    Product.objects.update(search_text="")

    migration.fill(apps, SimpleNamespace(connection=connection))

    assert set(Product.objects.values_list("search_text", flat=True)) == wanted
    assert len(wanted) == len(products)


@pytest.mark.django_db
def test_a_search_reads_the_narrow_index_and_no_row():
    ProductFactory.create_batch(300)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE inventory_product")
            cursor.execute("SET LOCAL enable_seqscan = off")  # 300 rows are few enough to be read through
            cursor.execute("SET LOCAL enable_bitmapscan = off")

    plan = holding(Product.objects.order_by(), ["شبكه"]).values_list("pk")[:50].explain()

    assert "product_by_words" in plan
    assert "COVERING INDEX" in plan or "Index Only Scan" in plan
