"""Zoho bills. Inventory's listing obeys nothing but paging; Books takes a filter by time of change (zoho-api.md, 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Bill, BillLine

from .base import Field
from .converters import day, number
from .documents import PRICED, PRICED_LINE, TO_VENDOR, VENDOR, Lines, document
from .registry import register

bills = register(
    document(
        entity="bills",
        label=_("Bills"),
        model=Bill,
        path="bills",
        detail_key="bill",
        id_key="bill_id",
        number_key="bill_number",
        fields={
            **PRICED,
            **VENDOR,
            "due_date": Field("due_date", day),
            "balance": Field("balance", number),
        },
        links=TO_VENDOR,
        lines=Lines(model=BillLine, fields=PRICED_LINE),
        modified_filter=True,
        apis=("books",),
        newest_by="",
        depends_on=("products", "vendors"),
        events=("bill",),
    )
)
