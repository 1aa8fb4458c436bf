"""Zoho credit notes: neither API can be asked for what changed (zoho-api.md, 6)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import CreditNote, CreditNoteLine

from .base import Field
from .converters import number
from .documents import CUSTOMER, PRICED, PRICED_LINE, TO_CUSTOMER, Lines, document
from .registry import register

credit_notes = register(
    document(
        entity="credit_notes",
        label=_("Credit notes"),
        model=CreditNote,
        path="creditnotes",
        detail_key="creditnote",
        id_key="creditnote_id",
        number_key="creditnote_number",
        fields={**PRICED, **CUSTOMER, "balance": Field("balance", number)},
        links=TO_CUSTOMER,
        lines=Lines(model=CreditNoteLine, fields=PRICED_LINE),
        newest_by="created_time",
        open_filter="Status.Open",
        depends_on=("products", "customers"),
        events=("creditnote",),
    )
)
