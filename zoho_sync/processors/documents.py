"""How every document is read: a list row is its head, a detail is its head and all its lines.

Sources: Zoho's published contract for the names of fields, zoho-api.md 6 and 9 for what the live API does. An
organisation that was never moved to Locations says `warehouse_id` where others say `location_id`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import models

from inventory.models import Customer, Product, SourceUser, Vendor, Warehouse

from ..errors import RecordRejected
from ..sentences import sentence as _
from .base import (
    ChildSet,
    Details,
    Expansion,
    Field,
    Kind,
    Link,
    Mapping,
    Processor,
    Row,
    custom_fields,
    identify,
    picked,
)
from .converters import day, flag, key, moment, number

ADDRESS = ("attention", "address", "street2", "city", "state", "zip", "country", "phone", "fax")
# Where a link's id stands: the first key that the payload has.
PLACE = ("location_id", "warehouse_id")

HEAD = {
    "reference": Field("reference_number"),
    "status": Field("status"),
    "date": Field("date", day),
    "source_notes": Field("notes"),
    "source_created_at": Field("created_time", moment),
    "source_modified_at": Field("last_modified_time", moment),
}
MONEY = {
    "currency_code": Field("currency_code"),
    "currency_external_id": Field("currency_id", key),
    "exchange_rate": Field("exchange_rate", number),
    "total": Field("total", number),
}
PRICED = {
    **MONEY,
    "sub_total": Field("sub_total", number),
    "discount_total": Field("discount_amount", number),
    "tax_total": Field("tax_total", number),
    "shipping_charge": Field("shipping_charge", number),
    "adjustment": Field("adjustment", number),
    "is_inclusive_tax": Field("is_inclusive_tax", flag),
    "price_list_external_id": Field("pricebook_id", key),
    "terms": Field("terms"),
}
CUSTOMER = {
    "customer_name": Field("customer_name"),
    "salesperson_external_id": Field("salesperson_id", key),
    "salesperson_name": Field("salesperson_name"),
}
VENDOR = {"vendor_name": Field("vendor_name")}
LINE = {"name": Field("name"), "description": Field("description"), "unit": Field("unit")}
PRICED_LINE = {
    **LINE,
    "rate": Field("rate", number),
    "discount": Field("discount"),
    "tax_external_id": Field("tax_id", key),
    "tax_name": Field("tax_name"),
    "tax_percentage": Field("tax_percentage", number),
    "total": Field("item_total", number),
}

Links = dict[str, tuple[type[models.Model], Sequence[str]]]
TO_CUSTOMER: Links = {"customer": (Customer, ("customer_id",))}
TO_VENDOR: Links = {"vendor": (Vendor, ("vendor_id",))}
AT_PLACE: Links = {"warehouse": (Warehouse, PLACE)}
TO_PRODUCT: Links = {"product": (Product, ("item_id",)), **AT_PLACE}


def links_of(told: Links) -> dict[str, Link]:
    few = (Warehouse, SourceUser)
    return {name: Link(model, required=False, few=model in few) for name, (model, _keys) in told.items()}


def linked(payload: dict, told: Links) -> dict[str, Any]:
    """Both columns of each link that the payload tells: the id, and whom the loader shall look for."""
    values: dict[str, Any] = {}
    for name, (_model, keys) in told.items():
        found = next((each for each in keys if each in payload), None)
        if found is not None:
            values[f"{name}_external_id"] = external_id = key(payload[found])
            values[name] = external_id or None
    return values


@dataclass(frozen=True, kw_only=True)
class Lines:
    """The parts of a document. payload_key: where they stand. id_key: theirs, within the document.

    quantity: the key that says how many; "" for parts that are no goods.
    """

    model: type[models.Model]
    payload_key: str = "line_items"
    id_key: str = "line_item_id"
    quantity: str = "quantity"
    fields: dict[str, Field] = field(default_factory=lambda: dict(LINE))
    links: Links = field(default_factory=lambda: dict(TO_PRODUCT))


def document(
    *,
    entity: str,
    label: Any,
    model: type[models.Model],
    path: str,
    detail_key: str,
    id_key: str,
    number_key: str,
    fields: dict[str, Field],
    lines: Lines,
    links: Links | None = None,
    computed: Callable[[dict], dict] | None = None,
    list_key: str = "",
    watches_all: bool = False,
    newest_by: str = "date",
    **more: Any,
) -> Processor:
    """The processor of one kind of document. fields: beside HEAD, whose keys they may replace."""
    links = {**AT_PLACE, **(links or {})}
    columns = {column.name for column in model._meta.get_fields()}

    def told(payload: dict) -> dict[str, Any]:
        values = linked(payload, links) | custom_fields(payload)
        for name in ("billing_address", "shipping_address"):
            if name in columns and isinstance(payload.get(name), dict):
                values[name] = picked(payload[name], ADDRESS)
        # Some answers tell the whole discount by this name, some as discount_amount.
        if "discount_total" in columns and "discount_total" in payload:
            values["discount_total"] = number(payload["discount_total"])
        return values | (computed(payload) if computed else {})

    head = Mapping(
        model=model,
        fields={"number": Field(number_key), **HEAD, **fields},
        computed=told,
        links=links_of(links),
        watches_all=watches_all,
    )
    parts = parts_of(model, lines)

    def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
        document_id = identify(payload, id_key)
        result = Expansion(
            [Row(head, document_id, head.values(payload), unit=document_id, raw=raw, kind=kind)]
        )
        if kind is Kind.DETAIL:
            add_lines(result, payload, document_id, parts, lines)
        return result

    return Processor(
        entity=entity,
        label=label,
        mapping=head,
        path=path,
        list_key=list_key or path,
        id_key=id_key,
        detail_key=detail_key,
        expand=expand,
        details=Details.EACH,
        lane="documents",
        newest_by=newest_by,
        is_background=True,
        full_every=timedelta(days=30),
        **more,
    )


def parts_of(model: type[models.Model], lines: Lines) -> Mapping:
    """The mapping of what belongs to documents of `model`."""
    goods = {"quantity": Field(lines.quantity, number)} if lines.quantity else {}
    return Mapping(
        model=lines.model,
        fields={**lines.fields, **goods},
        computed=lambda payload: linked(payload, lines.links),
        links={"document": Link(model), **links_of(lines.links)},
        set_of="document",
        is_owned=True,
    )


def add_lines(result: Expansion, payload: dict, document_id: str, mapping: Mapping, lines: Lines) -> None:
    """All lines or none: a document with a line that cannot be read is refused as a whole."""
    entries = payload.get(lines.payload_key)
    if not isinstance(entries, list):
        raise RecordRejected(_("%(key)s is missing") % {"key": lines.payload_key})
    seen: set[str] = set()
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            raise RecordRejected(_("%(key)s: an entry is not an object") % {"key": lines.payload_key})
        external_id = f"{document_id}:{key(entry.get(lines.id_key)) or f'#{position}'}"
        if external_id in seen:
            raise RecordRejected(_("%(id)s comes twice with different values") % {"id": external_id})
        seen.add(external_id)
        values = mapping.values(entry) | {"position": position, "document": document_id}
        result.rows.append(Row(mapping, external_id, values, unit=document_id))
    result.sets.append(ChildSet(mapping, document_id, seen))
