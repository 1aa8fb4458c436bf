"""Customers and vendors, in one table as Zoho keeps them."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import anchor
from .words import CITIES, FIRST_NAMES, LAST_NAMES, SHOP_NAMES, SHOPS, STREETS, TERMS

if TYPE_CHECKING:
    from ..world import World

_DAY = 86_400
_ADDRESS_KEYS = (
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


def build_contacts(world: World) -> None:
    draw = random.Random(f"contacts-{world.seed}")
    world.custom_fields["contacts"] = {
        "cf_region": {
            "customfield_id": world.new_id(),
            "label": "Region",
            "data_type": "dropdown",
            "index": 1,
        }
    }
    terms = [(world.new_id(), days, label) for days, label in TERMS]
    lists = [r for r in world.table("pricebooks") if r.fields["sales_or_purchase_type"] == "sales"]
    for number in range(world.size.customers + world.size.vendors):
        kind = "customer" if number < world.size.customers else "vendor"
        record = build_contact(world, draw, number, kind, draw.choice(terms))
        if kind == "customer" and lists and draw.random() < 0.8:
            chosen = draw.choice(lists)
            record.detail["pricebook_id"] = chosen.id
            _use_currency(world, record, chosen.fields["currency_code"] or "IQD")
        world.table("contacts").put(record)


def build_contact(
    world: World,
    draw: random.Random,
    number: int,
    kind: str,
    terms: tuple[str, int, str] = ("", 0, "Due on Receipt"),
) -> Record:
    """One contact, not yet in the table."""
    first, last = draw.choice(FIRST_NAMES), draw.choice(LAST_NAMES)
    is_business = draw.random() < 0.7
    name = (
        f"{draw.choice(SHOPS)} {draw.choice(SHOP_NAMES)} {number}"
        if is_business
        else f"{first} {last} {number}"
    )
    fields: dict[str, Any] = {
        "contact_name": name if draw.random() > 0.03 else name.replace(" ", "  ", 1),
        "company_name": name if is_business and draw.random() < 0.6 else "",
        "contact_type": kind,
        "status": "inactive" if draw.random() < 0.12 else "active",
        "first_name": first,
        "last_name": last,
        "email": f"contact{number}@example.com" if draw.random() < 0.25 else "",
        "phone": "",
        "mobile": f"+9647{draw.randrange(10**8, 10**9)}" if draw.random() < 0.8 else "",
        "language_code": draw.choice(("ar", "ar", "en", "")),
        "payment_terms": terms[1],
        "payment_terms_label": terms[2],
    }
    if kind == "customer":
        owed = draw.choice((0, 0, draw.randrange(-50_000, 5_000_000, 250)))
        fields["customer_sub_type"] = "business" if is_business else "individual"
        fields["outstanding_receivable_amount"] = Decimal(owed).quantize(Decimal("0.0"))
        fields["unused_credits_receivable_amount"] = Decimal("0.0")
    else:
        owed = draw.choice((0, draw.randrange(0, 90_000_000, 1_000)))
        fields["outstanding_payable_amount"] = Decimal(owed).quantize(Decimal("0.0"))
        fields["unused_credits_payable_amount"] = Decimal("0.0")
    created = anchor() - draw.randrange(10 * _DAY, 1_200 * _DAY)
    record = Record(
        id=world.new_id(),
        fields=fields,
        detail=_details(world, draw, number, kind, terms[0], first, last),
        created=created,
        modified=draw.randrange(created, anchor()),
        custom={"cf_region": draw.choice(("North", "South", "الوسط"))} if draw.random() < 0.3 else {},
    )
    _use_currency(world, record, draw.choice(("IQD", "IQD", "USD")))
    return record


def _details(
    world: World, draw: random.Random, number: int, kind: str, terms_id: str, first: str, last: str
) -> dict[str, Any]:
    details: dict[str, Any] = {
        "contact_number": f"{'CUS' if kind == 'customer' else 'VEN'}-{number + 1:05d}",
        "payment_terms_id": terms_id,
        "notes": draw.choice(("", "", "", "زبون قديم", "Pays on Thursdays")),
        "billing_address": _address(world, draw, empty=draw.random() < 0.4),
        "shipping_address": _address(world, draw, empty=draw.random() < 0.7),
        "addresses": [],
        "contact_persons": [],
        "tags": [],
    }
    if kind == "customer":
        details["credit_limit"] = draw.choice(("", "", Decimal(draw.randrange(1, 50)) * Decimal("100000.00")))
        details["pricebook_id"] = ""
    people = draw.choice((0, 0, 1, 1, 1, 2))
    for place in range(people):
        details["contact_persons"].append(
            {
                "contact_person_id": world.new_id(),
                "first_name": first if place == 0 else draw.choice(FIRST_NAMES),
                "last_name": last,
                "email": f"person{number}.{place}@example.com" if draw.random() < 0.5 else "",
                "phone": "",
                "mobile": f"+9647{draw.randrange(10**8, 10**9)}",
                "designation": "",
                "is_primary_contact": place == 0,
                "communication_preference": {"is_email_enabled": True, "is_whatsapp_enabled": False},
            }
        )
    first_person = details["contact_persons"][0]["contact_person_id"] if people else ""
    details["primary_contact_id"] = first_person
    return details


def _address(world: World, draw: random.Random, *, empty: bool) -> dict[str, str]:
    """An address object exists, with its own id, even when nothing is in it."""
    address = {"address_id": world.new_id()} | dict.fromkeys(_ADDRESS_KEYS, "")
    if not empty:
        address.update(address=draw.choice(STREETS), city=draw.choice(CITIES), country="Iraq")
    return address


def _use_currency(world: World, record: Record, code: str) -> None:
    currency = world.currency(code)
    if currency is None:
        raise ValueError(f"No currency has the code {code!r}.")
    record.fields.update(currency_id=currency.id, currency_code=code)
    record.detail["price_precision"] = currency.fields["price_precision"]
