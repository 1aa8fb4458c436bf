"""What the mirror must hold of invoices and their lines, worked out from the sandbox's own records by hand: no code of
the product is used here. The names of whom and what they speak of are left out: those change without a time of change.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.zoho_sync.engine.truth import assert_same_rows
from zoho_sync.sandbox.control import SandboxControl

TEXTS = {
    "number": "invoice_number",
    "status": "status",
    "reference": "reference_number",
    "source_notes": "notes",
    "terms": "terms",
    "currency_code": "currency_code",
    "customer_external_id": "customer_id",
    "warehouse_external_id": "location_id",
}
NUMBERS = {
    "total": "total",
    "sub_total": "sub_total",
    "tax_total": "tax_total",
    "balance": "balance",
    "payment_made": "payment_made",
    "credits_applied": "credits_applied",
    "exchange_rate": "exchange_rate",
}
DAYS = {"date": "date", "due_date": "due_date"}
LINE_TEXTS = {"name": "name", "product_external_id": "item_id", "warehouse_external_id": "location_id"}
LINE_NUMBERS = {"quantity": "quantity", "rate": "rate", "total": "item_total"}

Table = dict[str, dict[str, Any]]


def assert_exact(control: SandboxControl, organization: Any) -> None:
    """Every live invoice, every line, and every column named here is what Zoho says."""
    heads, lines = expected(control)
    if not heads:
        raise AssertionError("no invoice to compare: nothing would be proven")
    here, lines_here = stored(organization)
    assert_same_rows("invoice", heads, here)
    assert_same_rows("invoice line", lines, lines_here)


def expected(control: SandboxControl) -> tuple[Table, Table]:
    """(invoices, their lines), each by its id."""
    heads: Table = {}
    lines: Table = {}
    for told in control.records("invoices"):
        external_id = told["invoice_id"]
        heads[external_id] = _columns(told, TEXTS, NUMBERS) | {
            column: date.fromisoformat(told[key]) if told.get(key) else None for column, key in DAYS.items()
        }
        for line in told["line_items"]:
            lines[f"{external_id}:{line['line_item_id']}"] = _columns(line, LINE_TEXTS, LINE_NUMBERS)
    return heads, lines


def stored(organization: Any) -> tuple[Table, Table]:
    """The live ones here, in the same shape."""
    from inventory.models import Invoice, InvoiceLine

    heads = Invoice.objects.filter(organization=organization, removed_at=None)
    lines = InvoiceLine.objects.filter(organization=organization, removed_at=None)
    return _rows(heads, TEXTS, NUMBERS, DAYS), _rows(lines, LINE_TEXTS, LINE_NUMBERS)


def _columns(told: dict[str, Any], texts: dict[str, str], numbers: dict[str, str]) -> dict[str, Any]:
    return {column: told.get(key) or "" for column, key in texts.items()} | {
        column: _number(told.get(key)) for column, key in numbers.items()
    }


def _rows(rows: Any, *columns: dict[str, str]) -> Table:
    names = [name for each in columns for name in each]
    return {
        external_id: {
            name: _number(value) if isinstance(value, Decimal) else value
            for name, value in zip(names, values, strict=True)
        }
        for external_id, *values in rows.values_list("external_id", *names)
    }


def _number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value)).normalize() + 0
