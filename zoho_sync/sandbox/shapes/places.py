"""The small lists: locations or warehouses, currencies, taxes, users, categories, brands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import write_time

if TYPE_CHECKING:
    from ..world import World


def location(world: World, record: Record) -> dict[str, Any]:
    return {"location_id": record.id, **record.fields}


def warehouse(world: World, record: Record) -> dict[str, Any]:
    """The same place as an organisation without Locations tells it."""
    fields = record.fields
    return {
        "warehouse_id": record.id,
        "warehouse_name": fields["location_name"],
        "status": fields["status"],
        "is_primary": fields["is_primary"],
        "phone": fields["phone"],
        "email": fields["email"],
        "attention": fields["address"]["attention"],
        "city": fields["address"]["city"],
        "country": fields["address"]["country"],
        "address": fields["address"]["street_address1"],
    }


def currency(world: World, record: Record) -> dict[str, Any]:
    return {"currency_id": record.id, **record.fields}


def tax(world: World, record: Record) -> dict[str, Any]:
    return {"tax_id": record.id, **record.fields}


def user(world: World, record: Record) -> dict[str, Any]:
    return {"user_id": record.id, **record.fields}


def category(world: World, record: Record) -> dict[str, Any]:
    return {
        "category_id": record.id,
        **record.fields,
        "created_time": write_time(record.created),
        "last_modified_time": write_time(record.modified),
    }


def root_category() -> dict[str, Any]:
    """The row that is no category; it comes unless include_root_category=false is sent."""
    return {
        "category_id": "-1",
        "name": "ROOT",
        "parent_category_id": "",
        "depth": -1,
        "url": "",
        "visibility": False,
        "sibling_order": 0,
        "created_time": "",
        "last_modified_time": "",
    }


def brand(world: World, record: Record) -> dict[str, Any]:
    return {"brand_id": record.id, **record.fields}


def organization(world: World, organization_id: str) -> dict[str, Any]:
    return {
        "organization_id": organization_id,
        "name": world.organizations[organization_id]["name"],
        "is_default_org": organization_id == next(iter(world.organizations)),
        "plan_name": "PROFESSIONAL",
        "time_zone": "Asia/Baghdad",
        "language_code": "en",
        "currency_code": "IQD",
        "currency_symbol": "IQD",
        "price_precision": 0,
        "fiscal_year_start_month": "january",
        "account_created_date": "2023-01-05",
        "is_org_active": True,
    }
