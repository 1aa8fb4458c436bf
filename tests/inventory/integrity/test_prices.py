"""Prices: missing, under cost, out of step with their twins, jumped, or never meant."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from inventory.integrity import runs
from inventory.integrity.rates import Rate, bare_name, pairs, rate_of, told_rate
from tests.document_factories import DAY as DAY_TOLD
from tests.document_factories import CurrencyFactory
from tests.factories import (
    NOON,
    OrganizationFactory,
    PriceChangeFactory,
    PriceListFactory,
    PriceListItemFactory,
    ProductFactory,
    StockLevelFactory,
)

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def price(product, price_list, rate, **columns) -> None:
    PriceListItemFactory(
        product=product, price_list=price_list, rate=None if rate is None else Decimal(rate), **columns
    )


@pytest.fixture
def dollars(db):
    return PriceListFactory(name="Wholesale USD", currency_code="USD")


@pytest.fixture
def dinars(db):
    return PriceListFactory(name="Wholesale (IQD)", currency_code="IQD")


@pytest.fixture
def ten(dollars, dinars) -> list:
    """Ten products whose twins agree at 1,300 dinars for a dollar."""
    products = [ProductFactory(name=f"Cable {number}") for number in range(10)]
    for number, product in enumerate(products, start=10):
        price(product, dollars, number)
        price(product, dinars, number * 1300)
    return products


# --- Missing -----------------------------------------------------------------------------------------


def test_what_is_in_stock_and_has_no_price_is_told_with_the_lists(said, dollars, dinars):
    for number in range(4):
        product = StockLevelFactory(warehouse__sells=True, on_hand=1, product__name=f"Cable {number}").product
        price(product, dollars, None if number == 3 else 5)
        if number < 2:
            price(product, dinars, 6500)

    assert said("unpriced_stock") == [
        "Cable 2 is in stock and has no price in this list: Wholesale (IQD).",
        "Cable 3 is in stock and has no price in these lists: Wholesale USD, Wholesale (IQD).",
    ]
    # A list that prices half of what is in stock is no list for everything then.
    assert said("unpriced_stock", percent="60") == [
        "Cable 3 is in stock and has no price in this list: Wholesale USD."
    ]


# --- Under cost --------------------------------------------------------------------------------------


def test_a_price_under_cost_is_told_in_its_list_and_of_the_product_itself(said, dinars):
    product = ProductFactory(name="Cable", unit_price=900, purchase_price=1000)
    price(product, dinars, 999)
    same = ProductFactory(unit_price=1000, purchase_price=1000)
    price(same, dinars, 1000)

    assert said("under_cost") == [
        "The base price of Cable is 900 IQD; it was bought for 1,000 IQD.",
        "Cable is sold for 999 IQD in Wholesale (IQD); it was bought for 1,000 IQD.",
    ]
    assert len(said("under_cost", percent="1")) == 1
    assert said("under_cost", percent="10") == []


def test_dollars_are_compared_at_the_rate_and_the_rate_is_told(said, set_of, dollars):
    product = ProductFactory(name="Cable", purchase_price=14000)
    price(product, dollars, 10)
    assert said("under_cost") == ["The base price of Cable is 12,500 IQD; it was bought for 14,000 IQD."]

    set_of("twin_prices", rate="1310")
    assert said("under_cost")[1] == (
        "Cable is sold for 10.00 USD in Wholesale USD; it was bought for 14,000 IQD. "
        "Rate: 1.00 USD = 1,310 IQD, as an administrator has set it."
    )
    set_of("twin_prices", rate="1400")
    assert len(said("under_cost")) == 1


def test_the_lowest_of_the_prices_by_quantity_counts(said, dinars):
    product = ProductFactory(name="Cable", purchase_price=1000)
    brackets = [{"start": "1", "end": "9", "rate": "1200"}, {"start": "10", "end": None, "rate": "950"}]
    price(product, dinars, None, brackets=brackets)

    assert said("under_cost") == [
        "Cable is sold for 950 IQD in Wholesale (IQD); it was bought for 1,000 IQD."
    ]


def test_what_a_percentage_list_makes_of_the_base_price_counts(said):
    PriceListFactory(
        name="Friends", kind="fixed_percentage", percentage=20, is_increase=False, currency_code="IQD"
    )
    ProductFactory(name="Cable", unit_price=1000, purchase_price=900)
    ProductFactory(name="Plug", unit_price=1000, purchase_price=800)

    assert said("under_cost") == ["Cable is sold for 800 IQD in Friends; it was bought for 900 IQD."]


# --- Twins -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Wholesale USD", "wholesale"),
        ("Wholesale (IQD)", "wholesale"),
        ("جملة دولار", "جمله"),
        ("جملة - دينار", "جمله"),
    ],
)
def test_a_name_without_the_words_of_currencies(name, bare):
    assert bare_name(PriceListFactory.build(name=name, organization=None)) == bare


def test_twins_are_known_by_their_names_and_where_there_are_three_nobody_can_say(dollars, dinars):
    organization = OrganizationFactory()
    (pair,) = pairs(organization)
    assert (pair.first, pair.second) == (dollars, dinars)

    third = PriceListFactory(name="wholesale $", currency_code="USD")
    assert pairs(organization) == []
    (named,) = pairs(organization, [f"{third.external_id} = Wholesale (IQD)"])
    assert (named.first, named.second) == (third, dinars)


def test_twins_that_agree_are_nothing_wrong_and_one_that_does_not_is_told_with_the_rate(said, ten, dinars):
    assert said("twin_prices") == []
    ten[3].prices.filter(price_list=dinars).update(rate=15000)

    assert said("twin_prices") == [
        "Cable 3 is 13.00 USD in Wholesale USD and 15,000 IQD in Wholesale (IQD); at the rate it would be 16,900 "
        "IQD, so "
        "that it differs by -11.2%. Rate: 1.00 USD = 1,300 IQD, the median of what the lists themselves say."
    ]
    assert said("twin_prices", percent="12") == []


def test_a_rounded_price_in_dinars_is_nothing_wrong(said, ten, dinars):
    cheap = ten[0].prices.filter(price_list__currency_code="USD")
    cheap.update(rate=Decimal("0.5"))
    ten[0].prices.filter(price_list=dinars).update(rate=750)  # 650 at the rate

    assert said("twin_prices") == []
    assert len(said("twin_prices", rounding="0")) == 1


def test_a_whole_list_at_another_rate_is_told_once_and_its_prices_are_compared_with_each_other(
    said, ten, dinars
):
    ten[3].prices.filter(price_list=dinars).update(rate=1000)
    told = said("twin_prices", rate="1500")

    assert told[0] == (
        "Wholesale (IQD) as a whole is at 1,300 IQD for 1.00 USD. Rate: 1.00 USD = 1,500 IQD, as an administrator has "
        "set it."
    )
    assert [each.startswith("Cable 3 ") for each in told[1:]] == [True]


def test_a_rate_is_not_taken_from_a_handful_of_prices(ten, dinars, set_of):
    organization = OrganizationFactory()
    assert rate_of(organization).value == 1300
    for product in ten[:6]:
        product.prices.filter(price_list=dinars).delete()
    assert rate_of(organization) is None
    set_of("twin_prices", rate="1310.5")
    assert (rate_of(organization).value, rate_of(organization).source) == (Decimal("1310.5"), "set")


def test_what_the_source_tells_of_the_currency_comes_between_what_is_set_and_what_the_lists_say(
    said, ten, dinars, set_of
):
    organization = OrganizationFactory()
    dollar = CurrencyFactory(code="USD", exchange_rate=Decimal(1310), effective_date=DAY_TOLD)
    assert rate_of(organization) == Rate(Decimal(1310), "currency", DAY_TOLD)
    ten[3].prices.filter(price_list=dinars).update(rate=15000)

    assert [each.partition("Rate: ")[2] for each in said("twin_prices")] == [
        "1.00 USD = 1,310 IQD, as the source tells it of the currency, from 2026-11-20."
    ]
    dollar.effective_date = None
    dollar.save()
    assert said("twin_prices")[0].endswith("1,310 IQD, as the source tells it of the currency.")

    set_of("twin_prices", rate="1320")
    assert rate_of(organization) == Rate(Decimal(1320), "set")


def test_a_rate_that_the_source_does_not_tell_any_more_is_not_used():
    organization = OrganizationFactory()
    CurrencyFactory(code="USD", exchange_rate=Decimal(1310), removed_at=NOON)
    assert rate_of(organization) is None
    CurrencyFactory(code="USD", exchange_rate=Decimal(0))
    assert rate_of(organization) is None


def test_a_rate_is_turned_round_where_the_books_are_kept_in_dollars():
    organization = OrganizationFactory(currency_code="USD")
    CurrencyFactory(code="IQD", exchange_rate=Decimal("0.00076336"))

    assert rate_of(organization).value == Decimal("1310.00")


def test_currencies_of_which_neither_is_the_base_are_compared_by_both_of_their_rates():
    organization = OrganizationFactory()
    CurrencyFactory(code="USD", exchange_rate=Decimal(1300), effective_date=DAY_TOLD)
    CurrencyFactory(code="EUR", exchange_rate=Decimal(1560), effective_date=DAY_TOLD - DAY)

    assert told_rate(organization, "EUR", "USD") == Rate(Decimal("1.2"), "currency", DAY_TOLD - DAY)
    assert told_rate(organization, "TRY", "USD") is None


def test_a_whole_list_at_another_rate_than_the_source_tells_is_told_once(said, ten):
    CurrencyFactory(code="USD", exchange_rate=Decimal(1500), effective_date=DAY_TOLD)

    assert said("twin_prices") == [
        "Wholesale (IQD) as a whole is at 1,300 IQD for 1.00 USD. Rate: 1.00 USD = 1,500 IQD, as the source tells it "
        "of the currency, from 2026-11-20."
    ]


@pytest.mark.parametrize("key", ["twin_prices", "under_cost", "junk_prices"])
def test_checks_that_reckon_with_a_rate_look_again_when_the_source_tells_another(key):
    OrganizationFactory()

    def skipped() -> str:
        (outcome,) = runs.run(keys=[key], only_changed=True)
        return outcome.skipped

    assert [skipped(), skipped()] == ["", "unchanged"]
    CurrencyFactory()
    assert skipped() == ""


# --- Jumps -------------------------------------------------------------------------------------------


def test_a_jump_is_told_for_a_week(facts_of, said):
    PriceChangeFactory(
        before=100, after=150, changed_at=NOON - 3 * DAY, product__name="Cable", currency_code="IQD"
    )

    assert said("price_jumps") == ["The base price of Cable went from 100 IQD to 150 IQD, by 50%."]
    assert said("price_jumps", percent="50") == []
    assert facts_of("price_jumps", now=NOON + 5 * DAY) == []


# --- Junk --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "currency", "reason"),
    [
        ("0", "USD", "zero"),
        ("1", "IQD", "placeholder"),
        ("1", "USD", None),  # a plug costs that
        ("123", "USD", "placeholder"),
        ("9999999", "IQD", "placeholder"),
        ("7777", "IQD", "digits"),
        ("777", "USD", None),
        ("7778", "IQD", None),
        (None, "IQD", None),
    ],
)
def test_prices_that_nobody_can_have_meant(facts_of, rate, currency, reason):
    price(ProductFactory(), PriceListFactory(currency_code=currency), rate)

    assert [each.facts["reason"] for each in facts_of("junk_prices")] == ([reason] if reason else [])


def test_a_base_price_of_nothing_is_told_of_what_is_for_sale(facts_of):
    ProductFactory(unit_price=0)
    ProductFactory(unit_price=0, can_be_sold=False)
    ProductFactory(unit_price=0, is_active=False)

    assert [each.facts["reason"] for each in facts_of("junk_prices")] == ["zero"]


def test_a_price_far_from_the_same_products_others_is_told_with_the_middle_one(said, ten, dollars):
    retail = PriceListFactory(name="Retail", currency_code="IQD")
    price(ten[0], retail, 130000)  # a zero too many; the others are 13,000
    price(ten[1], retail, 60000)  # 14,300: less than five times as much

    assert said("junk_prices") == [
        "Cable 0 costs 130,000 IQD (Retail), 10 times the middle one of its prices: 13,000 IQD. "
        "Rate: 1.00 USD = 1,300 IQD, the median of what the lists themselves say."
    ]


def test_without_a_rate_only_prices_of_one_currency_are_compared(facts_of, dollars, dinars):
    product = ProductFactory()
    price(product, dollars, 10)
    price(product, dinars, 13000)
    price(product, PriceListFactory(name="Retail", currency_code="IQD"), 14000)
    assert facts_of("junk_prices") == []

    price(product, PriceListFactory(name="Friends", currency_code="IQD"), 130000)
    assert [(each.facts["reason"], each.facts["rate"]) for each in facts_of("junk_prices")] == [
        ("high", None)
    ]


def test_what_is_doubted_for_two_reasons_is_told_once(facts_of):
    product = ProductFactory()
    for rate in (10, 11, 9999999):
        price(product, PriceListFactory(currency_code="USD"), rate)

    assert [each.facts["reason"] for each in facts_of("junk_prices")] == ["placeholder"]
