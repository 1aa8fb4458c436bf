"""What is sold: orders, invoices, payments, credit notes, packages, returns."""

from __future__ import annotations

from ... import models
from ..columns import money, number, text, whole
from .columns import (
    CURRENCY,
    DOCUMENTS_CURRENCY,
    OWN,
    amounts,
    borrowed_money,
    customer,
    day,
    foot,
    goods,
    head,
    lines_of,
    named_reference,
    part,
    priced,
    prices,
    reference,
)
from .kinds import Kind
from .lined import lined

_TOTAL = {"amount": "1250.5", "currency_code": "USD"}
_CUSTOMER = {"id": "31", "external_id": "5100000000090031", "name": "Al Noor"}
_LINE = {
    "id": "91",
    "external_id": "5100000000310091",
    "product": {"id": "17", "external_id": "5100000000084017"},
    "name": "Cable 3 m",
    "quantity": "10",
    "rate": {"amount": "125.05", "currency_code": "USD"},
    "total": _TOTAL,
}

SALES_ORDERS = Kind(
    address="sales-orders",
    kind="sales_order",
    one="sales order",
    many="sales orders",
    shape=lined(
        "SalesOrder",
        models.SalesOrder,
        (
            *head(),
            *customer(),
            *priced(),
            text("order_status", "How far the order is, in the source's word."),
            text("invoiced_status", "How far it is invoiced, in the source's word."),
            text("paid_status", "How far it is paid, in the source's word."),
            text("shipped_status", "How far it is shipped, in the source's word."),
            day("shipment_date", "To be shipped on."),
            number("quantity", "Of all lines together, as the source tells it."),
            number("quantity_packed", "Packed."),
            number("quantity_shipped", "Shipped."),
            number("quantity_invoiced", "Invoiced."),
            text("delivery_method", "Way of delivery."),
            text("sales_channel", "Sales channel."),
            *foot(),
        ),
        lines_of(
            "SalesOrderLine",
            models.SalesOrderLine,
            *goods(),
            *prices(),
            number("quantity_packed", "Packed."),
            number("quantity_shipped", "Shipped."),
            number("quantity_invoiced", "Invoiced."),
        ),
        "What is ordered.",
    ),
    example={"number": "SO-00017", "status": "confirmed", "date": "2026-11-20", "total": _TOTAL,
             "customer": _CUSTOMER, "lines": [_LINE]},
)  # fmt: skip
INVOICES = Kind(
    address="invoices",
    kind="invoice",
    one="invoice",
    many="invoices",
    shape=lined(
        "Invoice",
        models.Invoice,
        (
            *head(),
            day("due_date", "Due on."),
            *customer(),
            *priced(
                ("balance", "Still to be paid."),
                ("payment_made", "Paid."),
                ("credits_applied", "Credits applied."),
                ("write_off", "Written off."),
            ),
            whole("payment_terms", "Days; a negative number is a rule, such as end of month."),
            text("payment_terms_label", "Payment terms in words."),
            day("last_payment_date", "Last paid on."),
            *foot(),
        ),
        lines_of("InvoiceLine", models.InvoiceLine, *goods(), *prices()),
        "What is invoiced.",
    ),
    example={"number": "INV-000017", "status": "overdue", "date": "2026-11-05", "due_date": "2026-11-19",
             "total": _TOTAL, "balance": {"amount": "250.5", "currency_code": "USD"}, "customer": _CUSTOMER,
             "lines": [_LINE]},
)  # fmt: skip
CUSTOMER_PAYMENTS = Kind(
    address="customer-payments",
    kind="customer_payment",
    one="customer payment",
    many="customer payments",
    shape=lined(
        "CustomerPayment",
        models.CustomerPayment,
        (
            *head(),
            *customer(),
            *amounts(
                ("unused", "What no invoice has taken yet."),
                ("refunded", "Paid back."),
                ("bank_charges", "Bank charges."),
            ),
            text("mode", "Way of payment."),
            text("account_external_id", "Account."),
            text("account_name", "Account."),
            text("invoice_numbers", "Numbers of the invoices that it pays."),
            *foot(),
        ),
        lines_of(
            "PaymentAllocation",
            models.PaymentAllocation,
            *part(),
            named_reference("invoice", "The invoice, with its number as its name.", "invoice_number"),
            money("amount", f"What the invoice has taken. {OWN}", "amount", DOCUMENTS_CURRENCY),
        ),
        "Which invoice has taken how much.",
    ),
    example={"number": "17", "mode": "cash", "date": "2026-11-20", "total": _TOTAL, "customer": _CUSTOMER,
             "unused": {"amount": "0", "currency_code": "USD"},
             "lines": [{"id": "5", "external_id": "5100000000320005", "amount": _TOTAL,
                        "invoice": {"id": "17", "external_id": "5100000000310017", "name": "INV-000017"}}]},
)  # fmt: skip
CREDIT_NOTES = Kind(
    address="credit-notes",
    kind="credit_note",
    one="credit note",
    many="credit notes",
    shape=lined(
        "CreditNote",
        models.CreditNote,
        (*head(), *customer(), *priced(("balance", "Not used yet.")), *foot()),
        lines_of("CreditNoteLine", models.CreditNoteLine, *goods(), *prices()),
        "What is credited.",
    ),
    example={"number": "CN-00017", "status": "open", "total": _TOTAL, "balance": _TOTAL, "lines": [_LINE]},
)
_SALES_ORDER = (
    reference("sales_order", "The sales order."),
    text("sales_order_number", "The sales order's number."),
)
PACKAGES = Kind(
    address="packages",
    kind="package",
    one="package",
    many="packages",
    shape=lined(
        "Package",
        models.Package,
        (
            *head(),
            *customer(),
            *_SALES_ORDER,
            number("quantity", "Of all lines together, as the source tells it."),
            text("shipment_external_id", "Shipment."),
            text("shipment_number", "Shipment."),
            text("shipment_status", "The shipment's status, in the source's word."),
            day("shipment_date", "Shipped on."),
            text("carrier", "Carrier."),
            text("tracking_number", "Tracking number."),
            text("delivery_method", "Way of delivery."),
            *foot(),
        ),
        lines_of("PackageLine", models.PackageLine, *goods()),
        "What is in it.",
    ),
    example={"number": "PKG-00017", "status": "shipped", "quantity": "10", "carrier": "DHL",
             "customer": _CUSTOMER},
)  # fmt: skip
_ORDERS_CURRENCY = "In the sales order's currency."
SALES_RETURNS = Kind(
    address="sales-returns",
    kind="sales_return",
    one="sales return",
    many="sales returns",
    shape=lined(
        "SalesReturn",
        models.SalesReturn,
        (
            *head(),
            *customer(),
            *_SALES_ORDER,
            text("reason", "Reason."),
            text("receive_status", "How far it has come in, in the source's word."),
            text("refund_status", "How far it is paid back, in the source's word."),
            number("quantity", "Of all lines together, as the source tells it."),
            borrowed_money(
                "refunded", f"Paid back. {_ORDERS_CURRENCY}", "refunded", f"sales_order__{CURRENCY}"
            ),
            *foot(),
        ),
        lines_of(
            "SalesReturnLine",
            models.SalesReturnLine,
            *goods(),
            borrowed_money(
                "rate", f"Price of one. {_ORDERS_CURRENCY}", "rate", f"document__sales_order__{CURRENCY}"
            ),
        ),
        "What comes back.",
    ),
    example={"number": "RMA-00017", "status": "approved", "reason": "Damaged", "quantity": "1"},
)
KINDS = (SALES_ORDERS, INVOICES, CUSTOMER_PAYMENTS, CREDIT_NOTES, PACKAGES, SALES_RETURNS)
