"""Who is drawn: everybody with the same chance, whatever the gaps between the keys."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inventory.models import Customer, Product
from tests.factories import CustomerFactory, OrganizationFactory, PriceListFactory, ProductFactory
from zoho_sync.models import TruthCheck
from zoho_sync.truth import sampling
from zoho_sync.truth.sampling import draw, draw_ids

pytestmark = pytest.mark.django_db


def products(count: int, **more) -> list[Product]:
    organization = OrganizationFactory()
    known = Product.objects.count()
    rows = [
        ProductFactory.build(
            organization=organization, external_id=f"p{known + n}", synced_at=timezone.now(), **more
        )
        for n in range(count)
    ]
    return Product.objects.bulk_create(rows)


def drawn(times: int, of_each: int) -> Counter:
    chance = random.Random(11)
    return Counter(key for _n in range(times) for key in draw_ids(Product.objects.live(), of_each, chance))


@pytest.mark.parametrize("kept", ["most", "few"])
def test_each_record_is_drawn_as_often_as_the_others(kept):
    """Pearson's chi-squared, with the bound that one honest draw in a thousand passes."""
    rows = products(20) if kept == "most" else products(1000)[::50]
    gone = rows[3::4] if kept == "most" else []  # gaps draw the one behind them no oftener
    Product.objects.exclude(pk__in=[each.pk for each in rows]).update(removed_at=timezone.now())
    Product.objects.filter(pk__in=[each.pk for each in gone]).delete()
    live = Product.objects.live().count()

    found = drawn(400, 3)

    assert sum(found.values()) == 1200
    expected, bound = 1200 / live, {15: 36.1, 20: 43.8}[live]
    squares = (found[each.external_id] - expected for each in Product.objects.live())
    assert sum(each**2 / expected for each in squares) < bound


def test_nobody_is_drawn_twice_at_once():
    products(30)

    found = draw_ids(Product.objects.live(), 25)

    assert len(set(found)) == len(found) == 25


def test_who_wants_more_than_there_are_gets_all():
    products(7)

    assert sorted(draw_ids(Product.objects.live(), 5000)) == sorted(f"p{n}" for n in range(7))


def test_a_draw_among_many_reads_few_rows():
    products(400)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        assert len(draw_ids(Product.objects.live(), 10)) == 10

    assert len(asked) <= 2 + sampling._ROUNDS
    assert not any("RANDOM" in each["sql"].upper() for each in asked)


def world(products_count: int, customers_count: int, lists: int = 0):
    """Products and customers, and so many price lists."""
    rows = products(products_count)
    organization = rows[0].organization
    made = [
        CustomerFactory.build(organization=organization, external_id=f"c{n}", synced_at=timezone.now())
        for n in range(customers_count)
    ]
    Customer.objects.bulk_create(made)
    PriceListFactory.create_batch(lists)
    return organization


def test_products_and_customers_come_in_their_proportion():
    organization = world(75, 25)
    chance = random.Random(5)

    some = [draw(organization, 10, 1000, chance) for _n in range(60)]

    assert {len(each) for each in some} == {10}
    customers = [len(each.customers) for each in some]
    assert set(customers) == {2, 3}  # of 2.5
    assert 130 <= sum(customers) <= 170


def test_few_calls_mean_fewer_of_both():
    organization = world(60, 60)

    found = draw(organization, 40, 6)

    assert found.calls <= 6
    assert abs(len(found.products) - len(found.customers)) <= 1
    assert len(found.customers) in (4, 5)


def test_one_call_is_spent_on_one_record():
    assert len(draw(world(5, 5), 20, 1)) == 1


def test_of_price_lists_one_is_drawn_unless_one_was_in_this_hour():
    organization = world(5, 5, lists=3)

    assert len(draw(organization, 10, 100).price_lists) == 1
    TruthCheck.objects.create(
        organization=organization,
        entity="price_lists",
        external_id="1",
        checked_at=timezone.now(),
        verdict="equal",
    )
    assert draw(organization, 10, 100).price_lists == ()


def test_another_organisations_records_are_not_drawn():
    organization = world(5, 5)
    other = ProductFactory(organization=OrganizationFactory(external_id="999"))

    assert other.external_id not in draw(organization, 100, 1000).products
