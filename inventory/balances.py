"""What a customer owes us, or we owe a vendor, as the documents here come to; beside what the source says.

Each currency by itself: amounts in different currencies are never added.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Min, Q, Sum

from .dues import is_overdue, is_unpaid
from .models import Bill, CreditNote, Customer, CustomerPayment, Invoice, Vendor, VendorCredit

NOTHING = Decimal(0)


@dataclass(frozen=True)
class Balance:
    """In one currency. owed: what is open on invoices or bills; late: what of it is overdue, late_since: the oldest due
    day of that. credits: what credit notes and payments have left over. unknown: documents whose balance is not known.
    """

    currency: str
    owed: Decimal
    open_count: int
    late: Decimal
    late_since: date | None
    credits: Decimal
    unknown: int


def of_customer(customer: Customer, today: date) -> list[Balance]:
    """Three queries."""
    credits = [
        (CreditNote, "balance", {"customer": customer}),
        (CustomerPayment, "unused", {"customer": customer}),
    ]
    return _balances(Invoice, {"customer": customer}, credits, today)


def of_vendor(vendor: Vendor, today: date) -> list[Balance]:
    """Two queries; payments made to vendors are not mirrored."""
    return _balances(Bill, {"vendor": vendor}, [(VendorCredit, "balance", {"vendor": vendor})], today)


def _balances(
    model: Any, whose: dict[str, Any], credits: Sequence[tuple[Any, str, dict]], today: date
) -> list[Balance]:
    counting = model.objects.live().filter(**whose).exclude(status__in=model.VOID).order_by()
    is_late = is_overdue(model, today)
    owed = counting.values("currency_code").annotate(
        owed=Sum("balance"),
        open_count=Count("pk", filter=is_unpaid(model)),
        late=Sum("balance", filter=is_late),
        late_since=Min("due_date", filter=is_late),
        unknown=Count("pk", filter=Q(balance__isnull=True)),
    )
    found = {row["currency_code"]: row for row in owed}
    left: dict[str, Decimal] = {}
    for kind, column, theirs in credits:
        rows = kind.objects.live().filter(**theirs).exclude(status__in=kind.VOID).order_by()
        for row in rows.values("currency_code").annotate(sum=Sum(column)):
            left[row["currency_code"]] = left.get(row["currency_code"], NOTHING) + (row["sum"] or NOTHING)
    return [
        Balance(
            currency=currency,
            owed=(row := found.get(currency, {})).get("owed") or NOTHING,
            open_count=row.get("open_count", 0),
            late=row.get("late") or NOTHING,
            late_since=row.get("late_since"),
            credits=left.get(currency, NOTHING),
            unknown=row.get("unknown", 0),
        )
        for currency in sorted({*found, *left})
        if found.get(currency) or left.get(currency)
    ]


@dataclass(frozen=True)
class Compared:
    """ours: None where no document here is in the source's currency. others: currencies beside it, which the source
    brings into its own figure at its rates, so that it cannot be checked."""

    told: Decimal | None
    ours: Decimal
    currency: str
    others: Sequence[str] = ()

    @property
    def difference(self) -> Decimal | None:
        return None if self.told is None else self.told - self.ours

    @property
    def agrees(self) -> bool:
        return self.difference is not None and abs(self.difference) < Decimal("0.01")


def compared(told: Decimal | None, currency: str, balances: Sequence[Balance], figure: str) -> Compared:
    """figure: "owed" or "credits"."""
    ours = next((getattr(each, figure) for each in balances if each.currency == currency), NOTHING)
    others = [each.currency for each in balances if each.currency != currency and getattr(each, figure)]
    return Compared(told, ours, currency, others)
