"""Zoho contacts of type customer become customers. Source: Zoho Inventory API v1, "Contacts"; rows as captured live.

The list row lacks the price list, addresses, persons and limits: the background lane `customer_details` reads them,
one call each, newest changes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from inventory.models import Customer, PriceList

from .base import (
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
from .converters import equals, flag, key, moment, names, number, plain, whole
from .registry import register

_ADDRESS = (
    "address_id",
    "attention",
    "address",
    "street2",
    "city",
    "state",
    "state_code",
    "zip",
    "country",
    "phone",
    "fax",
)
_PERSON = (
    "contact_person_id", "salutation", "first_name", "last_name", "email", "phone", "mobile", "designation",
    "department", "is_primary_contact",
)  # fmt: skip


def _computed(payload: dict) -> dict[str, Any]:
    result = custom_fields(payload)
    for name in ("billing_address", "shipping_address"):
        if name in payload:
            result[name] = picked(payload[name], _ADDRESS)
    for name, keys in (("addresses", _ADDRESS), ("contact_persons", _PERSON)):
        if isinstance(payload.get(name), list):
            result[name] = [picked(each, keys) for each in payload[name]]
    if "pricebook_id" in payload:
        result["price_list_external_id"] = key(payload["pricebook_id"])
        result["price_list"] = result["price_list_external_id"] or None
    if "owner_name" in payload:
        result["owner_name"] = str(plain(payload["owner_name"]) or "")
    return result


mapping = Mapping(
    model=Customer,
    fields={
        "name": Field("contact_name", required=True),
        "company_name": Field("company_name"),
        "number": Field("contact_number"),
        "sub_type": Field("customer_sub_type"),
        "first_name": Field("first_name"),
        "last_name": Field("last_name"),
        "email": Field("email"),
        "phone": Field("phone"),
        "mobile": Field("mobile"),
        "website": Field("website"),
        "language_code": Field("language_code"),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
        "portal_status": Field("portal_status"),
        "currency_external_id": Field("currency_id", key),
        "currency_code": Field("currency_code"),
        "receivable": Field("outstanding_receivable_amount", number),
        "receivable_base": Field("outstanding_receivable_amount_bcy", number),
        "unused_credits": Field("unused_credits_receivable_amount", number),
        "unused_credits_base": Field("unused_credits_receivable_amount_bcy", number),
        "credit_limit": Field("credit_limit", number),
        "payment_terms": Field("payment_terms", whole),  # a negative one is a rule, not days
        "payment_terms_label": Field("payment_terms_label"),
        "payment_terms_external_id": Field("payment_terms_id", key),
        "owner_external_id": Field("owner_id", key),
        "is_taxable": Field("is_taxable", flag),
        "tax_external_id": Field("tax_id", key),
        "source_notes": Field("notes"),
        "tags": Field("tags", names),
        "source_created_at": Field("created_time", moment),
        "source_modified_at": Field("last_modified_time", moment),
    },
    computed=_computed,
    links={
        "price_list": Link(PriceList, required=False)
    },  # a list that is not here yet is linked when it comes
)


VENDOR, NO_TYPE, OTHER = (
    gettext_noop("a vendor, not a customer"),
    gettext_noop("contact_type is missing"),
    gettext_noop("neither customer nor vendor"),
)


def _not_a_customer(payload: dict) -> str:
    """One table holds customers and vendors; the row's own type is the only safe separator."""
    return {"customer": "", "vendor": VENDOR, None: NO_TYPE, "": NO_TYPE}.get(
        payload.get("contact_type"), OTHER
    )


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    contact_id = identify(payload, "contact_id")
    return Expansion([Row(mapping, contact_id, mapping.values(payload), unit=contact_id, raw=raw, kind=kind)])


customers = register(
    Processor(
        entity="customers",
        label=_("Customers"),
        mapping=mapping,
        path="contacts",
        list_key="contacts",
        id_key="contact_id",
        detail_key="contact",
        expand=expand,
        details=Details.EACH,
        params={"filter_by": "Status.All"},  # the default hides inactive rows
        accepts=_not_a_customer,
        sorts=True,  # its filter by time is not documented and lies
        depends_on=("price_lists",),
        events=("contact",),
        follow_up="customer_details",
    )
)

customer_details = register(
    replace(
        customers,
        entity="customer_details",
        label=_("Customers' details"),
        lane="details",
        sorts=False,
        depends_on=("customers",),
        events=(),
        follow_up="",
        is_background=True,
    )
)
