"""The organisation and its small lists: locations or warehouses, currencies, taxes, users, API usage."""

from __future__ import annotations

from ..answers import Listing, Refusal, Request, Single, invalid, unknown_path
from ..encoding import encode
from ..shapes import places
from . import listing as shared

NOT_YOURS = "This user is not associated with the CompanyID/CompanyName: "


def locations(request: Request) -> Listing:
    """No page_context; an organisation without Locations gets an error here."""
    if not request.world.locations_enabled:
        raise unknown_path()
    wanted = request.query.get("location_type", "")
    if wanted not in ("", "general", "line_item_only"):
        raise invalid("location_type")
    table = request.world.table("locations")
    return shared.whole(request, "locations", (r for r in table if not wanted or r.fields["type"] == wanted))


def warehouses(request: Request) -> Listing:
    """Only organisations that were not moved to Locations still have this path."""
    if request.world.locations_enabled:
        raise unknown_path()
    world = request.world
    return Listing("warehouses", list(world.table("locations")), lambda r: encode(places.warehouse(world, r)))


def currencies(request: Request) -> Listing:
    return shared.whole(request, "currencies", request.world.table("currencies"))


def taxes(request: Request) -> Listing:
    return shared.page_of(request, "taxes", list(request.world.table("taxes")))


def users(request: Request) -> Listing:
    name = request.query.get("filter_by", "Status.All")
    wanted = {"Status.All": "", "Status.Active": "active", "Status.Inactive": "inactive"}.get(name)
    if wanted is None:
        raise invalid("filter_by")
    table = request.world.table("users")
    return shared.page_of(request, "users", [r for r in table if not wanted or r.fields["status"] == wanted])


def organizations(request: Request) -> Single:
    """Works without an organization_id, so it proves nothing about one."""
    return Single("organizations", encode([places.organization(request.organization_id)]))


def organization(request: Request, organization_id: str) -> Single:
    if organization_id != request.organization_id:
        raise Refusal(400, 6041, NOT_YOURS + organization_id)
    return Single("organization", encode(places.organization(organization_id)))


def api_usage(request: Request) -> Single:
    maximum = request.settings.calls_per_day
    total = request.api_count
    host = [{"ip_address": "127.0.0.1", "ip_count": total}]
    usage = {
        "maximum_api_count": maximum if maximum is not None else "",
        "total_api_count": total,
        "remaining_api_count": max(maximum - total, 0) if maximum is not None else "",
        "user_details": [{"name": "Owner", "email": "owner@example.com", "user_total": total, "host": host}],
    }
    return Single("data", encode(usage))
