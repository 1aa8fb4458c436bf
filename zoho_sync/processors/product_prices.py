"""The part of a product that a stock run may refresh too (`update_prices`): its own prices, with their stamps."""

from __future__ import annotations

from inventory.models import Product

from .base import Field, Mapping
from .converters import moment, number

PRICES = {
    "unit_price": Field("rate", number),  # in the organisation's currency
    "purchase_price": Field("purchase_rate", number),
}
STAMPS = {
    "source_created_at": Field("created_time", moment),
    "source_modified_at": Field("last_modified_time", moment),
}
prices = Mapping(
    model=Product,
    fields=PRICES | STAMPS,
    history=("unit_price", "purchase_price"),
    is_part=True,
    name="product: prices",
)
