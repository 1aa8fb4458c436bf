"""Zoho taxes. Groups of taxes are told by id only, and are not read."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Tax

from .base import Field, Mapping, Processor, one_row
from .converters import flag, number
from .registry import register

mapping = Mapping(
    model=Tax,
    fields={
        "name": Field("tax_name", required=True),
        "percentage": Field("tax_percentage", number),
        "kind": Field("tax_type"),
        "is_default": Field("is_default_tax", flag),
        "authority_name": Field("tax_authority_name"),
    },
)

taxes = register(
    Processor(
        entity="taxes",
        label=_("Taxes"),
        mapping=mapping,
        path="settings/taxes",
        list_key="taxes",
        id_key="tax_id",
        detail_key="tax",
        expand=one_row(mapping, "tax_id"),
        is_background=True,
    )
)
