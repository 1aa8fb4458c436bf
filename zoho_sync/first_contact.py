"""The first calls with a new token, before there is an organisation under whose limits they could be counted."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from inventory.days import known_zone
from inventory.models import Organization

from .errors import AuthError
from .payloads import MAX_BODY_BYTES, Envelope, decode
from .sentences import sentence as _
from .zoho.accounts import Credentials, IssuedToken
from .zoho.answers import TokenRefused, judge
from .zoho.regions import ROOTS, api_url
from .zoho.retries import persistently
from .zoho.wire import Wire

_CHECK_SECONDS = 30


@dataclass(frozen=True)
class FoundOrganization:
    """An organisation that a token may read, as Zoho names it."""

    external_id: str
    name: str
    is_default: bool = False


class ChooseOrganization(AuthError):
    """The token reads several organisations, and none was named. `found`: all of them."""

    def __init__(self, found: list[FoundOrganization]):
        self.found = found
        super().__init__(_("These credentials read several organisations; name one with --organization."))


def readable_organizations(
    wire: Wire, credentials: Credentials, issued: IssuedToken
) -> list[FoundOrganization]:
    """Every organisation of the token's user. The one call of Zoho that needs no organisation."""
    found = []
    for raw in ask(wire, credentials, issued, "organizations").rows("organizations"):
        told = decode(raw)
        external_id = str(told.get("organization_id") or "")
        if external_id.isdigit():
            found.append(
                FoundOrganization(
                    external_id, _short(told.get("name"), 255), told.get("is_default_org") is True
                )
            )
    return found


def choose_organization(
    found: list[FoundOrganization],
    external_id: str,
    choose: Callable[[list[FoundOrganization]], str] | None,
) -> FoundOrganization:
    """The one that is meant. Raises ChooseOrganization and AuthError, each naming what there is."""
    if len(found) > 1 and not external_id and choose is not None:
        external_id = choose(found)
    if external_id:
        for each in found:
            if each.external_id == external_id:
                return each
        raise AuthError(
            _("These credentials do not read organisation %(id)s. They read: %(known)s.")
            % {
                "id": external_id[:64],
                "known": ", ".join(f"{each.external_id} ({each.name})" for each in found) or _("none"),
            }
        )
    if not found:
        raise AuthError(_("These credentials read no organisation of Zoho Inventory or Books."))
    if len(found) > 1:
        raise ChooseOrganization(found)
    return found[0]


def check_organization(
    wire: Wire, credentials: Credentials, issued: IssuedToken, external_id: str
) -> dict[str, Any]:
    """What Zoho tells of the organisation. Listing them works with any token, and proves nothing; this does."""
    path = f"organizations/{external_id}"
    return decode(ask(wire, credentials, issued, path, {"organization_id": external_id}).row("organization"))


def ask(
    wire: Wire,
    credentials: Credentials,
    issued: IssuedToken,
    path: str,
    params: Mapping[str, Any] | None = None,
) -> Envelope:
    """One thing asked outside of limiter and ledger, which need an organisation to count it under."""
    deadline = time.monotonic() + _CHECK_SECONDS
    url = f"{api_url(credentials.region, issued.api_domain)}{ROOTS['inventory']}/{path}"
    header = f"Zoho-oauthtoken {issued.access_token}"

    def attempt() -> Envelope:
        answer = wire.get(url, params, authorization=header, deadline=deadline, max_bytes=MAX_BODY_BYTES)
        return judge(answer, path, (params or {}).get("organization_id", ""))

    try:
        return persistently(attempt, deadline=deadline, stop=threading.Event())
    except TokenRefused as error:
        raise AuthError(
            _(
                "The new token may not read “%(path)s”. Make a code with ZohoInventory.settings.READ among its "
                "scopes, in the data centre of the organisation."
            )
            % {"path": path}
        ) from error


def keep_facts(organization: Organization, told: Mapping[str, Any]) -> Organization:
    """Keep the name, base currency and time zone that Zoho tells; what it leaves out stays as it is."""
    values = {
        "name": _short(told.get("name"), 255),
        "currency_code": _short(told.get("currency_code"), 8),
        "time_zone": _zone_name(told.get("time_zone")),
    }
    for field, value in values.items():
        if value:
            setattr(organization, field, value)
    organization.save(update_fields=list(values))
    return organization


def _short(value: object, limit: int) -> str:
    return value.strip()[:limit] if isinstance(value, str) and "\x00" not in value else ""


def _zone_name(value: object) -> str:
    zone = known_zone(_short(value, 64))
    return zone.key if zone else ""
