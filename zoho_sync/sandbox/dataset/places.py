"""Currencies, taxes, users, locations, categories and brands: the small lists everything else points at."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import anchor
from .words import BRANDS, CATEGORIES, LOCATIONS

if TYPE_CHECKING:
    from ..world import World

_CURRENCIES = (
    ("IQD", "د.ع", 0, "1,234,567", True, ""),
    ("USD", "$", 2, "1,234,567.89", False, Decimal("1310.00")),
    ("CNY", "¥", 2, "1,234,567.89", False, Decimal("183.500000")),
)


def build_places(world: World) -> None:
    for code, symbol, precision, form, is_base, rate in _CURRENCIES:
        _put(
            world,
            "currencies",
            currency_code=code,
            currency_name=code,
            currency_symbol=symbol,
            price_precision=precision,
            currency_format=form,
            is_base_currency=is_base,
            exchange_rate=rate,
            effective_date="" if is_base else "2025-09-01",
        )
    _put(world, "taxes", tax_name="No VAT", tax_percentage=0, tax_type="tax", is_value_added=False)
    for name, role in (("Owner", "Admin"), ("Store keeper", "Staff"), ("Former clerk", "Staff")):
        build_user(world, name, role)
    for number in range(world.size.locations):
        build_location(world, number)
    for order, name in enumerate(CATEGORIES):
        fields = {"name": name, "parent_category_id": "-1", "depth": 0, "url": "", "visibility": True}
        _put(world, "categories", **fields, sibling_order=order)
    for name in dict.fromkeys(brand for brand in BRANDS if brand):
        _put(world, "brands", name=name)


def build_user(world: World, name: str, role: str) -> Record:
    """One of the staff; the first is who asks."""
    return _put(
        world,
        "users",
        name=name,
        email=name.lower().replace(" ", ".") + "@example.com",
        user_role=role.lower(),
        role_id=world.new_id(),
        status="inactive" if name == "Former clerk" else "active",
        user_type="zoho",
        is_current_user=name == "Owner",
    )


def build_location(world: World, number: int) -> Record:
    """The location with this number: named ones first, then branches."""
    name, kind = LOCATIONS[number] if number < len(LOCATIONS) else (f"Branch {number + 1}", "general")
    primary = next(iter(world.table("locations")), None)
    address = {
        "attention": "",
        "street_address1": "",
        "street_address2": "",
        "city": "Baghdad",
        "state": "",
        "state_code": "",
        "country": "Iraq",
    }
    return _put(
        world,
        "locations",
        location_name=name,
        type=kind,
        status="active",
        is_primary=primary is None,
        parent_location_id="" if primary is None or kind == "general" else primary.id,
        address=address,
        phone="",
        email="",
        tax_settings_id="",
        associated_series_ids=[],
        associated_users=[],
        is_all_users_selected=True,
    )


def _put(world: World, kind: str, **fields: Any) -> Record:
    record = Record(id=world.new_id(), fields=fields, detail={}, created=anchor(), modified=anchor())
    return world.table(kind).put(record)
