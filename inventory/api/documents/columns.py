"""Groups of columns that several kinds of documents have.

What a document says of others (a customer's or a product's name) is told as the document says it, beside both ids, so
that a row is told from its own table: renaming a customer does not change what his old invoices say.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from rest_framework import serializers

from ..columns import Column, Money, Shape, flag, key, moment, money, nested, number, plain, text
from ..origin import identity, origin
from ..rows import Parts

OWN, BASE = "In the document's own currency.", "In the organisation's base currency."
NAMED = "In a list only when `fields` names it."
CURRENCY, DOCUMENTS_CURRENCY = "currency_code", "document__currency_code"
BASE_CURRENCY = "organization__currency_code"
LINES = "lines"


class Reference(serializers.Serializer):
    """Another row. id: ours; null while that row is not mirrored, or not linked yet."""

    id = serializers.CharField(allow_null=True)
    external_id = serializers.CharField(help_text="The source's id.")


class NamedReference(Reference):
    name = serializers.CharField(allow_blank=True, help_text="As the document says it.")


class DocumentLocal(serializers.Serializer):
    """Staff's own; no sync touches it."""

    notes = serializers.CharField(allow_blank=True)


def reference_told(pk: int | None, external_id: str | None) -> dict[str, Any] | None:
    """None where nothing is referred to."""
    if pk is None and not external_id:
        return None
    return {"id": None if pk is None else str(pk), "external_id": external_id}


def named_told(pk: int | None, external_id: str | None, name: str | None) -> dict[str, Any] | None:
    told = reference_told(pk, external_id)
    if told is None:
        return {"id": None, "external_id": "", "name": name} if name else None
    return {**told, "name": name}


def reference(name: str, told: str) -> Column:
    """Of a link: `<name>_id` and `<name>_external_id`."""
    form = Reference(help_text=f"{told} null: none.", allow_null=True, required=False)
    return nested(name, form, (f"{name}_id", f"{name}_external_id"), reference_told)


def named_reference(name: str, told: str, label: str = "") -> Column:
    """label: the column with the name, if it is not `<name>_name`."""
    form = NamedReference(help_text=f"{told} null: none.", allow_null=True, required=False)
    paths = (f"{name}_id", f"{name}_external_id", label or f"{name}_name")
    return nested(name, form, paths, named_told)


def day(name: str, told: str) -> Column:
    """A day in the organisation's zone."""
    return Column(name, serializers.DateField(help_text=told, required=False, allow_null=True), (name,))


def borrowed_money(name: str, told: str, amount: str, currency: str) -> Column:
    """An amount whose currency is told by another row, which may not be linked yet."""

    def make(value: str | None, code: str | None) -> dict[str, str] | None:
        return None if value is None else {"amount": value, "currency_code": code or ""}

    form = Money(help_text=told, required=False, allow_null=True)
    return nested(name, form, (amount, currency), make)


def local() -> Column:
    return nested("local", DocumentLocal(required=False), ("notes",), Parts(("notes",)))


def head() -> tuple[Column, ...]:
    """What every document begins with."""
    return (
        *identity(),
        text("number", "Number."),
        text("reference", "Reference."),
        text("status", "The source's own word."),
        day("date", "Day in the organisation's zone."),
        reference("warehouse", "The place."),
    )


def foot() -> tuple[Column, ...]:
    """What every document ends with, but for its lines."""
    return (
        text("source_notes", f"Notes at the source. {NAMED}", is_wide=True),
        plain("custom_fields", "As the source tells them.", serializers.DictField),
        local(),
        moment("detail_at", "When its lines were last read; null if not yet."),
        flag(
            "lines_pending",
            "Its lines are not read yet, or not since it changed.",
            "detail_is_due",
            known=True,
        ),
        *origin(),
    )


def amounts(*more: tuple[str, str]) -> tuple[Column, ...]:
    """What every document with a currency has. more: (name, what it is) of further amounts in it."""
    return (
        text(CURRENCY, "Currency, ISO 4217."),
        text("currency_external_id", "Currency."),
        number("exchange_rate", "One unit of the currency in the organisation's base currency."),
        money("total", f"Total. {OWN}", "total", CURRENCY),
        *(money(name, f"{told} {OWN}", name, CURRENCY) for name, told in more),
    )


def priced(*more: tuple[str, str]) -> tuple[Column, ...]:
    """What every document has whose lines have prices."""
    return (
        *amounts(
            *more,
            ("sub_total", "Before discount, tax and shipping."),
            ("discount_total", "Discount."),
            ("tax_total", "Tax."),
            ("shipping_charge", "Shipping."),
            ("adjustment", "Adjustment."),
        ),
        flag("is_inclusive_tax", "Prices include tax."),
        text("price_list_external_id", "Price list."),
        address("billing_address"),
        address("shipping_address"),
        text("terms", f"Terms. {NAMED}", is_wide=True),
    )


def address(name: str) -> Column:
    return plain(name, f"As the source tells it. {NAMED}", serializers.DictField, is_wide=True)


def customer() -> tuple[Column, ...]:
    return (
        named_reference("customer", "Who buys."),
        text("salesperson_external_id", "Salesperson."),
        text("salesperson_name", "Salesperson, as the document says it."),
    )


def vendor() -> tuple[Column, ...]:
    return (named_reference("vendor", "Who sells to us."),)


# --- Lines ---------------------------------------------------------------------------------------------


def part() -> tuple[Column, ...]:
    """What every part of a document begins with."""
    return (
        key("id", "Ours; opaque text.", "pk"),
        text("external_id", "The source's id of it; opaque text."),
    )


def goods(unit_of_quantity: str = "How many; fractions are allowed; null is unknown.") -> tuple[Column, ...]:
    """What every line has."""
    return (
        *part(),
        reference("product", "The product; a line without one is text or a service."),
        text("name", "The product's name as the document says it."),
        text("description", "Description."),
        text("unit", "Unit of count."),
        number("quantity", unit_of_quantity),
        reference("warehouse", "From or to where, if the line says it."),
    )


def prices() -> tuple[Column, ...]:
    """What every line with a price has beside its goods."""
    return (
        money("rate", f"Price of one. {OWN}", "rate", DOCUMENTS_CURRENCY),
        text("discount", "An amount, or a share such as 10%."),
        text("tax_external_id", "Tax."),
        text("tax_name", "Tax."),
        number("tax_percentage", "Tax in per cent."),
        money("total", f"Of the line. {OWN}", "total", DOCUMENTS_CURRENCY),
    )


def lines_of(name: str, model: type[models.Model], *columns: Column) -> Shape:
    """name: of the component in the schema."""
    return Shape(name, model, columns)
