"""Whether a document's amounts add up, in whichever way its source adds."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest

from inventory.sums import BALANCE, LINES, SHARES, TOTAL, sums_of_payment, sums_of_priced


def document(total, **values):
    told = {
        "sub_total": 100, "total": total, "discount_total": None, "tax_total": None, "shipping_charge": None,
        "adjustment": None, "is_inclusive_tax": None, "currency_code": "USD",
    }  # fmt: skip
    amounts = {
        name: value if value is None or isinstance(value, bool) or name == "currency_code" else Decimal(value)
        for name, value in (told | values).items()
    }
    return SimpleNamespace(**amounts)


def lines(*totals):
    return [SimpleNamespace(total=None if each is None else Decimal(str(each))) for each in totals]


def wrong(found) -> list[str]:
    return [each.kind for each in found if not each.adds_up]


@pytest.mark.parametrize(
    ("of", "parts", "kinds"),
    [
        (document(100), lines(60, 40), []),
        (document(100), lines(60, 39), [LINES]),
        (document(100), lines("33.34", "33.33", "33.34"), []),  # each line is rounded by itself
        (document(99), lines(60, 40), [TOTAL]),
        (document(100), None, []),  # lines that are not read cannot be wrong
        (document(100), lines(60, None), []),
        (document(105, tax_total=5), lines(100), []),
        (document(95, discount_total=10, tax_total=5), lines(100), []),
        (document(100, discount_total=10), lines(100), []),  # taken off the lines already
        (document(100, tax_total=5, is_inclusive_tax=True), lines(100), []),
        (document(105, tax_total=5, is_inclusive_tax=True), lines(105), []),
        (document(112, shipping_charge=10, adjustment=2), lines(100), []),
        (document(None), lines(100), []),
        (document("100.9", currency_code="IQD"), lines("50.5", "50.8"), []),  # written without decimals
        (document("101.1", currency_code="IQD"), lines(60, "37.9"), [LINES, TOTAL]),
    ],
)
def test_amounts_add_up_or_say_where_they_do_not(of, parts, kinds):
    assert wrong(sums_of_priced(of, parts)) == kinds


@pytest.mark.parametrize(
    ("paid", "kinds"),
    [
        ({"payment_made": 60, "credits_applied": 30, "write_off": None}, []),
        ({"payment_made": 60, "credits_applied": 20, "write_off": 10}, []),
        ({"payment_made": 60, "credits_applied": 20, "write_off": 0}, [BALANCE]),
        (
            {"payment_made": 60, "credits_applied": None, "write_off": 0},
            [],
        ),  # what is not known is not checked
    ],
)
def test_what_is_still_to_be_paid_follows_from_what_was_paid(paid, kinds):
    invoice = document(100, balance=10, **paid)
    assert wrong(sums_of_priced(invoice, lines(100))) == kinds
    # A listing may have told a newer balance than the payments that the document told when it was read.
    assert wrong(sums_of_priced(invoice, None)) == []


def test_a_difference_is_told_with_both_figures():
    (found,) = [each for each in sums_of_priced(document(100), lines(60, 30)) if not each.adds_up]
    assert (found.told, found.reckoned, found.difference) == (100, 90, 10)


def shares(*amounts):
    return [SimpleNamespace(amount=Decimal(each)) for each in amounts]


@pytest.mark.parametrize(
    ("unused", "refunded", "taken", "kinds"),
    [(0, 0, shares(60, 40), []), (10, 5, shares(85), []), (0, 0, shares(60), [SHARES]), (0, 0, None, [])],
)
def test_a_payment_is_what_invoices_took_what_is_left_and_what_was_paid_back(unused, refunded, taken, kinds):
    payment = SimpleNamespace(
        total=Decimal(100), unused=Decimal(unused), refunded=Decimal(refunded), currency_code="USD"
    )
    assert wrong(sums_of_payment(payment, taken)) == kinds
