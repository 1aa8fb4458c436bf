from decimal import Decimal

import pytest

from inventory.pricing import price_of
from tests.factories import NOON, PriceListFactory, PriceListItemFactory, ProductFactory

pytestmark = pytest.mark.django_db


def priced(rate=None, brackets=(), **of_list):
    product = ProductFactory(unit_price=Decimal("12500"))
    price_list = PriceListFactory(**{"currency_code": "USD", "kind": "per_item", **of_list})
    PriceListItemFactory(
        product=product, price_list=price_list, rate=rate, brackets=list(brackets), currency_code="USD"
    )
    return product, price_list


def test_a_price_carries_its_currency_and_its_list():
    product, price_list = priced(Decimal("8.75"))
    price = price_of(product, price_list)
    assert (price.amount, price.currency_code, price.price_list_id) == (Decimal("8.75"), "USD", price_list.pk)


def test_a_product_that_is_not_in_the_list_has_no_price_there():
    _product, price_list = priced(Decimal("8.75"))
    assert price_of(ProductFactory(unit_price=Decimal("12500")), price_list) is None


def test_a_row_without_a_rate_is_no_price_and_not_zero():
    assert price_of(*priced(None)) is None


def test_a_price_of_zero_that_zoho_really_sent_stays_zero():
    assert price_of(*priced(Decimal(0))).amount == 0


@pytest.mark.parametrize("gone", ["product", "price_list", "item"])
def test_nothing_that_left_has_a_price(gone):
    product, price_list = priced(Decimal("8.75"))
    row = {"product": product, "price_list": price_list, "item": price_list.items.get()}[gone]
    row.removed_at = NOON
    row.save()
    assert price_of(product, price_list) is None


BRACKETS = [{"start": "1", "end": "9", "rate": "9.00"}, {"start": "10", "end": None, "rate": "8.10"}]


@pytest.mark.parametrize(
    ("quantity", "amount"),
    [
        ("1", "9.00"),
        ("9", "9.00"),  # the end belongs to the bracket
        ("10", "8.10"),
        ("5000", "8.10"),  # an open end
        ("0.5", None),  # below the first bracket nothing is priced
        ("9.5", None),  # nor between two
    ],
)
def test_brackets_price_by_quantity(quantity, amount):
    price = price_of(*priced(brackets=BRACKETS, scheme="volume"), quantity=Decimal(quantity))
    assert (price and price.amount) == (amount and Decimal(amount))


@pytest.mark.parametrize(
    ("base", "percentage", "is_increase", "rounding", "decimals", "amount"),
    [
        ("12500", "10", True, "no_rounding", 0, "13750"),
        ("12500", "10", False, "no_rounding", 0, "11250"),
        ("9.99", "15", True, "no_rounding", 2, "11.49"),  # 11.4885
        ("9.99", "15", True, "round_to_dollor", 2, "11"),  # Zoho's own misspelling
        ("9.99", "15", True, "round_to_dollar", 2, "11"),
        ("9.99", "15", True, "round_to_dollar_minus_01", 2, "10.99"),
        ("9.99", "15", True, "round_to_half_dollar", 2, "11.5"),
        ("9.99", "15", True, "round_to_half_dollar_minus_01", 2, "11.49"),
        ("9.99", "15", True, "round_to_something_new", 2, None),  # unknown: no guess
        (None, "15", True, "no_rounding", 2, None),  # no base price
        ("9.99", None, True, "no_rounding", 2, None),
        ("9.99", "15", None, "no_rounding", 2, None),  # up or down?
    ],
)
def test_a_percentage_list_prices_by_its_own_rule(base, percentage, is_increase, rounding, decimals, amount):
    product = ProductFactory(unit_price=base and Decimal(base))
    price_list = PriceListFactory(
        kind="fixed_percentage",
        currency_code="",
        percentage=percentage and Decimal(percentage),
        is_increase=is_increase,
        rounding_type=rounding,
        decimal_places=decimals,
    )
    price = price_of(product, price_list)
    assert (price and price.amount) == (amount and Decimal(amount))
    assert price is None or price.currency_code == "IQD"


def test_a_percentage_never_crosses_currencies():
    product = ProductFactory(unit_price=Decimal("12500"))
    price_list = PriceListFactory(
        kind="fixed_percentage", currency_code="USD", percentage=Decimal(10), is_increase=True
    )
    assert price_of(product, price_list) is None
