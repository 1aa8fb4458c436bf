"""A new payment and the invoices it is for."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .lookup import EditError, find
from .records import Record
from .settling import apply, balance_of
from .shapes.amounts import number
from .world import World

_NOTHING = Decimal("0.00")


def use_payment(world: World, payment: Record, rows: Any) -> list[Record]:
    """Use a payment that is new for invoices of its customer: [{invoice_id, amount_applied}]; those invoices."""
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise EditError("invoices must be a list of objects.")
    wanted: list[tuple[Record, Decimal]] = []
    for row in rows:
        invoice = find(world, "invoices", str(row.get("invoice_id")))
        need_open(invoice)
        amount = number(row.get("amount_applied"))
        if invoice.fields.get("customer_id") != payment.fields.get("customer_id"):
            raise EditError(f"Invoice {invoice.id} is another customer's.")
        if not 0 < amount <= balance_of(world, "invoices", invoice):
            raise EditError(f"Invoice {invoice.id} does not owe {amount}.")
        wanted.append((invoice, amount))
    if sum((amount for _invoice, amount in wanted), _NOTHING) > number(payment.fields["amount"]):
        raise EditError("More was used than paid.")
    payment.fields["invoices"] = []
    for invoice, amount in wanted:
        apply(world, payment, invoice, amount, str(payment.fields["date"]))
    return [invoice for invoice, _amount in wanted]


def need_open(invoice: Record) -> None:
    """Raises EditError for a draft or a void invoice."""
    if invoice.fields.get("status") in ("draft", "void"):
        raise EditError(f"Invoice {invoice.id} is a {invoice.fields['status']}; nothing is owed for it.")
