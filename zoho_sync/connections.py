"""Connections to Zoho: which organisation is meant, with which credentials, and how they come and go."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.views.decorators.debug import sensitive_variables

from inventory.models import Organization

from . import signals
from .errors import AuthError, NotConnected, ZohoError
from .first_contact import (
    ChooseOrganization,
    FoundOrganization,
    check_organization,
    choose_organization,
    keep_facts,
    readable_organizations,
)
from .mixing import refuse_mixing
from .models import OAuthToken
from .options import Priority
from .payloads import decode
from .sentences import sentence as _
from .zoho import accounts, budget, tokens
from .zoho.accounts import Credentials
from .zoho.client import ZohoClient
from .zoho.regions import REGIONS, accounts_url, is_loopback
from .zoho.wire import Wire

__all__ = ["ChooseOrganization", "FoundOrganization", "choose_organization"]  # with what is defined here

_VARIABLES = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")
REGION_NAMES = tuple(REGIONS)


def organization_for(external_id: str | None = None) -> Organization:
    """The organisation to work on, ready to be read from.

    The four ZOHO_… variables of the environment make or renew their own; without them the connections made by
    `manage.py zoho_connect` count, and the only one needs no name. Raises NotConnected with what to do.
    """
    named = settings.ZOHO["ORGANIZATION_ID"]
    if environment_rules() and external_id in (None, "", named):
        return _from_environment(named)
    connected = OAuthToken.objects.exclude(refresh_token="").select_related("organization")
    if external_id:
        row = connected.filter(organization__external_id=external_id).first()
        if row is None:
            raise NotConnected(
                _("Organisation %(id)s is not connected to Zoho. Connect it with `manage.py zoho_connect`.")
                % {"id": external_id[:64]}
            )
        return row.organization
    rows = list(connected.order_by("pk")[:20])
    if len(rows) == 1:
        return rows[0].organization
    if rows:
        known = ", ".join(row.organization.external_id for row in rows)
        raise NotConnected(
            _("Several organisations are connected; name one of: %(known)s.") % {"known": known}
        )
    raise NotConnected(_missing_credentials())


def stand_in(region: str) -> str:
    """The address on this machine that answers in Zoho's place, "" when Zoho itself does."""
    url = accounts_url(region)
    return url if is_loopback(url) else ""


def accounts_address(region: str) -> str:
    """Where this data centre's tokens are issued, and consent is given."""
    return accounts_url(region)


def environment_rules() -> bool:
    """Do the four ZOHO_… variables name a connection, which then goes before all stored ones?"""
    return all(settings.ZOHO[name] for name in _VARIABLES)


def refresh_organization(client: ZohoClient) -> Organization:
    """Ask Zoho for the organisation's name, base currency and time zone, and keep them. One call."""
    organization = client.organization
    envelope = client.get(f"organizations/{organization.external_id}")
    return keep_facts(organization, decode(envelope.row("organization")))


@sensitive_variables("code", "client_secret")
def connect(
    code: str,
    *,
    client_id: str,
    client_secret: str,
    region: str,
    external_id: str = "",
    choose: Callable[[list[FoundOrganization]], str] | None = None,
    beside: bool = False,
) -> Organization:
    """Exchange a self client's code, check what it opens, and only then store it.

    A connection that works stays as it is until then. external_id: the organisation; may be left out when the
    token reads one only. choose: asked for the external id when it reads several and none was named.
    beside: although another organisation is mirrored here; each keeps rows of its own.
    Raises ChooseOrganization, OtherOrganization, AuthError, ZohoUnavailable. After any of them the code is used up.
    """
    OAuthToken.objects.exists()  # a database that cannot be used is found out before the code is spent
    wire = Wire()
    try:
        credentials = Credentials(region, client_id, client_secret)
        issued = accounts.exchange(wire, credentials, code)
        if not issued.refresh_token:
            raise AuthError(_("Zoho gave no refresh token for this code. Make a new one with a self client."))
        credentials = Credentials(region, client_id, client_secret, issued.refresh_token)
        try:
            found = choose_organization(
                readable_organizations(wire, credentials, issued), external_id, choose
            )
            if not beside:
                refuse_mixing(found.external_id)
            check_organization(wire, credentials, issued, found.external_id)
        except BaseException:
            with contextlib.suppress(ZohoError):  # nobody holds it; Zoho keeps 20, and then drops one in use
                accounts.revoke(wire, credentials)
            raise
        with transaction.atomic():
            organization, _made = Organization.objects.get_or_create(external_id=found.external_id)
            tokens.store(organization, credentials, issued)
    finally:
        wire.close()
    # Both calls were made before there was a row to count them under.
    for endpoint in ("organizations", "organizations/{id}"):
        budget.note(organization, budget.today(organization), "inventory", endpoint, None, calls=1)
    return test(organization)


def test(organization: Organization) -> Organization:
    """Read the organisation itself with the stored credentials. Raises what ZohoClient.get raises."""
    with ZohoClient(organization, priority=Priority.REALTIME) as client:
        return refresh_organization(client)


def revoke(organization: Organization) -> bool:
    """Have Zoho revoke the stored refresh token, and forget it here. False: Zoho did not know it any more."""
    row = OAuthToken.objects.filter(organization=organization).first()
    if row is None:
        raise NotConnected(_("There is no connection to revoke."))
    wire = Wire()
    try:
        known = accounts.revoke(wire, tokens.credentials_of(row))
    finally:
        wire.close()
    tokens.forget(organization)
    signals.tell(signals.token_changed, signals.TokenEvent("tds.zoho.token.revoked", organization.pk))
    return known


# --- The environment's connection ------------------------------------------------------------------


def _from_environment(external_id: str) -> Organization:
    if not external_id.isdigit() or len(external_id) > 64:
        raise NotConnected(_("ZOHO_ORGANIZATION_ID must be the organisation's number, such as 10234695."))
    organization, _made = Organization.objects.get_or_create(external_id=external_id)
    wanted = Credentials(
        settings.ZOHO["REGION"],
        settings.ZOHO["CLIENT_ID"],
        settings.ZOHO["CLIENT_SECRET"],
        settings.ZOHO["REFRESH_TOKEN"],
    )
    with transaction.atomic():
        row = OAuthToken.objects.select_for_update().filter(organization=organization).first()
        if row is None or tokens.credentials_of(row) != wanted:
            tokens.store(organization, wanted)
    return organization


def _missing_credentials() -> str:
    missing = [f"ZOHO_{name}" for name in _VARIABLES if not settings.ZOHO[name]]
    if len(missing) == len(_VARIABLES):
        return _("Zoho is not connected. Run `manage.py zoho_connect`, or set %(names)s.") % {
            "names": ", ".join(missing)
        }
    return _("Zoho is not connected: %(names)s is not set. Set it, or run `manage.py zoho_connect`.") % {
        "names": ", ".join(missing)
    }
