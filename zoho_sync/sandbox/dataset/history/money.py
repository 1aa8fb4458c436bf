"""What customers gave and got back: payments, some for several invoices, and credit notes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...records import Record
from ...settling import apply, balance_of, credit
from .desk import Desk
from .sales import Sale

_NOTHING = Decimal("0.00")
_MODES = ("cash", "cash", "cash", "banktransfer", "creditcard", "Zain Cash")
_SETTLED = ("draft", "void", "paid")


def build_credit_notes(desk: Desk, sales: list[Sale]) -> None:
    """For one invoice in twenty-five; used for it, waiting to be used, given back in cash, or never issued."""
    number = 0
    for sale in sales:
        if sale.invoice.fields["status"] in _SETTLED or not desk.chance(0.04):
            continue
        number += 1
        ago = max(sale.ago - int(desk.draw.random() * 10), 1)
        sold = sale.invoice.fields
        line = {**sold["line_items"][0], "line_item_id": desk.world.new_id()}
        line["invoice_item_id"] = sold["line_items"][0]["line_item_id"]
        line["quantity"] = max(int(line["quantity"] / 2), 1)
        line.pop("mapped_items", None)
        fields = {
            "date": desk.day(ago),
            "reference_number": sold["invoice_number"],
            "status": "open",
            "customer_id": sold["customer_id"],
            "currency_code": sold["currency_code"],
            "exchange_rate": sold["exchange_rate"],
            "location_id": sold["location_id"],
            "line_items": [line],
        }
        detail: dict[str, Any] = {"notes": desk.notes(), "invoices": []}
        note = desk.put("creditnotes", number, fields, detail, max(desk.moment(ago), sale.invoice.created))
        lot = desk.draw.random()
        if lot < 0.1:
            note.fields["status"] = "draft" if lot < 0.05 else "void"
        elif lot < 0.6:
            credit(desk.world, note, sale.invoice, balance_of(desk.world, "creditnotes", note))
        elif lot < 0.7:
            note.fields["total_refunded_amount"] = balance_of(desk.world, "creditnotes", note)
            note.fields["status"] = "closed"


def build_payments(desk: Desk, sales: list[Sale]) -> None:
    """Old invoices are mostly paid, new ones less; some in part, some together with the customer's next one."""
    number = 0
    waiting: dict[str, tuple[Sale, Decimal]] = {}  # by customer: paid together with the next
    for sale in sales:
        invoice = sale.invoice
        if invoice.fields["status"] in _SETTLED:
            continue
        lot, owed = desk.draw.random(), balance_of(desk.world, "invoices", invoice)
        if owed <= 0 or lot > (0.88 if sale.ago > 40 else 0.55):
            continue
        amount = owed if lot > 0.09 else _some_of(desk, owed, invoice.fields["currency_code"])
        if lot > 0.8 and sale.customer.id not in waiting:
            waiting[sale.customer.id] = (sale, amount)
            continue
        number += 1
        _pay(desk, number, [(sale, amount), *_together(waiting, sale)])
    for sale, amount in waiting.values():
        number += 1
        _pay(desk, number, [(sale, amount)])


def _together(waiting: dict[str, tuple[Sale, Decimal]], sale: Sale) -> list[tuple[Sale, Decimal]]:
    found = waiting.pop(sale.customer.id, None)
    return [found] if found else []


def _some_of(desk: Desk, owed: Decimal, code: str) -> Decimal:
    part = owed * (3 + int(desk.draw.random() * 5)) / 10
    return max(part.quantize(Decimal(1) if code == "IQD" else Decimal("0.01")), Decimal("0.01")) + _NOTHING


def _pay(desk: Desk, number: int, parts: list[tuple[Sale, Decimal]]) -> None:
    latest = min(sale.ago for sale, _amount in parts)
    ago = max(latest - int(desk.draw.random() ** 2 * 45), 1)
    first = parts[0][0].invoice.fields
    amount = sum((part for _sale, part in parts), _NOTHING)
    if desk.chance(0.03):  # rounded up; the rest waits for the next invoice
        amount += Decimal("1000.00") if first["currency_code"] == "IQD" else Decimal("1.00")
    at = max(desk.moment(ago), *(sale.invoice.created for sale, _part in parts))
    payment = new_payment(
        desk, number, parts[0][0].customer, ago, amount, first["exchange_rate"], first["location_id"], at
    )
    for sale, part in parts:
        apply(desk.world, payment, sale.invoice, part, desk.day(ago))


def new_payment(
    desk: Desk,
    number: int,
    customer: Record,
    ago: int,
    amount: Decimal,
    exchange_rate: Decimal,
    location_id: str,
    at: int,
) -> Record:
    fields = {
        "date": desk.day(ago),
        "status": "paid",
        "payment_mode": desk.pick(_MODES),
        "amount": amount,
        "reference_number": f"وصل {number}" if desk.chance(0.15) else "",
        "description": "",
        "customer_id": customer.id,
        "currency_code": customer.fields["currency_code"],
        "exchange_rate": exchange_rate,
        "account_id": "5100000000000000361",
        "account_name": "Petty Cash",
        "location_id": location_id,
        "invoices": [],
    }
    record = desk.put("customerpayments", number, fields, {"bank_charges": _NOTHING}, at)
    if desk.chance(0.2):
        record.custom["cf_receipt"] = f"R{number}"
    return record
