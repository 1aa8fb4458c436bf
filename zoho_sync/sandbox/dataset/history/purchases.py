"""Purchase orders, the bills that followed, and what vendors took back."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ...records import Record
from ...shapes.amounts import amounts_of
from .desk import DAYS, Desk

_NOTHING = Decimal("0.00")


def build_purchases(desk: Desk) -> None:
    """One order for ten invoices, and a bill for nearly each."""
    if not desk.vendors:
        return
    count = max(desk.world.size.documents // 10, 1)
    bills = credits = 0
    for number in range(count):
        ago = DAYS - (DAYS - 1) * number // count
        vendor = desk.regular(desk.vendors)
        order = _order(desk, number + 1, vendor, ago)
        if ago < 8 or desk.chance(0.12):
            order.fields["status"] = desk.pick(("draft", "issued", "issued", "cancelled"))
            continue
        bills += 1
        bill = _bill(desk, bills, order, max(ago - int(desk.draw.random() * 6), 1))
        if desk.chance(0.1):
            credits += 1
            _credit(desk, credits, bill)


def _head(desk: Desk, vendor: Record, ago: int) -> dict[str, Any]:
    code = vendor.fields["currency_code"]
    return {
        "date": desk.day(ago),
        "vendor_id": vendor.id,
        "currency_code": code,
        "exchange_rate": desk.rate_of_the_day(code, ago),
        "location_id": desk.pick(desk.places),
    }


def _order(desk: Desk, number: int, vendor: Record, ago: int) -> Record:
    fields = _head(desk, vendor, ago)
    fields |= {
        "delivery_date": desk.day(ago - 7),
        "reference_number": "",
        "status": "billed",
        "line_items": desk.lines("purchase_rate", fields["currency_code"], fields["exchange_rate"]),
    }
    receives = [{"receive_id": desk.world.new_id(), "receive_number": f"PR-{number:06}"}] if ago > 8 else []
    fields["receives"] = receives
    record = desk.put(
        "purchaseorders", number, fields, {"notes": desk.notes(), "terms": ""}, desk.moment(ago)
    )
    record.links = {"bills": []}
    return record


def _bill(desk: Desk, number: int, order: Record, ago: int) -> Record:
    ordered, due = order.fields, ago - desk.pick((0, 15, 30, 60))
    fields = {
        "date": desk.day(ago),
        "due_date": desk.day(due),
        "vendor_id": ordered["vendor_id"],
        "currency_code": ordered["currency_code"],
        "exchange_rate": ordered["exchange_rate"],
        "location_id": ordered["location_id"],
        "purchaseorder_id": order.id,
        "reference_number": ordered["purchaseorder_number"],
        "status": "overdue" if due > 0 else "open",
        "line_items": [
            {**line, "line_item_id": desk.world.new_id(), "purchaseorder_item_id": line["line_item_id"]}
            for line in ordered["line_items"]
        ],
    }
    detail: dict[str, Any] = {"notes": desk.notes(), "terms": "", "payments": [], "vendor_credits": []}
    bill = desk.put("bills", number, fields, detail, max(desk.moment(ago), order.created))
    if order.links is not None:
        order.links["bills"].append(bill.id)
    order.modified = max(order.modified, bill.created)
    lot = desk.draw.random()
    if lot < 0.05:
        bill.fields["status"] = "draft" if lot < 0.03 else "void"
    elif lot < 0.65:
        _settle(desk, bill, ago, is_whole=lot > 0.15)
    return bill


def _settle(desk: Desk, bill: Record, ago: int, *, is_whole: bool) -> None:
    owed = amounts_of(desk.world, "bills", bill)["balance"]
    paid = owed if is_whole else (owed / 2).quantize(Decimal(1)) + _NOTHING
    if paid <= 0:
        return
    day = max(ago - int(desk.draw.random() * 30), 1)
    bill.fields |= {"payment_made": paid, "status": "paid" if paid == owed else "partially_paid"}
    bill.detail["payments"] = [
        {
            "payment_id": desk.world.new_id(),
            "bill_id": bill.id,
            "bill_payment_id": desk.world.new_id(),
            "payment_mode": "banktransfer",
            "date": desk.day(day),
            "amount": paid,
        }
    ]
    bill.modified = max(bill.modified, desk.moment(day))


def _credit(desk: Desk, number: int, bill: Record) -> None:
    """Goods that went back: open, or used for the bill if it is still owed."""
    bought = bill.fields
    line = {**bought["line_items"][0], "line_item_id": desk.world.new_id(), "quantity": 1}
    line.pop("mapped_items", None)
    fields = {
        key: bought[key] for key in ("date", "vendor_id", "currency_code", "exchange_rate", "location_id")
    }
    fields |= {"reference_number": bought["bill_number"], "status": "open", "line_items": [line]}
    detail: dict[str, Any] = {"notes": desk.notes(), "bills_credited": []}
    record = desk.put("vendorcredits", number, fields, detail, bill.created + 60)
    owed = amounts_of(desk.world, "bills", bill)["balance"]
    amount = amounts_of(desk.world, "vendorcredits", record)["balance"]
    if bought["status"] in ("draft", "void") or not 0 < amount <= owed:
        return
    record.fields |= {"status": "closed", "total_credits_used": amount}
    bought["vendor_credits_applied"] = amount
    if amount == owed:
        bought["status"] = "paid"
    reference = {"vendor_credit_bill_id": desk.world.new_id(), "amount": amount, "date": fields["date"]}
    record.detail["bills_credited"] = [
        {**reference, "bill_id": bill.id, "bill_number": bought["bill_number"]}
    ]
    number_of_credit = record.fields["vendor_credit_number"]
    bill.detail["vendor_credits"] = [
        {**reference, "vendor_credit_id": record.id, "vendor_credit_number": number_of_credit}
    ]
    bill.modified = max(bill.modified, record.created)
