"""What staff do with documents: take money, use credits, void, change one line. With the world's lock held."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import edits
from .lookup import EditError, find
from .movements import move
from .payments import need_open
from .records import Record
from .related import refresh
from .settling import balance_of, credit
from .shapes.amounts import amounts_of, number
from .shapes.kinds import DOCUMENTS
from .times import write_time
from .world import World

_VOIDABLE = ("invoices", "salesorders", "creditnotes", "bills", "vendorcredits")


def pay_invoice(world: World, invoice_id: str, amount: Any = None, **fields: Any) -> str:
    """A new payment for one invoice, of all that is owed unless an amount is said; the payment's id."""
    invoice = find(world, "invoices", invoice_id)
    need_open(invoice)
    owed = balance_of(world, "invoices", invoice)
    paid = owed if amount is None else number(amount)
    if paid <= 0:
        raise EditError(f"Invoice {invoice.id} cannot be paid with {paid}.")
    usual = {
        key: invoice.fields[key] for key in ("customer_id", "currency_code", "exchange_rate", "location_id")
    }
    rows = [{"invoice_id": invoice.id, "amount_applied": min(paid, owed)}]
    return edits.add(world, "customerpayments", usual | {"amount": paid, "invoices": rows} | fields)


def apply_credit(world: World, creditnote_id: str, invoice_id: str, amount: Any = None) -> Decimal:
    """Use a credit note for an invoice, as far as both reach; how much it was."""
    note, invoice = find(world, "creditnotes", creditnote_id), find(world, "invoices", invoice_id)
    need_open(invoice)
    if note.fields.get("status") != "open":
        raise EditError(f"Credit note {note.id} is not open.")
    if note.fields.get("customer_id") != invoice.fields.get("customer_id"):
        raise EditError(f"Invoice {invoice.id} is another customer's.")
    left = balance_of(world, "creditnotes", note)
    used = credit(world, note, invoice, left if amount is None else min(number(amount), left))
    for kind, record in (("creditnotes", note), ("invoices", invoice)):
        told(world, kind, record)
    return used


def void(world: World, kind: str, record_id: str) -> None:
    """Refused, as by Zoho, where money or credits have been used for it. Its stock comes back."""
    record = find(world, kind, record_id)
    if kind not in _VOIDABLE:
        raise EditError(f"Only {', '.join(_VOIDABLE)} can be made void, not {kind}.")
    amounts = amounts_of(world, kind, record)
    if any(number(amounts.get(name)) for name in DOCUMENTS[kind].balance):
        raise EditError(f"Record {record.id} of the {kind} has payments or credits; it cannot be made void.")
    record.fields["status"] = "void"
    if record.moves_stock:
        move(world, kind, record.fields, -1)
        record.moves_stock = False
    told(world, kind, record)


def change_line(
    world: World,
    kind: str,
    record_id: str,
    line_item_id: str,
    fields: dict[str, Any],
    *,
    remove: bool = False,
) -> None:
    """Set fields of one line, or take it out; the amounts and the status follow."""
    record = find(world, kind, record_id)
    lines = record.fields.get("line_items", [])
    if not any(line["line_item_id"] == line_item_id for line in lines):
        raise EditError(f"There is no line {line_item_id} in record {record.id} of the {kind}.")
    kept = [line for line in lines if not remove or line["line_item_id"] != line_item_id]
    changed = [line | fields if line["line_item_id"] == line_item_id else line for line in kept]
    edits.change(world, kind, record.id, {"line_items": changed}, bump=True, drop=[])


def told(world: World, kind: str, record: Record, event: str = "edited") -> None:
    """A document is different now: its time moves, its table knows, webhooks go out."""
    record.modified = max(world.now(), record.modified)
    refresh(world, kind, record)
    world.table(kind).changed()
    world.happened(kind, event, record)


def today(world: World) -> str:
    """The organisation's date, by its clock."""
    return write_time(world.now())[:10]
