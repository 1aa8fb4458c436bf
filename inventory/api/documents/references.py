"""What other records refer to: people, currencies, taxes, groups of variants, composite products."""

from __future__ import annotations

from rest_framework import serializers

from ... import models
from ..columns import Shape, flag, moment, number, plain, text, whole
from ..origin import identity, origin
from .columns import NAMED, day, lines_of, local, part, reference
from .kinds import Kind
from .lined import lined

SOURCE_USERS = Kind(
    address="source-users",
    kind="source_user",
    one="user at the source",
    many="users at the source",
    shape=Shape(
        "SourceUser",
        models.SourceUser,
        (
            *identity(),
            text("name", "Name."),
            text("email", "E-mail."),
            text("role", "Role."),
            text("role_external_id", "Role."),
            text("kind", "The source's word."),
            text("status", "The source's own word."),
            flag("is_active", "Active at the source."),
            *origin(),
        ),
    ),
    example={"name": "Zainab", "role": "Salesperson", "is_active": True},
)
CURRENCIES = Kind(
    address="currencies",
    kind="currency",
    one="currency",
    many="currencies",
    shape=Shape(
        "Currency",
        models.Currency,
        (
            *identity(),
            text("code", "ISO 4217."),
            text("name", "Name."),
            text("symbol", "Symbol."),
            whole("decimal_places", "Decimals of its amounts."),
            text("format", "How amounts are written."),
            flag("is_base", "The organisation's base currency."),
            number("exchange_rate", "One unit of it in the base currency, on `effective_date`."),
            day("effective_date", "Day of the exchange rate."),
            *origin(),
        ),
    ),
    example={"code": "USD", "name": "US dollar", "exchange_rate": "1310", "effective_date": "2026-11-20"},
)
TAXES = Kind(
    address="taxes",
    kind="tax",
    one="tax",
    many="taxes",
    shape=Shape(
        "Tax",
        models.Tax,
        (
            *identity(),
            text("name", "Name."),
            number("percentage", "In per cent."),
            text("kind", "The source's word, such as tax or compound_tax."),
            flag("is_default", "The default."),
            text("authority_name", "Authority."),
            *origin(),
        ),
    ),
    example={"name": "Sales tax", "percentage": "5"},
)
PRODUCT_GROUPS = Kind(
    address="product-groups",
    kind="product_group",
    one="group of products",
    many="groups of products",
    shape=Shape(
        "ProductGroup",
        models.ProductGroup,
        (
            *identity(),
            text("name", "Name."),
            text("status", "The source's own word."),
            flag("is_active", "Active at the source."),
            text("brand", "Brand."),
            text("manufacturer", "Manufacturer."),
            text("unit", "Unit of count."),
            text("description", f"Description. {NAMED}", is_wide=True),
            plain(
                "attributes", "What its variants differ in, as the source tells it.", serializers.ListField
            ),
            plain("product_external_ids", "The source's ids of its products.", serializers.ListField),
            plain("custom_fields", "As the source tells them.", serializers.DictField),
            local(),
            *origin(),
        ),
    ),
    example={"name": "Cable", "product_external_ids": ["5100000000084017", "5100000000084018"]},
)
COMPOSITES = Kind(
    address="composites",
    kind="composite",
    one="composite product",
    many="composite products",
    shape=lined(
        "Composite",
        models.Composite,
        (
            *identity(),
            text("name", "Name."),
            text("sku", "Stock keeping unit."),
            reference("product", "The product that is put together."),
            text("kind", "The source's word: assembly or kit."),
            text("status", "The source's own word."),
            flag("is_active", "Active at the source."),
            moment("detail_at", "When its parts were last read; null if not yet."),
            flag("lines_pending", "Its parts are not read yet, or not since it changed.", "detail_is_due", known=True),
            *origin(),
        ),
        lines_of(
            "CompositePart",
            models.CompositePart,
            *part(),
            reference("product", "The product."),
            text("name", "The product's name as the composite says it."),
            text("unit", "Unit of count."),
            number("quantity", "How many are in one."),
        ),
        "What it is made of.",
    ),
    example={"name": "Desk set", "kind": "kit"},
)  # fmt: skip
KINDS = (SOURCE_USERS, CURRENCIES, TAXES, PRODUCT_GROUPS, COMPOSITES)
