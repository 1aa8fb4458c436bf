"""What is bought: vendors, purchase orders, bills, vendor credits."""

from __future__ import annotations

from rest_framework import serializers

from ... import models
from ..columns import Shape, flag, moment, money, number, plain, text, whole
from ..origin import identity, origin
from .columns import (
    BASE,
    BASE_CURRENCY,
    CURRENCY,
    NAMED,
    address,
    day,
    foot,
    goods,
    head,
    lines_of,
    local,
    priced,
    prices,
    vendor,
)
from .kinds import Kind
from .lined import lined

_OWN = "In the vendor's own currency."
_TOTAL = {"amount": "980", "currency_code": "USD"}
_VENDOR = {"id": "4", "external_id": "5100000000060004", "name": "Ugreen"}
_LINE = {
    "id": "71",
    "external_id": "5100000000410071",
    "product": {"id": "17", "external_id": "5100000000084017"},
    "name": "Cable 3 m",
    "quantity": "100",
    "rate": {"amount": "9.8", "currency_code": "USD"},
    "total": _TOTAL,
}

VENDORS = Kind(
    address="vendors",
    kind="vendor",
    one="vendor",
    many="vendors",
    shape=Shape(
        "Vendor",
        models.Vendor,
        (
            *identity(),
            text("name", "Name."),
            text("company_name", "Company."),
            text("number", "Vendor number."),
            text("first_name", "First name."),
            text("last_name", "Last name."),
            text("email", "E-mail."),
            text("phone", "Phone."),
            text("mobile", "Mobile."),
            text("website", "Website."),
            text("status", "The source's own word."),
            flag("is_active", "Active at the source."),
            text("currency_external_id", "Currency."),
            text(CURRENCY, "Currency, ISO 4217."),
            money("payable", f"What we owe. {_OWN}", "payable", CURRENCY),
            money("payable_base", f"What we owe. {BASE}", "payable_base", BASE_CURRENCY),
            money("unused_credits", f"Unused credits. {_OWN}", "unused_credits", CURRENCY),
            money("unused_credits_base", f"Unused credits. {BASE}", "unused_credits_base", BASE_CURRENCY),
            whole("payment_terms", "Days; a negative number is a rule, such as end of month."),
            text("payment_terms_label", "Payment terms in words."),
            text("source_notes", f"Notes at the source. {NAMED}", is_wide=True),
            address("billing_address"),
            address("shipping_address"),
            plain(
                "contact_persons", f"As the source tells them. {NAMED}", serializers.ListField, is_wide=True
            ),
            plain("custom_fields", "As the source tells them.", serializers.DictField),
            plain("tags", "As the source tells them.", serializers.ListField),
            local(),
            moment("detail_at", "When the detail was read; null if not yet: then addresses are unknown."),
            *origin(),
        ),
    ),
    example={"name": "Ugreen", "payable": _TOTAL, "currency_code": "USD"},
)
PURCHASE_ORDERS = Kind(
    address="purchase-orders",
    kind="purchase_order",
    one="purchase order",
    many="purchase orders",
    shape=lined(
        "PurchaseOrder",
        models.PurchaseOrder,
        (
            *head(),
            *vendor(),
            *priced(),
            day("delivery_date", "To be delivered on."),
            day("expected_date", "Expected on."),
            *foot(),
        ),
        lines_of(
            "PurchaseOrderLine",
            models.PurchaseOrderLine,
            *goods(),
            *prices(),
            number("quantity_received", "Received."),
            number("quantity_billed", "Billed."),
        ),
        "What is ordered.",
    ),
    example={"number": "PO-00017", "status": "issued", "expected_date": "2026-12-01", "total": _TOTAL,
             "vendor": _VENDOR, "lines": [_LINE]},
)  # fmt: skip
BILLS = Kind(
    address="bills",
    kind="bill",
    one="bill",
    many="bills",
    shape=lined(
        "Bill",
        models.Bill,
        (
            *head(),
            day("due_date", "Due on."),
            *vendor(),
            *priced(("balance", "Still to be paid.")),
            *foot(),
        ),
        lines_of("BillLine", models.BillLine, *goods(), *prices()),
        "What is billed.",
    ),
    example={"number": "B-17", "status": "open", "due_date": "2026-12-20", "total": _TOTAL, "balance": _TOTAL,
             "vendor": _VENDOR, "lines": [_LINE]},
)  # fmt: skip
VENDOR_CREDITS = Kind(
    address="vendor-credits",
    kind="vendor_credit",
    one="vendor credit",
    many="vendor credits",
    shape=lined(
        "VendorCredit",
        models.VendorCredit,
        (*head(), *vendor(), *priced(("balance", "Not used yet.")), *foot()),
        lines_of("VendorCreditLine", models.VendorCreditLine, *goods(), *prices()),
        "What is credited.",
    ),
    example={"number": "VC-17", "status": "open", "total": _TOTAL, "balance": _TOTAL, "vendor": _VENDOR},
)
KINDS = (VENDORS, PURCHASE_ORDERS, BILLS, VENDOR_CREDITS)
