"""What customers and vendors have in common: Zoho holds both in one list of contacts, told apart by their type alone.

Source: Zoho Inventory API v1, "Contacts"; rows as captured live.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext_noop

from .base import Field, custom_fields, picked
from .converters import equals, key, moment, names, whole

PERSON = (
    "contact_person_id", "salutation", "first_name", "last_name", "email", "phone", "mobile", "designation",
    "department", "is_primary_contact",
)  # fmt: skip
CONTACT = {
    "name": Field("contact_name", required=True),
    "company_name": Field("company_name"),
    "number": Field("contact_number"),
    "first_name": Field("first_name"),
    "last_name": Field("last_name"),
    "email": Field("email"),
    "phone": Field("phone"),
    "mobile": Field("mobile"),
    "website": Field("website"),
    "status": Field("status"),
    "is_active": Field("status", equals("active")),
    "currency_external_id": Field("currency_id", key),
    "currency_code": Field("currency_code"),
    "payment_terms": Field("payment_terms", whole),  # a negative one is a rule, not days
    "payment_terms_label": Field("payment_terms_label"),
    "source_notes": Field("notes"),
    "tags": Field("tags", names),
    "source_created_at": Field("created_time", moment),
    "source_modified_at": Field("last_modified_time", moment),
}
NO_TYPE, OTHER = gettext_noop("contact_type is missing"), gettext_noop("neither customer nor vendor")


def contact_values(payload: dict, address: Sequence[str]) -> dict[str, Any]:
    """Beside the fields: addresses, persons, custom fields. address: the keys that are kept of one."""
    result = custom_fields(payload)
    for name in ("billing_address", "shipping_address"):
        if name in payload:
            result[name] = picked(payload[name], address)
    if isinstance(payload.get("contact_persons"), list):
        result["contact_persons"] = [picked(each, PERSON) for each in payload["contact_persons"]]
    return result


def only(own: str, other: str, why: str) -> Callable[[dict], str]:
    """Takes contacts of the type `own`; `why` one of the type `other` is left out. The row's own type is the only safe
    separator."""
    reasons = {own: "", other: why, None: NO_TYPE, "": NO_TYPE}
    return lambda payload: reasons.get(payload.get("contact_type"), OTHER)
