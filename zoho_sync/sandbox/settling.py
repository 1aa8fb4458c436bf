"""How money meets what is owed: a payment or a credit note is used for an invoice, or given back.

Both sides remember it, and the statuses follow. Nobody's time of change is earlier than before.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from .records import Record
from .shapes.amounts import amounts_of
from .times import write_time

if TYPE_CHECKING:
    from .world import World

_NOTHING = Decimal("0.00")


def balance_of(world: World, kind: str, record: Record) -> Decimal:
    """What is still owed for an invoice or a bill, or not yet used of a credit."""
    return amounts_of(world, kind, record).get("balance", _NOTHING)


def apply(world: World, payment: Record, invoice: Record, amount: Decimal, day: str) -> None:
    """Use so much of a payment for an invoice."""
    row = {"invoice_payment_id": world.new_id(), "invoice_id": invoice.id, "amount_applied": amount}
    payment.fields["invoices"] = [*payment.fields["invoices"], row]
    invoice.fields["payment_made"] = invoice.fields.get("payment_made", _NOTHING) + amount
    invoice.fields["last_payment_date"] = day
    _link(invoice, "customerpayments", payment.id)
    follow(world, invoice)
    invoice.modified = max(invoice.modified, payment.modified)


def credit(world: World, note: Record, invoice: Record, most: Decimal) -> Decimal:
    """Use a credit note for an invoice, at most so much and never more than is owed; how much it was."""
    amount = min(most, balance_of(world, "invoices", invoice))
    if amount <= 0:
        return _NOTHING
    for record, key in ((note, "total_credits_used"), (invoice, "credits_applied")):
        record.fields[key] = record.fields.get(key, _NOTHING) + amount
    row = {"creditnote_invoice_id": world.new_id(), "invoice_id": invoice.id, "amount": amount}
    row["invoice_number"] = invoice.fields["invoice_number"]
    note.detail["invoices"] = [*note.detail.get("invoices", ()), row]
    _link(invoice, "creditnotes", note.id)
    follow(world, invoice)
    follow_credit(world, note)
    invoice.modified = max(invoice.modified, note.modified)
    return amount


def part(world: World, kind: str, record: Record) -> list[Record]:
    """An invoice, a payment or a credit note goes: the others forget it; those are returned."""
    if kind == "invoices":
        return _part_invoice(world, record)
    if kind == "customerpayments":
        return _part_money(world, record.fields.get("invoices", ()), "amount_applied", "payment_made")
    if kind == "creditnotes":
        return _part_money(world, record.detail.get("invoices", ()), "amount", "credits_applied")
    return []


def follow_all(world: World, kind: str, record: Record) -> None:
    """The status that follows from other amounts, where money or credits have been used."""
    if kind == "invoices" and record.links:
        follow(world, record)
    elif kind == "creditnotes" and record.fields.get("total_credits_used"):
        follow_credit(world, record)


def follow(world: World, invoice: Record) -> None:
    """The status that an invoice has by what is still owed; drafts and voids stay what they are."""
    fields = invoice.fields
    if fields.get("status") in ("draft", "void"):
        return
    if fields.get("payment_made") or fields.get("credits_applied"):
        fields["status"] = "partially_paid" if balance_of(world, "invoices", invoice) > 0 else "paid"
    elif fields.get("status") in ("paid", "partially_paid"):
        is_late = str(fields.get("due_date") or "9999") < write_time(world.now())[:10]
        fields["status"] = "overdue" if is_late else "sent"


def follow_credit(world: World, note: Record) -> None:
    if note.fields.get("status") in ("open", "closed"):
        note.fields["status"] = "open" if balance_of(world, "creditnotes", note) > 0 else "closed"


def _link(record: Record, kind: str, record_id: str) -> None:
    links = record.links = record.links or {}
    links[kind] = [*links.get(kind, ()), record_id]


def _part_invoice(world: World, invoice: Record) -> list[Record]:
    links, changed = invoice.links or {}, []
    for payment in _found(world, "customerpayments", links):
        rows = payment.fields["invoices"]
        payment.fields["invoices"] = [row for row in rows if row["invoice_id"] != invoice.id]
        changed.append(payment)
    for note in _found(world, "creditnotes", links):
        rows = note.detail.get("invoices", ())
        note.detail["invoices"] = [row for row in rows if row["invoice_id"] != invoice.id]
        gone = sum((row["amount"] for row in rows if row["invoice_id"] == invoice.id), _NOTHING)
        note.fields["total_credits_used"] = note.fields.get("total_credits_used", _NOTHING) - gone
        follow_credit(world, note)
        changed.append(note)
    return changed


def _found(world: World, kind: str, links: dict[str, list[str]]) -> list[Record]:
    records = (world.record(kind, one) for one in dict.fromkeys(links.get(kind, ())))
    return [record for record in records if record is not None]


def _part_money(world: World, rows: object, amount_key: str, invoice_key: str) -> list[Record]:
    changed = []
    for row in rows if isinstance(rows, list) else ():
        invoice = world.record("invoices", row["invoice_id"])
        if invoice is not None:
            invoice.fields[invoice_key] = invoice.fields.get(invoice_key, _NOTHING) - row[amount_key]
            follow(world, invoice)
            changed.append(invoice)
    return changed
