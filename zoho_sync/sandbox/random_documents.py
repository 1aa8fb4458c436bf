"""A busy day among documents: sold, paid, credited, corrected, made void, deleted."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from . import document_edits, edits
from .records import Record
from .settling import balance_of
from .world import World

Done = dict[str, Any]
_OWED = ("sent", "viewed", "overdue", "partially_paid")


def _pick(draw: random.Random, records: list[Record]) -> Record | None:
    return draw.choice(records) if records else None


def _all(world: World, kind: str) -> list[Record]:
    return world.table(kind).listing("every one", list)  # in the order in which they came


def _owed(world: World, kind: str = "invoices") -> list[Record]:
    return [r for r in _all(world, kind) if r.fields.get("status") in _OWED]


def _sell(world: World, draw: random.Random) -> Done | None:
    """A new invoice that moves the stock of what it sells."""
    buyers = [r for r in _all(world, "contacts") if r.fields["contact_type"] == "customer"]
    goods = [r for r in _all(world, "items") if r.stock is not None]
    buyer, place = _pick(draw, buyers), _pick(draw, _all(world, "locations"))
    if buyer is None or place is None or not goods:
        return None
    code = buyer.fields["currency_code"]
    rate = {"USD": Decimal("1322.000000"), "CNY": Decimal("183.500000")}.get(code, Decimal("1.000000"))
    lines = [
        {
            "item_id": item.id,
            "quantity": draw.randrange(1, 9),
            "location_id": place.id,
            "rate": (Decimal(item.fields["rate"]) / rate).quantize(Decimal("0.01")),
        }
        for item in draw.sample(goods, min(draw.randrange(1, 4), len(goods)))
    ]
    head = {"customer_id": buyer.id, "currency_code": code, "exchange_rate": rate, "location_id": place.id}
    due = {"due_date": document_edits.today(world), "notes": draw.choice(("", "مستعجل"))}
    made = edits.add(world, "invoices", head | due | {"line_items": lines, "moves_stock": True})
    return {"kind": "invoices", "id": made}


def _pay(world: World, draw: random.Random) -> Done | None:
    """All that is owed, or half of it."""
    invoice = _pick(draw, _owed(world))
    owed = balance_of(world, "invoices", invoice) if invoice else Decimal(0)
    if invoice is None or owed <= 0:
        return None
    half = (owed / 2).quantize(Decimal("0.01"))
    amount = half if half > 0 and draw.random() < 0.3 else None
    made = document_edits.pay_invoice(world, invoice.id, amount)
    return {"kind": "customerpayments", "id": made, "invoice_id": invoice.id}


def _credit(world: World, draw: random.Random) -> Done | None:
    """An open credit note is used for something that its customer owes."""
    owed: dict[str, list[Record]] = {}
    for invoice in _owed(world):
        owed.setdefault(invoice.fields["customer_id"], []).append(invoice)
    notes = [r for r in _all(world, "creditnotes") if r.fields["status"] == "open"]
    note = _pick(draw, [r for r in notes if r.fields.get("customer_id") in owed])
    if note is None:
        return None
    invoice = draw.choice(owed[note.fields["customer_id"]])
    document_edits.apply_credit(world, note.id, invoice.id)
    return {"kind": "creditnotes", "id": note.id, "invoice_id": invoice.id}


def _correct(world: World, draw: random.Random) -> Done | None:
    """Another quantity in one line of something not paid yet."""
    kind = draw.choice(("invoices", "salesorders", "purchaseorders"))
    open_ones = ("sent", "viewed", "overdue", "draft", "confirmed", "issued")
    record = _pick(
        draw,
        [r for r in _all(world, kind) if r.fields.get("status") in open_ones and r.fields["line_items"]],
    )
    if record is None:
        return None
    line = draw.choice(record.fields["line_items"])
    document_edits.change_line(
        world, kind, record.id, line["line_item_id"], {"quantity": draw.randrange(1, 30)}
    )
    return {"kind": kind, "id": record.id}


def _void(world: World, draw: random.Random) -> Done | None:
    kind = draw.choice(("invoices", "salesorders"))
    usual = ("sent", "viewed", "overdue", "confirmed")
    record = _pick(
        draw,
        [
            r
            for r in _all(world, kind)
            if r.fields.get("status") in usual
            and not r.fields.get("payment_made")
            and not r.fields.get("credits_applied")
        ],
    )
    if record is None:
        return None
    document_edits.void(world, kind, record.id)
    return {"kind": kind, "id": record.id}


def _delete(world: World, draw: random.Random) -> Done | None:
    """A payment entered by mistake, a draft, a package that was unpacked again."""
    kind = draw.choice(("customerpayments", "invoices", "packages"))
    drafts = [r for r in _all(world, kind) if kind != "invoices" or r.fields.get("status") == "draft"]
    record = _pick(draw, drafts)
    if record is None:
        return None
    edits.delete(world, kind, record.id)
    return {"kind": kind, "id": record.id}


def _ship(world: World, draw: random.Random) -> Done | None:
    """A package arrives."""
    package = _pick(draw, [r for r in _all(world, "packages") if r.fields.get("status") != "delivered"])
    if package is None:
        return None
    edits.change(world, "packages", package.id, {"status": "delivered"}, bump=True, drop=[])
    return {"kind": "packages", "id": package.id}


DOCUMENT_MAKERS: dict[str, Callable[[World, random.Random], Done | None]] = {
    "new invoice": _sell,
    "payment": _pay,
    "credit": _credit,
    "line": _correct,
    "void": _void,
    "deleted document": _delete,
    "delivery": _ship,
}
DOCUMENT_WEIGHTS = {
    "new invoice": 4,
    "payment": 4,
    "credit": 1,
    "line": 2,
    "void": 1,
    "deleted document": 1,
    "delivery": 1,
}
