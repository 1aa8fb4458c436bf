"""Numbers as text: for people, and exactly."""

from __future__ import annotations

from decimal import Decimal

WHOLE_CURRENCIES = {"IQD"}  # written without decimals in daily use; decimals that are there are still shown


def decimal_text(value: Decimal | int, least_decimals: int = 0) -> str:
    """Every digit that is stored, no padding: 12500.00000000 is "12,500"; thousands by comma, decimals by point."""
    whole, _point, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0").ljust(least_decimals, "0")
    return f"{whole}.{rest}" if rest else whole


def money_text(value: Decimal, currency_code: str) -> str:
    """ "12,500 IQD", "8.50 USD"."""
    shown = decimal_text(value, 0 if currency_code in WHOLE_CURRENCIES else 2)
    return f"{shown} {currency_code}".strip()


def exact(value: Decimal) -> str:
    """ "12500.5": every digit, none that says nothing, never an exponent."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text
