"""Documents: invoices, orders, bills, payments, packages, returns, credits, adjustments, transfers.

A list row has the keys of its kind and no lines; the answer by id has everything. Names of contacts and locations are
today's; a line keeps the item's name of its day.
Sources: Zoho's published contract and zoho-api.md 4, 9 and 13.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time
from .amounts import add_amounts, add_payment_amounts, line_total
from .kinds import DOCUMENTS, DocumentKind

if TYPE_CHECKING:
    from ..world import World

_FALSE = (
    "is_emailed",
    "is_viewed_by_client",
    "has_attachment",
    "is_drop_shipment",
    "is_backorder",
    "is_intransit_order",
)
_ROW_DEFAULTS: dict[str, Any] = dict.fromkeys(_FALSE, False) | {"receives": [], "reminders_sent": 0}
# What came of a document and is told with it, and with which keys.
_TOLD = {
    "salesorders": ("packages", "invoices"),
    "purchaseorders": ("bills",),
    "salesreturns": ("creditnotes",),
}
_BRIEF = {
    "packages": ("package_number", "date", "status"),
    "invoices": ("invoice_number", "status", "date", "due_date", "total", "balance"),
    "bills": ("bill_number", "status", "date", "due_date", "total", "balance"),
    "creditnotes": ("creditnote_number", "status", "date", "total"),
}
_SHIPMENT = ("shipment_id", "shipment_number", "carrier", "service", "tracking_number", "detailed_status")
_LINE_DEFAULTS: dict[str, Any] = {
    "description": "",
    "discount": Decimal("0.00"),
    "tax_id": "",
    "tax_name": "",
    "tax_percentage": 0,
}
_AMOUNTS = ("total", "balance", "bcy_total", "amount", "bcy_amount", "unused_amount")


def row(kind: str, world: World, record: Record) -> dict[str, Any]:
    """A row of GET /<kind>: "" for what is not there, custom fields flattened, amounts as numbers or as text."""
    about = DOCUMENTS[kind]
    told = _head(world, kind, record)
    if "line_items" in told:
        told |= _quantities(about, told.pop("line_items"))
    form: dict[str, Any] = {about.id_key: record.id}
    for key in about.row:
        if not world.locations_enabled:
            key = key.replace("location", "warehouse")
        form[key] = told.get(key, _ROW_DEFAULTS.get(key, ""))
    if _amounts_are_text(world, record):
        for key in _AMOUNTS:
            if isinstance(form.get(key), Decimal):
                form[key] = format(form[key], "f")
    for name in world.custom_fields.get(kind, ()):
        value = record.custom.get(name, "")
        form[name] = value if isinstance(value, str) else str(value).lower()
        form[f"{name}_unformatted"] = value
    if about.row_times or world.document_row_times == "always":
        form["created_time"] = write_time(record.created)
        form["last_modified_time"] = write_time(record.modified)
    return form


def detail(kind: str, world: World, record: Record) -> dict[str, Any]:
    """GET /<kind>/{id}."""
    about = DOCUMENTS[kind]
    form = {**_head(world, kind, record), **record.detail}
    if about.has_lines:
        lines = [_line(world, about, number, line) for number, line in enumerate(form["line_items"], start=1)]
        form["line_items"] = lines
    for other in _TOLD.get(kind, ()):
        form[other] = [
            told for one in (record.links or {}).get(other, ()) if (told := _brief(world, other, one))
        ]
    known = world.custom_fields.get(kind, {})
    form["custom_fields"] = [
        {"customfield_id": "", "label": name, **known.get(name, {}), "api_name": name, "value": value}
        for name, value in record.custom.items()
        if value != ""
    ]
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def _head(world: World, kind: str, record: Record) -> dict[str, Any]:
    """Everything that a row and a detail share; the lines are still as they were entered."""
    about = DOCUMENTS[kind]
    form: dict[str, Any] = {about.id_key: record.id, **record.fields}
    if about.party:
        contact = world.record("contacts", form.get(f"{about.party}_id", ""))
        form[f"{about.party}_name"] = contact.fields["contact_name"] if contact else ""
    currency = world.currency(str(form["currency_code"])) if form.get("currency_code") else None
    if currency is not None:
        form.setdefault("currency_id", currency.id)
        form["currency_symbol"] = currency.fields["currency_symbol"]
        form["price_precision"] = currency.fields["price_precision"]
    if about.has_lines:
        add_amounts(about, form, currency.fields["price_precision"] if currency else 2)
    else:
        _name_invoices(world, form)
        add_payment_amounts(form)
    _name_places(world, form)
    return form


def _quantities(about: DocumentKind, lines: list[dict[str, Any]]) -> dict[str, Any]:
    whole = sum((Decimal(str(line.get(about.quantity) or 0)) for line in lines), Decimal(0))
    return {"quantity": whole, "total_quantity": whole}


def _name_invoices(world: World, form: dict[str, Any]) -> None:
    """A payment tells of the invoices it was used for as they are today."""
    told = []
    for each in form.get("invoices", ()):
        invoice = world.record("invoices", each["invoice_id"])
        if invoice is not None:
            facts = _head(world, "invoices", invoice)
            known = {"invoice_number": facts["invoice_number"], "date": facts["date"]}
            known |= {"invoice_amount": facts.get("total", ""), "balance_amount": facts.get("balance", "")}
            told.append({**each, **known})
    form["invoices"] = told
    form["invoice_number"] = ", ".join(str(each["invoice_number"]) for each in told)


def _brief(world: World, kind: str, record_id: str) -> dict[str, Any] | None:
    """A document as others tell of it, with the shipment of a package; None once it has been deleted."""
    record = world.record(kind, record_id)
    if record is None:
        return None
    facts = _head(world, kind, record)
    told = {DOCUMENTS[kind].id_key: record_id} | {key: facts.get(key, "") for key in _BRIEF[kind]}
    if kind == "packages":
        shipment = record.detail.get("shipment_order") or {}
        told |= {key: shipment.get(key, "") for key in _SHIPMENT}
        told |= {
            "shipment_status": shipment.get("status", ""),
            "shipment_date": shipment.get("shipping_date", ""),
        }
    return told


def _line(world: World, about: DocumentKind, number: int, line: dict[str, Any]) -> dict[str, Any]:
    form = {**(_LINE_DEFAULTS if "rate" in line else {}), **line, "item_order": number}
    if "rate" in form and "item_total" not in form:
        form["item_total"] = line_total(form, about.quantity)
    _name_places(world, form)
    return form


def _name_places(world: World, form: dict[str, Any]) -> None:
    """`location_id` gets its name; an organisation without Locations says warehouse in both keys."""
    for key in [name for name in form if name.endswith("location_id")]:
        place = world.record("locations", str(form[key]))
        name = place.fields["location_name"] if place else ""
        if world.locations_enabled:
            form[key.replace("_id", "_name")] = name
        else:
            form[key.replace("location", "warehouse")] = form.pop(key)
            form[key.replace("location_id", "warehouse_name")] = name


def _amounts_are_text(world: World, record: Record) -> bool:
    """Mixed: every second record, for ids are even."""
    habit = world.document_amounts
    return habit == "text" or (habit == "mixed" and int(record.id[-6:]) % 4 == 0)
