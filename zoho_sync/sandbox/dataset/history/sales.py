"""Orders, the invoices they became, and the packages in which they went."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ...records import Record
from ..words import CARRIERS, DRIVERS, TERMS
from .desk import DAYS, Desk

_TERM_DAYS = (0, 0, 7, 15, 30, 30)
_NOTHING = Decimal("0.00")


@dataclass(slots=True)
class Sale:
    """One invoice with the order behind it, if there was one. ago: days since the invoice's date."""

    invoice: Record
    order: Record | None
    customer: Record
    ago: int


def build_sales(desk: Desk) -> list[Sale]:
    """The oldest first, so that ids, numbers and dates grow together. Nobody to sell to, no sales."""
    if not desk.customers:
        return []
    count = desk.world.size.documents
    sales: list[Sale] = []
    orders = packages = 0
    for number in range(count):
        ago = DAYS - (DAYS - 1) * number // count
        customer = desk.regular(desk.customers)
        terms = _terms(desk, customer, ago)
        order = None
        if desk.chance(0.92):
            orders += 1
            order = _order(desk, orders, customer, terms, min(ago + int(desk.draw.random() * 4), DAYS))
        invoice = _invoice(desk, number + 1, customer, terms, order, ago)
        sales.append(Sale(invoice, order, customer, ago))
        if order is not None and order.fields["status"] == "closed" and desk.chance(0.7):
            packages += 1
            _package(desk, packages, order, ago)
        if desk.chance(0.06):  # an order that has not become an invoice yet, or never will
            orders += 1
            waiting = _order(desk, orders, customer, _terms(desk, customer, ago), ago)
            waiting.fields["status"] = desk.pick(("draft", "confirmed", "confirmed", "confirmed", "void"))
            waiting.fields["quantity_invoiced"] = _NOTHING
    return sales


def _terms(desk: Desk, customer: Record, ago: int) -> dict[str, Any]:
    """What an order and its invoice have in common: customer, currency and rate, salesperson, discount."""
    code = customer.fields["currency_code"]
    terms: dict[str, Any] = {
        "customer_id": customer.id,
        "currency_code": code,
        "exchange_rate": desk.rate_of_the_day(code, ago),
        "location_id": desk.pick(desk.places),
    }
    if desk.chance(0.85):
        terms["salesperson_id"], terms["salesperson_name"] = desk.pick(desk.salespersons)
    if desk.chance(0.06):
        terms["discount"] = desk.pick(("2.00%", "10.00%"))
    if desk.chance(0.04):
        terms["shipping_charge"] = Decimal("5000.00") if code == "IQD" else Decimal("4.00")
    return terms


def _addresses(customer: Record) -> dict[str, Any]:
    return {key: customer.detail[key] for key in ("billing_address", "shipping_address")}


def _order(desk: Desk, number: int, customer: Record, terms: dict[str, Any], ago: int) -> Record:
    lines = desk.lines("rate", terms["currency_code"], terms["exchange_rate"])
    whole = _quantity(lines)
    fields = {
        "date": desk.day(ago),
        "shipment_date": desk.day(ago - 2) if desk.chance(0.5) else "",
        "reference_number": f"WA-{number}" if desk.chance(0.2) else "",
        "status": "closed",
        "quantity_invoiced": whole,
        "quantity_packed": _NOTHING,
        "quantity_shipped": _NOTHING,
        "sales_channel": "direct_sales",
        **terms,
        "line_items": lines,
    }
    detail = {"notes": desk.notes(), "terms": "", **_addresses(customer)}
    record = desk.put("salesorders", number, fields, detail, desk.moment(ago))
    if desk.chance(0.3):
        record.custom["cf_driver"] = desk.pick(DRIVERS)
    record.links = {"packages": [], "invoices": []}
    return record


