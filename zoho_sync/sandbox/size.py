"""How much data a sandbox organisation holds."""

from __future__ import annotations

from dataclasses import dataclass, fields

# Bounds keep a slip of the keyboard from eating the machine; 250,000 items is a hundred times the company.
LIMITS = {
    "items": (0, 250_000),
    "customers": (0, 250_000),
    "vendors": (0, 50_000),
    "locations": (1, 50),
    "price_lists": (0, 50),
    "price_list_items": (0, 250_000),
    "documents": (0, 250_000),
}


class SizeError(ValueError):
    """A count outside its bounds; the parts are kept for whoever words it in another language."""

    def __init__(self, name: str, low: int, high: int, value: object) -> None:
        self.field, self.low, self.high, self.value = name, low, high, value
        what = f"The number of {name.replace('_', ' ')}"
        super().__init__(f"{what} must be a whole number from {low} to {high}, not {value!r}.")


@dataclass(frozen=True, kw_only=True)
class Size:
    """Row counts of a generated organisation; the defaults are the real company's.

    price_list_items: rows in each per-item price list (never more than there are items).
    documents: invoices of the last half year; orders, payments, bills and all others follow in natural proportion.
    Raises SizeError when a count is outside LIMITS.
    """

    items: int = 2_200
    customers: int = 2_503
    vendors: int = 81
    locations: int = 5
    price_lists: int = 7
    price_list_items: int = 1_300
    documents: int = 0

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            low, high = LIMITS[field.name]
            if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
                raise SizeError(field.name, low, high, value)
