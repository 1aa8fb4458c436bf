"""Zoho vendor credits, whose scope is still called debitnotes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import VendorCredit, VendorCreditLine

from .base import Field
from .converters import number
from .documents import PRICED, PRICED_LINE, TO_VENDOR, VENDOR, Lines, document
from .registry import register

vendor_credits = register(
    document(
        entity="vendor_credits",
        label=_("Vendor credits"),
        model=VendorCredit,
        path="vendorcredits",
        detail_key="vendor_credit",
        id_key="vendor_credit_id",
        number_key="vendor_credit_number",
        fields={**PRICED, **VENDOR, "balance": Field("balance", number)},
        links=TO_VENDOR,
        lines=Lines(model=VendorCreditLine, fields=PRICED_LINE),
        modified_filter=True,
        sorts=True,
        open_filter="Status.Open",
        depends_on=("products", "vendors"),
        events=("vendor_credit",),
    )
)
