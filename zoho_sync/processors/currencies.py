"""Zoho currencies with their rates; the list comes in one answer, without paging."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from inventory.models import Currency

from .base import Field, Mapping, Processor, one_row
from .converters import day, flag, number, whole
from .registry import register

mapping = Mapping(
    model=Currency,
    fields={
        "code": Field("currency_code", required=True),
        "name": Field("currency_name"),
        "symbol": Field("currency_symbol"),
        "decimal_places": Field("price_precision", whole),
        "format": Field("currency_format"),
        "is_base": Field("is_base_currency", flag),
        "exchange_rate": Field("exchange_rate", number),
        "effective_date": Field("effective_date", day),
    },
)

currencies = register(
    Processor(
        entity="currencies",
        label=_("Currencies"),
        mapping=mapping,
        path="settings/currencies",
        list_key="currencies",
        id_key="currency_id",
        detail_key="currency",
        expand=one_row(mapping, "currency_id"),
        paged=False,
        is_background=True,
    )
)
