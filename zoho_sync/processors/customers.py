"""Zoho contacts of type customer become customers.

The list row lacks the price list, addresses, persons and limits: the background lane `customer_details` reads them,
one call each, newest changes first.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from inventory.models import Customer, PriceList, SourceUser

from .base import Details, Field, Link, Mapping, Processor, one_row, picked
from .contacts import CONTACT, contact_values, only
from .converters import flag, key, number, plain
from .documents import Links, linked, links_of
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
TO_OWNER: Links = {"owner": (SourceUser, ("owner_id",))}


def _computed(payload: dict) -> dict[str, Any]:
    result = contact_values(payload, _ADDRESS)
    if isinstance(payload.get("addresses"), list):
        result["addresses"] = [picked(each, _ADDRESS) for each in payload["addresses"]]
    if "pricebook_id" in payload:
        result["price_list_external_id"] = key(payload["pricebook_id"])
        result["price_list"] = result["price_list_external_id"] or None
    result |= linked(payload, TO_OWNER)
    if "owner_name" in payload:
        result["owner_name"] = str(plain(payload["owner_name"]) or "")
    return result


mapping = Mapping(
    model=Customer,
    fields={
        **CONTACT,
        "sub_type": Field("customer_sub_type"),
        "language_code": Field("language_code"),
        "portal_status": Field("portal_status"),
        "receivable": Field("outstanding_receivable_amount", number),
        "receivable_base": Field("outstanding_receivable_amount_bcy", number),
        "unused_credits": Field("unused_credits_receivable_amount", number),
        "unused_credits_base": Field("unused_credits_receivable_amount_bcy", number),
        "credit_limit": Field("credit_limit", number),
        "payment_terms_external_id": Field("payment_terms_id", key),
        "is_taxable": Field("is_taxable", flag),
        "tax_external_id": Field("tax_id", key),
    },
    computed=_computed,
    links={  # what is not here yet is linked when it comes
        "price_list": Link(PriceList, required=False),
        **links_of(TO_OWNER),
    },
)

customers = register(
    Processor(
        entity="customers",
        label=_("Customers"),
        mapping=mapping,
        path="contacts",
        list_key="contacts",
        id_key="contact_id",
        detail_key="contact",
        expand=one_row(mapping, "contact_id"),
        details=Details.EACH,
        params={"filter_by": "Status.All"},  # the default hides inactive rows
        accepts=only("customer", "vendor", gettext_noop("a vendor, not a customer")),
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