def _invoice(
    desk: Desk, number: int, customer: Record, terms: dict[str, Any], order: Record | None, ago: int
) -> Record:
    days, label = desk.pick(_TERM_DAYS), TERMS[0][1]
    fields: dict[str, Any] = {
        "date": desk.day(ago),
        "due_date": desk.day(ago - days),
        "reference_number": "",
        "status": _status(desk, ago - days),
        "payment_terms": days,
        "payment_terms_label": f"Net {days}" if days else label,
        "is_emailed": desk.chance(0.1),
        **terms,
    }
    detail = {"notes": desk.notes(), "terms": "", **_addresses(customer)}
    if order is None:
        fields["line_items"] = desk.lines("rate", terms["currency_code"], terms["exchange_rate"])
    else:
        fields["reference_number"] = order.fields["salesorder_number"]
        detail |= {"salesorder_id": order.id, "salesorder_number": order.fields["salesorder_number"]}
        fields["line_items"] = [
            {**line, "line_item_id": desk.world.new_id(), "salesorder_item_id": line["line_item_id"]}
            for line in order.fields["line_items"]
        ]
    record = desk.put("invoices", number, fields, detail, desk.moment(ago))
    if desk.chance(0.25):
        record.custom["cf_delivery_note"] = f"DN {number}"
    if desk.chance(0.5):
        record.custom["cf_printed"] = True
    if order is not None and order.links is not None:
        order.links["invoices"].append(record.id)
        if fields["status"] in ("draft", "void"):
            order.fields |= {"status": "confirmed", "quantity_invoiced": _NOTHING}
        order.modified = max(order.modified, record.created)
    return record


def _status(desk: Desk, overdue: int) -> str:
    """As long as nothing is paid. overdue: days since it was due."""
    lot = desk.draw.random()
    if lot < 0.05:
        return "draft" if lot < 0.03 else "void"
    if overdue > 0:
        return "overdue"
    return "viewed" if lot > 0.9 else "sent"


def _package(desk: Desk, number: int, order: Record, ago: int) -> None:
    """What can be carried of an order; with a shipment once it is on its way."""
    lines = [
        {
            "line_item_id": desk.world.new_id(),
            "so_line_item_id": line["line_item_id"],
            "item_id": line["item_id"],
            "name": line["name"],
            "unit": line["unit"],
            "location_id": line["location_id"],
            "quantity": line["quantity"],
        }
        for line in order.fields["line_items"]
        if line["item_id"]
    ]
    if not lines:
        return
    sent = max(ago - int(desk.draw.random() * 3), 1)
    status = (
        desk.pick(("delivered", "delivered", "shipped")) if ago > 5 else desk.pick(("shipped", "not_shipped"))
    )
    fields = {
        "date": desk.day(sent),
        "status": status,
        "salesorder_id": order.id,
        "salesorder_number": order.fields["salesorder_number"],
        "customer_id": order.fields["customer_id"],
        "line_items": lines,
    }
    at = max(desk.moment(sent), order.created)
    detail: dict[str, Any] = {"notes": "", "shipment_order": {}}
    if status != "not_shipped":
        detail["shipment_order"] = _shipment(desk, number, status, sent)
    record = desk.put("packages", number, fields, detail, at)
    if order.links is not None:
        order.links["packages"].append(record.id)
    packed = _quantity(lines)
    order.fields["quantity_packed"] = packed
    if status != "not_shipped":
        order.fields["quantity_shipped"] = packed
    order.modified = max(order.modified, at)


def _shipment(desk: Desk, number: int, status: str, ago: int) -> dict[str, Any]:
    carrier = desk.pick(CARRIERS)
    return {
        "shipment_id": desk.world.new_id(),
        "shipment_number": f"SHP-{number:06}",
        "shipping_date": desk.day(ago),
        "status": status,
        "detailed_status": "",
        "carrier": carrier,
        "delivery_method": carrier,
        "tracking_number": f"TR{number * 7919:09}" if desk.chance(0.6) else "",
        "service": "",
        "shipment_rate": "",
        "notes": "",
    }


def _quantity(lines: list[dict[str, Any]]) -> Decimal:
    return sum((Decimal(line["quantity"]) for line in lines), _NOTHING)
