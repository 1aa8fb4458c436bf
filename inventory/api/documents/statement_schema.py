"""What a customer's statement looks like, for the schema."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers

from ..columns import decimal_form
from ..wording import IF_NONE_MATCH, JSON, NOT_MODIFIED
from .columns import NamedReference
from .sales import CREDIT_NOTES, CUSTOMER_PAYMENTS, INVOICES

# Of a document in a statement.
COLUMNS = frozenset(
    {"id", "external_id", "number", "reference", "status", "date", "due_date", "total", "balance", "unused"}
)


class StatementBalance(serializers.Serializer):
    """In one currency. receivable is what open invoices leave to be paid; balance = receivable - unused_credits."""

    currency_code = serializers.CharField(help_text="ISO 4217.", allow_blank=True)
    receivable = decimal_form("Of all invoices that bind, what is still to be paid.")
    open_invoices_count = serializers.IntegerField()
    overdue = decimal_form("Of that, what is due since a day that is over.")
    overdue_since = serializers.DateField(allow_null=True, help_text="The oldest such day.")
    unused_credits = decimal_form(
        "What credit notes, and payments that no invoice has taken, leave to be used."
    )
    balance = decimal_form("What he owes in all; negative: we owe him.")
    unknown = serializers.IntegerField(
        help_text="Invoices whose balance is not known, so that the sums lack them."
    )
    source_receivable = decimal_form(
        "The same by the source's own word; it knows an opening balance too. null: not known, or no currency of his."
    )
    source_unused_credits = decimal_form("Likewise.")
    agrees = serializers.BooleanField(
        allow_null=True,
        help_text="The source's figures and the documents say the same; null where that cannot be judged: something "
        "is not known, or he has documents in other currencies, which the source brings in at its rates.",
    )


class StatementUrls(serializers.Serializer):
    open_invoices = serializers.URLField()
    credits = serializers.URLField()
    payments = serializers.URLField()


class StatementForm(serializers.Serializer):
    customer = NamedReference()
    date = serializers.DateField(help_text="Today, where the organisation is.")
    balances = StatementBalance(many=True, help_text="His own currency first.")
    open_invoices = INVOICES.shape.form(
        many=True, help_text="What is still to be paid, due first; at most 500."
    )
    credits = CREDIT_NOTES.shape.form(
        many=True, help_text="What can still be used, latest first; at most 500."
    )
    payments = CUSTOMER_PAYMENTS.shape.form(many=True, help_text="The latest 50.")
    urls = StatementUrls(help_text="The whole lists.")


_AMOUNT = {"amount": "250.5", "currency_code": "USD"}
_EXAMPLE = {
    "customer": {"id": "31", "external_id": "5100000000090031", "name": "Al Noor"},
    "date": "2026-11-20",
    "balances": [
        {"currency_code": "USD", "receivable": "250.5", "open_invoices_count": 1, "overdue": "250.5",
         "overdue_since": "2026-11-19", "unused_credits": "50", "balance": "200.5", "unknown": 0,
         "source_receivable": "250.5", "source_unused_credits": "50", "agrees": True},
    ],
    "open_invoices": [
        {"id": "17", "external_id": "5100000000310017", "number": "INV-000017", "status": "overdue",
         "date": "2026-11-05", "due_date": "2026-11-19", "total": _AMOUNT, "balance": _AMOUNT},
    ],
    "credits": [],
    "payments": [
        {"id": "9", "external_id": "5100000000320009", "number": "9", "date": "2026-11-06", "total": _AMOUNT,
         "unused": {"amount": "50", "currency_code": "USD"}},
    ],
    "urls": {
        "open_invoices": "https://erp.example.com/api/v1/invoices/?customer=5100000000090031&unpaid=true",
        "credits": "https://erp.example.com/api/v1/credit-notes/?customer=5100000000090031&unused=true",
        "payments": "https://erp.example.com/api/v1/customer-payments/?customer=5100000000090031",
    },
}  # fmt: skip

statement_described = extend_schema(
    operation_id="customers_statement",
    summary="What a customer owes, and why",
    description="His open invoices, credits and payments, and what they come to beside the source's own figures.",
    parameters=[
        OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Ours."),
        IF_NONE_MATCH,
    ],
    responses={(200, JSON): StatementForm, 304: NOT_MODIFIED},
    examples=[
        OpenApiExample("A customer", value=_EXAMPLE, response_only=True, media_type=JSON, status_codes=[200])
    ],
)
