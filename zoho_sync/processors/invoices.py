"""Zoho invoices. Books obeys a filter by time of change, Inventory documents none (zoho-api.md, 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Invoice, InvoiceLine

from .base import Field
from .converters import day, number, whole
from .documents import CUSTOMER, PRICED, PRICED_LINE, TO_CUSTOMER, Lines, document
from .registry import register

invoices = register(
    document(
        entity="invoices",
        label=_("Invoices"),
        model=Invoice,
        path="invoices",
        detail_key="invoice",
        id_key="invoice_id",
        number_key="invoice_number",
        fields={
            **PRICED,
            **CUSTOMER,
            "due_date": Field("due_date", day),
            "balance": Field("balance", number),
            "payment_made": Field("payment_made", number),
            "credits_applied": Field("credits_applied", number),
            "write_off": Field("write_off_amount", number),
            "payment_terms": Field("payment_terms", whole),
            "payment_terms_label": Field("payment_terms_label"),
            "last_payment_date": Field("last_payment_date", day),
        },
        links=TO_CUSTOMER,
        lines=Lines(model=InvoiceLine, fields=PRICED_LINE),
        modified_filter=True,
        apis=("books", "inventory"),
        open_filter="Status.Unpaid",
        depends_on=("products", "customers"),
        events=("invoice",),
    )
)
