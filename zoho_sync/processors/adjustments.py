"""Zoho inventory adjustments; their listing tells no time of change."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Adjustment, AdjustmentLine

from .base import Field
from .converters import number
from .documents import LINE, Lines, document
from .registry import register

adjustments = register(
    document(
        entity="adjustments",
        label=_("Inventory adjustments"),
        model=Adjustment,
        path="inventoryadjustments",
        list_key="inventory_adjustments",
        detail_key="inventory_adjustment",
        id_key="inventory_adjustment_id",
        number_key="reference_number",
        fields={
            "kind": Field("adjustment_type"),
            "reason": Field("reason"),
            "source_notes": Field("description"),
            "total": Field("total", number),
        },
        lines=Lines(
            model=AdjustmentLine,
            quantity="quantity_adjusted",
            fields={
                **LINE,
                "value": Field("value_adjusted", number),
                "account_name": Field("adjustment_account_name"),
            },
        ),
        watches_all=True,
        newest_by="date",
        depends_on=("products",),
        events=("inventory_adjustment",),
    )
)
