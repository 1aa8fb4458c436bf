"""Zoho customer payments. Their listing tells no time of change; which invoice took how much, only the detail does."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import CustomerPayment, Invoice, PaymentAllocation

from .base import Field
from .converters import key, number
from .documents import CUSTOMER, MONEY, TO_CUSTOMER, Lines, document
from .registry import register

customer_payments = register(
    document(
        entity="customer_payments",
        label=_("Customer payments"),
        model=CustomerPayment,
        path="customerpayments",
        detail_key="payment",
        id_key="payment_id",
        number_key="payment_number",
        fields={
            **MONEY,
            **CUSTOMER,
            "total": Field("amount", number),
            "mode": Field("payment_mode"),
            "unused": Field("unused_amount", number),
            "refunded": Field("amount_refunded", number),
            "bank_charges": Field("bank_charges", number),
            "account_external_id": Field("account_id", key),
            "account_name": Field("account_name"),
            "source_notes": Field("description"),
            "invoice_numbers": Field("invoice_numbers"),
        },
        links=TO_CUSTOMER,
        lines=Lines(
            model=PaymentAllocation,
            payload_key="invoices",
            id_key="invoice_id",
            quantity="",
            fields={
                "invoice_number": Field("invoice_number"),
                "amount": Field("amount_applied", number),
            },
            links={"invoice": (Invoice, ("invoice_id",))},
        ),
        watches_all=True,
        depends_on=("customers", "invoices"),
        events=("customerpayment",),
    )
)
