"""Goods that moved without being sold: returns, adjustments, transfers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .desk import DAYS, Desk

_REASONS = ("Stock count", "Damaged goods", "جرد سنوي", "Stolen goods")


def build_movements(desk: Desk) -> None:
    """One return, two adjustments and two transfers for a hundred invoices, and at least one of each."""
    count = desk.world.size.documents
    _returns(desk, max(count // 100, 1))
    counted = [r for r in desk.items if r.stock is not None]
    if not counted:
        return
    for number in range(1, max(count // 50, 1) + 1):
        _adjustment(desk, number, counted, max(count // 50, 1))
        if len(desk.places) > 1:
            _transfer(desk, number, counted, max(count // 50, 1))


def _ago(number: int, count: int) -> int:
    return DAYS - (DAYS - 1) * (number - 1) // count


def _returns(desk: Desk, count: int) -> None:
    shipped = [r for r in desk.world.table("salesorders") if r.links and r.links["packages"]]
    for number, order in enumerate(
        sorted(desk.draw.sample(shipped, min(count, len(shipped))), key=lambda r: r.id), 1
    ):
        line = next(each for each in order.fields["line_items"] if each["item_id"])
        ago = max((desk.today - type(desk.today).fromisoformat(order.fields["date"])).days - 3, 1)
        status = desk.pick(("approved", "closed", "closed", "draft"))
        fields = {
            "date": desk.day(ago),
            "salesorder_id": order.id,
            "salesorder_number": order.fields["salesorder_number"],
            "customer_id": order.fields["customer_id"],
            "location_id": order.fields["location_id"],
            "salesreturn_status": status,
            "receive_status": "received" if status == "closed" else "",
            "refund_status": "",
            "refunded_amount": "",
            "line_items": [
                {
                    "line_item_id": desk.world.new_id(),
                    "salesorder_item_id": line["line_item_id"],
                    "item_id": line["item_id"],
                    "name": line["name"],
                    "unit": line["unit"],
                    "location_id": line["location_id"],
                    "rate": line["rate"],
                    "quantity": 1,
                }
            ],
        }
        detail = {"reason": desk.pick(("Wrong model", "تالف", "")), "comments": []}
        desk.put("salesreturns", number, fields, detail, max(desk.moment(ago), order.created))


def _adjustment(desk: Desk, number: int, counted: list[Any], count: int) -> None:
    ago, place = _ago(number, count), desk.pick(desk.places)
    lines = []
    for item in desk.draw.sample(counted, min(1 + int(desk.draw.random() * 4), len(counted))):
        amount = desk.pick((-5, -2, -1, 1, 3))
        lines.append(
            {
                "line_item_id": desk.world.new_id(),
                "item_id": item.id,
                "name": item.fields["name"],
                "unit": item.fields["unit"],
                "location_id": place,
                "quantity_adjusted": Decimal(amount).quantize(Decimal("0.0")),
                "item_total": (item.fields["purchase_rate"] * amount).quantize(Decimal("0.00")),
            }
        )
    fields = {
        "date": desk.day(ago),
        "reference_number": f"IA-{number:06}" if desk.chance(0.8) else "",
        "reason": desk.pick(_REASONS),
        "reason_id": "",
        "description": "",
        "adjustment_type": "quantity",
        "status": "adjusted",
        "location_id": place,
        "line_items": lines,
    }
    desk.put("inventoryadjustments", number, fields, {}, desk.moment(ago))


def _transfer(desk: Desk, number: int, counted: list[Any], count: int) -> None:
    ago = _ago(number, count)
    source, target = desk.draw.sample(desk.places, 2)
    is_moving = ago < 10 and desk.chance(0.5)
    fields = {
        "date": desk.day(ago),
        "description": "",
        "status": "in_transit" if is_moving else "transferred",
        "from_location_id": source,
        "to_location_id": target,
        "is_intransit_order": is_moving,
        "line_items": [
            {
                "line_item_id": desk.world.new_id(),
                "item_id": item.id,
                "name": item.fields["name"],
                "unit": item.fields["unit"],
                "quantity_transfer": 1 + int(desk.draw.random() * 20),
            }
            for item in desk.draw.sample(counted, min(3, len(counted)))
        ],
    }
    desk.put("transferorders", number, fields, {}, desk.moment(ago))
