"""What does a product cost in a price list? No price is None: never the base price, never 0.

Percentage lists carry no prices; theirs follow from the product's base price by the list's own rule. Source of the
rounding names: Zoho's price list documentation, with the misspelling that its answers still contain.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .models import PriceList, PriceListItem, Product

_CENT, _HALF, _ONE = Decimal("0.01"), Decimal("0.5"), Decimal(1)
PERCENTAGE = "fixed_percentage"


@dataclass(frozen=True)
class Price:
    """An amount is nothing without its currency and the list it comes from."""

    amount: Decimal
    currency_code: str
    price_list_id: int


def price_of(product: Product, price_list: PriceList, *, quantity: Decimal = _ONE) -> Price | None:
    """The price of one piece when `quantity` pieces are bought; None where the list has no price for it.

    None also when the list or the product is gone or inactive, when a rounding rule is not known, and when a percentage
    would have to cross currencies: a price that has to be guessed is no price.
    """
    told = prices_of([product], price_list)[product.pk]
    return told.at(quantity)


@dataclass(frozen=True)
class ListedPrice:
    """What a list says of one product. price: of one piece; None where there is none, or where the list has brackets by
    quantity. brackets: as PriceListItem keeps them, in the currency of `currency_code`.
    """

    price: Price | None
    brackets: Sequence[dict[str, str | None]] = ()
    currency_code: str = ""
    price_list_id: int = 0

    def at(self, quantity: Decimal) -> Price | None:
        if not self.brackets:
            return self.price
        amount = _in_bracket(self.brackets, quantity)
        return None if amount is None else Price(amount, self.currency_code, self.price_list_id)


NOT_LISTED = ListedPrice(None)


def prices_of(products: Sequence[Product], price_list: PriceList) -> dict[int, ListedPrice]:
    """{the product's key: what the list says of it}, for each of them; by the rules of `price_of`, in one query.

    products: each with its organisation at hand.
    """
    found = {product.pk: NOT_LISTED for product in products}
    if price_list.is_removed or price_list.is_active is False:
        return found
    known = [
        each
        for each in products
        if not each.is_removed and each.organization_id == price_list.organization_id
    ]
    if price_list.kind == PERCENTAGE:
        return found | {each.pk: ListedPrice(_by_percentage(each, price_list)) for each in known}
    rows = PriceListItem.objects.live().filter(product__in=[each.pk for each in known], price_list=price_list)
    columns = ("product_id", "rate", "currency_code", "brackets")
    for key, rate, currency_code, brackets in rows.order_by("pk").values_list(*columns):
        if found[key].currency_code == price_list.currency_code != "":
            continue  # another currency's price of the same product
        price = None if rate is None else Price(rate, currency_code, price_list.pk)
        found[key] = ListedPrice(price, brackets or (), currency_code, price_list.pk)
    return found


def _in_bracket(brackets: Sequence[dict], quantity: Decimal) -> Decimal | None:
    for bracket in brackets:
        is_open = bracket["end"] is None
        if Decimal(bracket["start"]) <= quantity and (is_open or quantity <= Decimal(bracket["end"])):
            return Decimal(bracket["rate"])
    return None


def _by_percentage(product: Product, price_list: PriceList) -> Price | None:
    base, percentage, is_increase = product.unit_price, price_list.percentage, price_list.is_increase
    base_currency = product.organization.currency_code
    currency = price_list.currency_code or base_currency
    if base is None or percentage is None or is_increase is None or not currency or currency != base_currency:
        return None
    rounded = ROUNDING.get(price_list.rounding_type)
    if rounded is None:
        return None
    factor = _ONE + percentage / 100 if is_increase else _ONE - percentage / 100
    decimals = 2 if price_list.decimal_places is None else price_list.decimal_places
    return Price(rounded(base * factor, decimals), currency, price_list.pk)


def _to(step: Decimal, amount: Decimal) -> Decimal:
    return (amount / step).quantize(_ONE, ROUND_HALF_UP) * step


def _decimals(amount: Decimal, decimals: int) -> Decimal:
    return amount.quantize(_ONE.scaleb(-decimals), ROUND_HALF_UP)


ROUNDING: dict[str, Callable[[Decimal, int], Decimal]] = {
    "": _decimals,
    "no_rounding": _decimals,
    "round_to_dollar": lambda amount, _decimals: _to(_ONE, amount),
    "round_to_dollor": lambda amount, _decimals: _to(_ONE, amount),  # as documented, misspelt
    "round_to_dollar_minus_01": lambda amount, _decimals: _to(_ONE, amount) - _CENT,
    "round_to_half_dollar": lambda amount, _decimals: _to(_HALF, amount),
    "round_to_half_dollar_minus_01": lambda amount, _decimals: _to(_HALF, amount) - _CENT,
}
