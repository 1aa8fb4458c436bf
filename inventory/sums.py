"""Do a document's amounts add up? Lines to the subtotal, the subtotal to the total, what was paid to what is still
open, shares of a payment to the payment.

A source may have taken a discount off the lines already, and may keep its tax inside the prices; whatever is a way of
its own to add up counts as adding up, so that nobody is sent to look for an error that is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .figures import WHOLE_CURRENCIES

LINES, TOTAL, BALANCE, SHARES = "lines", "total", "balance", "shares"
SLACK = Decimal("0.01")  # each line may be rounded by itself
NOTHING = Decimal(0)


def slack_of(currency_code: str) -> Decimal:
    """What rounding may do to one amount: the least that the currency is written with."""
    return Decimal(1) if currency_code in WHOLE_CURRENCIES else SLACK


@dataclass(frozen=True)
class Sum:
    """One sum that was checked. kind: LINES (of all lines to the subtotal), TOTAL (subtotal, discount, tax, shipping,
    adjustment to the total), BALANCE (the total less payments, credits and what was written off, to what is still to be
    paid) or SHARES (what invoices took, what is left, what was paid back, to the payment).

    told: as the source says it; reckoned: as it comes out, in the way that comes nearest.
    """

    kind: str
    told: Decimal
    reckoned: Decimal
    slack: Decimal = SLACK

    @property
    def difference(self) -> Decimal:
        return self.told - self.reckoned

    @property
    def adds_up(self) -> bool:
        return abs(self.difference) <= self.slack


def sums_of_priced(document: Any, lines: Sequence[Any] | None) -> list[Sum]:
    """Of an order, invoice, credit note, bill … lines: its live ones; None where they are not read yet. What is
    not known is not checked."""
    if lines is None:
        return sums_of_amounts(document, None)
    totals = [line.total for line in lines]
    is_known = all(total is not None for total in totals)
    return sums_of_amounts(document, (sum(totals, NOTHING) if is_known else None, len(totals)))


def sums_of_amounts(document: Any, lines: tuple[Decimal | None, int] | None) -> list[Sum]:
    """The same where the lines are added up already. lines: (their sum, None where one of them is not known; how
    many)."""
    found = []
    slack = slack_of(document.currency_code)
    if lines is not None:
        whole, count = lines
        if whole is not None and count and document.sub_total is not None:
            ways = [whole]
            if document.is_inclusive_tax:
                ways.append(whole - (document.tax_total or NOTHING))
            found.append(_nearest(LINES, document.sub_total, ways, slack * count))
    if document.sub_total is not None and document.total is not None:
        found.append(_nearest(TOTAL, document.total, list(_ways_to_total(document)), slack))
    if lines is not None and (left := _left_of(document)) is not None:
        found.append(_nearest(BALANCE, document.balance, [left], slack))
    return found


def _left_of(document: Any) -> Decimal | None:
    """Of an invoice, what is still to be paid as it follows from what was paid; None where that is not known. A listing
    tells the balance alone, so that the two belong together only once the document has been read."""
    total, paid, credited, balance = (
        getattr(document, name, None) for name in ("total", "payment_made", "credits_applied", "balance")
    )
    if total is None or paid is None or credited is None or balance is None:
        return None
    return total - paid - credited - (document.write_off or NOTHING)


def _ways_to_total(document: Any) -> Iterable[Decimal]:
    extra = (document.shipping_charge or NOTHING) + (document.adjustment or NOTHING)
    tax, discount = document.tax_total or NOTHING, document.discount_total or NOTHING
    for less in dict.fromkeys((discount, NOTHING)):
        yield document.sub_total - less + tax + extra
        if document.is_inclusive_tax:
            yield document.sub_total - less + extra


def sums_of_payment(payment: Any, shares: Sequence[Any] | None) -> list[Sum]:
    """shares: live allocations; None where they are not read yet."""
    if payment.total is None or shares is None or any(share.amount is None for share in shares):
        return []
    taken = sum((share.amount for share in shares), NOTHING)
    left = (payment.unused or NOTHING) + (payment.refunded or NOTHING)
    return [_nearest(SHARES, payment.total, [taken + left], slack_of(payment.currency_code))]


def _nearest(kind: str, told: Decimal, ways: Sequence[Decimal], slack: Decimal) -> Sum:
    return Sum(kind, told, min(ways, key=lambda way: abs(told - way)), slack)
