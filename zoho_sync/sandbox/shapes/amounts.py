"""How the amounts of a document follow from its lines: what was said outright stays, the rest is added up.

`total` = lines, less the discount on the whole, plus tax, shipping charge and adjustment; `balance` = total less what
was paid or credited. All in the document's currency; bcy_… is the base currency, by the document's own rate.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Any

from .kinds import DOCUMENTS, DocumentKind

if TYPE_CHECKING:
    from ..records import Record
    from ..world import World

CENT, NOTHING = Decimal("0.01"), Decimal("0.00")
_HUNDRED = Decimal(100)


def number(value: Any) -> Decimal:
    """A figure as stored; "" and None count as nothing."""
    if isinstance(value, Decimal):
        return value
    if value is None or value == "":
        return NOTHING
    return Decimal(value) if isinstance(value, int) else Decimal(str(value))


def line_total(line: dict[str, Any], quantity_key: str) -> Decimal:
    """Rate times quantity in hundredths, less the line's own discount: an amount, or a share such as "5%"."""
    whole = number(line.get("rate")) * number(line.get(quantity_key))
    discount = line.get("discount")
    return (whole - _part(whole, discount) if discount else whole).quantize(CENT, ROUND_HALF_UP)


def add_amounts(about: DocumentKind, form: dict[str, Any], places: int) -> None:
    """Fill sub_total, discount_total, tax_total, total and balance of a form whose lines are stored lines.

    places: decimals of the document's currency, to which tax and discount are rounded.
    """
    totals = [
        (number(line["item_total"]) if "item_total" in line else line_total(line, about.quantity), line)
        for line in form.get("line_items", ())
        if "rate" in line or "item_total" in line
    ]
    if totals:
        sub_total = sum((total for total, _line in totals), NOTHING)
        step = Decimal(1).scaleb(-places)
        discount = _part(sub_total, form.get("discount")).quantize(step, ROUND_HALF_UP) + NOTHING
        left = 1 - discount / sub_total if discount and sub_total else Decimal(1)
        tax = NOTHING
        for total, line in totals:
            if percent := line.get("tax_percentage"):
                tax += (total * left * number(percent) / _HUNDRED).quantize(step, ROUND_HALF_UP)
        extra = number(form.get("shipping_charge")) + number(form.get("adjustment"))
        form["sub_total"], form["tax_total"], form["discount_total"] = sub_total, tax, discount
        form.setdefault("total", sub_total - discount + tax + extra)
    if "total" in form and "currency_code" in form:
        form["bcy_total"] = _in_base(form, "total")
    if about.balance and "total" in form:
        form.setdefault("balance", _balance(about, form))
        for name in about.balance:
            form.setdefault(name, NOTHING)


def add_payment_amounts(form: dict[str, Any]) -> None:
    """bcy_amount, and what of a payment has not been used for an invoice or given back."""
    form["bcy_amount"] = _in_base(form, "amount")
    used = sum((number(each["amount_applied"]) for each in form.get("invoices", ())), NOTHING)
    form.setdefault("unused_amount", number(form["amount"]) - used - number(form.get("amount_refunded")))


def _balance(about: DocumentKind, form: dict[str, Any]) -> Decimal:
    if form.get(about.status_key) == "void":
        return NOTHING
    return sum((-number(form.get(name)) for name in about.balance), number(form["total"]))


def _in_base(form: dict[str, Any], name: str) -> Decimal:
    return (number(form.get(name)) * (number(form.get("exchange_rate")) or 1)).quantize(CENT, ROUND_HALF_UP)


def _part(whole: Decimal, discount: Any) -> Decimal:
    if not discount:
        return NOTHING
    if isinstance(discount, str) and discount.endswith("%"):
        return whole * number(discount[:-1]) / _HUNDRED
    return number(discount)


def amounts_of(world: World, kind: str, record: Record) -> dict[str, Any]:
    """The fields of a stored document with all its amounts."""
    about, form = DOCUMENTS[kind], dict(record.fields)
    currency = world.currency(str(form["currency_code"])) if form.get("currency_code") else None
    if about.has_lines:
        add_amounts(about, form, currency.fields["price_precision"] if currency else 2)
    else:
        add_payment_amounts(form)
    return form
