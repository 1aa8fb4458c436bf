"""Names and figures inside a sentence of either language: each keeps its own direction by invisible marks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.utils.translation import gettext as _

from ..figures import decimal_text, money_text

FIRST_STRONG, LEFT, END = "\u2068", "\u2066", "\u2069"
NO_BREAK = "\u00a0"
_MARKS = str.maketrans(NO_BREAK, " ", FIRST_STRONG + LEFT + END)


def name(text: object) -> str:
    return f"{FIRST_STRONG}{text}{END}"


def code(text: object) -> str:
    return f"{LEFT}{text}{END}"


def number(value: str | int | Decimal) -> str:
    """value: also as the facts keep it."""
    return code(decimal_text(Decimal(value)))


def money(value: str | Decimal, currency_code: str) -> str:
    return code(money_text(Decimal(value), currency_code).replace(" ", NO_BREAK))


def percent(value: str | Decimal) -> str:
    return code(f"{decimal_text(round(Decimal(value), 1))}%")


def names(texts: Iterable[object]) -> str:
    return _(", ").join(name(each) for each in texts)


def without_marks(sentence: str) -> str:
    """For files and programs, which show no directions."""
    return sentence.translate(_MARKS)
