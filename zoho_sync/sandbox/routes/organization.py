"""The organisation and its small lists: locations or warehouses, currencies, taxes, users, API usage."""

from __future__ import annotations

from ..answers import Listing, Refusal, Reply, Request, Single, invalid, missing, unknown_path
from ..encoding import encode
from ..shapes import detail_body, places
from ..world import SANDBOX_ORGANIZATION_ID
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


def user(request: Request, user_id: str) -> Single:
    return _one(request, "users", "user", "User", user_id)


def tax(request: Request, tax_id: str) -> Single:
    return _one(request, "taxes", "tax", "Tax", tax_id)


def _one(request: Request, kind: str, root: str, noun: str, record_id: str) -> Single:
    record = request.world.record(kind, record_id)
    if record is None:
        raise missing(noun)
    return Single(root, detail_body(request.world, kind, record))


def organizations(request: Request) -> Single:
    """Works without an organization_id, so it proves nothing about one."""
    world = request.world
    return Single("organizations", encode([places.organization(world, each) for each in world.organizations]))


def organization(request: Request, organization_id: str) -> Single:
    if organization_id != request.organization_id:
        raise Refusal(400, 6041, NOT_YOURS + organization_id)
    return Single("organization", encode(places.organization(request.world, organization_id)))


def only_its_own(request: Request, answer: Listing | Single | Reply) -> Listing | Single | Reply:
    """All the data is the first organisation's. Another one has empty lists, and one without Inventory has no paths."""
    known = request.world.organizations.get(request.organization_id, {"has_inventory": True})
    if isinstance(answer, Single) and answer.root in ("organization", "organizations"):
        return answer
    if not known["has_inventory"]:
        raise unknown_path()
    if request.organization_id == SANDBOX_ORGANIZATION_ID:
        return answer
    if isinstance(answer, Listing):
        answer.records = []
        return answer
    raise unknown_path()


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
