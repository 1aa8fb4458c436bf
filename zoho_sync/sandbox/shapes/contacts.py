"""Contacts: customers and vendors; the price list of a customer stands in the detail only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time
from .items import custom_field_hash, custom_fields

if TYPE_CHECKING:
    from ..world import World

ROW_DEFAULTS: dict[str, Any] = {
    "contact_name": "",
    "customer_name": "",
    "vendor_name": "",
    "company_name": "",
    "contact_type": "customer",
    "status": "active",
    "first_name": "",
    "last_name": "",
    "email": "",
    "phone": "",
    "mobile": "",
    "website": "",
    "language_code": "",
    "payment_terms": 0,
    "payment_terms_label": "Due on Receipt",
    "currency_id": "",
    "currency_code": "",
    "portal_status": "disabled",
    "source": "user",
    "has_attachment": False,
}
DETAIL_KEYS = frozenset(
    (
        "contact_number",
        "payment_terms_id",
        "credit_limit",
        "pricebook_id",
        "notes",
        "billing_address",
        "shipping_address",
        "addresses",
        "contact_persons",
        "primary_contact_id",
        "price_precision",
        "owner_id",
        "tax_id",
        "is_taxable",
        "exchange_rate",
        "opening_balance_amount_bcy",
        "tags",
    )
)
_BALANCES = (
    "outstanding_receivable_amount",
    "unused_credits_receivable_amount",
    "outstanding_payable_amount",
    "unused_credits_payable_amount",
)


def row(world: World, record: Record) -> dict[str, Any]:
    """A row of GET /contacts."""
    form = _shared(world, record)
    form["custom_fields"] = custom_fields(world, "contacts", record)
    form["custom_field_hash"] = custom_field_hash(record)
    form.update(form["custom_field_hash"])
    form["created_time"] = write_time(record.created)
    form["created_time_formatted"] = form["created_time"][:10]
    form["last_modified_time"] = write_time(record.modified)
    form["last_modified_time_formatted"] = form["last_modified_time"][:10]
    return form


def detail(world: World, record: Record) -> dict[str, Any]:
    """GET /contacts/{id}; vendors lack the keys that only customers have."""
    form = _shared(world, record)
    is_customer = form["contact_type"] == "customer"
    form.update(exchange_rate="", owner_id="", tax_id="", opening_balance_amount_bcy="")
    if is_customer:
        form["is_taxable"] = True
    form.update(record.detail)
    if is_customer:
        pricebook = world.record("pricebooks", form.get("pricebook_id", ""))
        form["pricebook_name"] = pricebook.fields["name"] if pricebook else ""
    form["custom_fields"] = custom_fields(world, "contacts", record)
    form["custom_field_hash"] = custom_field_hash(record)
    form["created_time"] = write_time(record.created)
    form["last_modified_time"] = write_time(record.modified)
    return form


def _shared(world: World, record: Record) -> dict[str, Any]:
    form = {"contact_id": record.id, **ROW_DEFAULTS, **record.fields}
    form["customer_name"] = form["vendor_name"] = form["contact_name"]
    for key in _BALANCES:
        if key in form:
            form[f"{key}_bcy"] = form[key]
            form[f"{key}_formatted"] = f"{form['currency_code']}{form[key]}"
    return form
