"""Making a connection step by step: data centre, client, code, organisation. Several people may do it at once.

The steps meet in one row, the ConnectionDraft. Whoever takes a step names the version that they saw; a step on top of
somebody else's change is refused. A connection that works stays as it is until the last step, which replaces it.
"""

from __future__ import annotations

import contextlib
import re
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from inventory.models import Organization

from . import mixing, signals
from .drafts import (
    ChangedMeanwhile,
    changed,
    current,
    environment_client,
    from_scratch,
    refuse_beside_environment,
    started,
    stored,
    version_of,
    write,
)
from .encryption import SecretUnreadable
from .errors import AuthError, NotFound, Refused, SyncError, UnknownPath
from .first_contact import ask, check_organization, keep_facts, readable_organizations
from .grants import credentials_of, drop, exchange, issued_to, revoke, revoke_all, token_values, too_often
from .models import ConnectionCheck, ConnectionDraft
from .sentences import said
from .sentences import sentence as _
from .zoho import accounts, budget, tokens
from .zoho.accounts import Credentials, IssuedToken
from .zoho.regions import region_of, region_told
from .zoho.wire import Wire

__all__ = [
    "ChangedMeanwhile",
    "current",
    "environment_client",
    "started",
    "version_of",
]  # with what is defined here

EXCHANGE = timedelta(seconds=accounts.CALL_SECONDS + 30)  # after so long nobody is at it any more
_CLIENT_ID = re.compile(r"1000\.[0-9A-Z]{10,100}")


class Unusable(SyncError):
    """What was typed cannot be right. `field`: which."""

    def __init__(self, field: str, sentence: str):
        self.field = field
        super().__init__(sentence)


class NoInventory(AuthError):
    """The organisation is there, but Zoho Inventory does not answer for it."""


# --- The steps -------------------------------------------------------------------------------------


def choose_region(region: str, *, seen: int, user) -> None:
    """Begin, or begin again, in a data centre. Tokens of another one are given up; the client is kept."""
    refuse_beside_environment()
    region_of(region)
    draft = stored()
    if draft is not None and draft.region == region:
        return
    write(draft, seen, user, {**from_scratch(), "region": region})
    drop(draft)


@sensitive_variables("client_secret")
def set_client(client_id: str, client_secret: str, *, seen: int, user) -> None:
    """The client of Zoho's API console. An empty secret keeps the one that is stored for this id. Raises Unusable."""
    refuse_beside_environment()
    client_id, client_secret = "".join(client_id.split()), "".join(client_secret.split())
    if not _CLIENT_ID.fullmatch(client_id):
        raise Unusable(
            "client_id",
            _("A client id begins with 1000. and goes on with capital letters and digits. Copy it whole."),
        )
    draft = stored()
    if draft is None:
        raise Unusable("client_id", _("Choose the data centre first."))
    if not client_secret and draft.client_id == client_id:
        client_secret = draft.client_secret
    if not 20 <= len(client_secret) <= 200:
        raise Unusable("client_secret", _("Paste the client secret that stands below the client id, whole."))
    write(draft, seen, user, from_scratch() | {"client_id": client_id, "client_secret": client_secret})
    drop(draft)


@sensitive_variables("code")
def redeem(
    code: str, *, seen: int, user, redirect_uri: str = "", location: str = "", accounts_server: str = ""
) -> None:
    """Exchange a code for tokens, and ask which organisations they read. At most two calls.

    redirect_uri: of a code that came with the browser, which also told location and accounts_server.
    Raises ChangedMeanwhile before the code is spent; AuthError, Throttled, ZohoUnavailable.
    """
    refuse_beside_environment()
    code = "".join(code.split())
    draft = stored()
    if draft is None or not draft.client_id:
        raise Unusable("code", _("Enter the client first."))
    if not code.startswith("1000.") or len(code) > 500:
        raise Unusable("code", _("A code begins with 1000. and two more parts follow. Copy it whole."))
    now = timezone.now()
    if draft.throttled_until and draft.throttled_until > now:
        raise too_often(draft.throttled_until)
    if draft.exchange_began_at and draft.exchange_began_at > now - EXCHANGE:
        raise ChangedMeanwhile(_("A code is being exchanged at this moment. Wait a minute, and look again."))
    region = region_told(location, accounts_server, draft.region)
    write(draft, seen, user, {"exchange_began_at": now})
    draft.version += 1
    wire = Wire()
    try:
        issued = exchange(wire, draft, region, code, redirect_uri)
        former = credentials_of(draft)
        values = token_values(issued) | {"region": region, "exchange_began_at": None, "found": None}
        try:
            write(
                draft, draft.version, user, values | {"consented_at": timezone.now(), "throttled_until": None}
            )
        except ChangedMeanwhile:
            revoke(wire, Credentials(region, draft.client_id, draft.client_secret, issued.refresh_token))
            raise
        if former.refresh_token:
            revoke(wire, former)
    finally:
        wire.close()
    list_organizations(user=user)


def list_organizations(*, user) -> None:
    """Ask Zoho which organisations the new tokens read. One call. Raises AuthError, ZohoUnavailable."""
    draft = stored()
    if draft is None or not draft.refresh_token:
        raise AuthError(_("There is no consent yet."))
    wire = Wire()
    try:
        credentials, issued = credentials_of(draft), issued_to(wire, draft)
        found = readable_organizations(wire, credentials, issued)
    finally:
        wire.close()
    told = [
        {"external_id": each.external_id, "name": each.name, "is_default": each.is_default} for each in found
    ]
    write(draft, draft.version, user, {"found": told})


def choose(external_id: str, *, seen: int, user) -> Organization:
    """Check the organisation and its Inventory, and store the connection. Two calls.

    Another one that was connected, and of which nothing is mirrored, is disconnected.
    Raises OtherOrganization, NoInventory, ChangedMeanwhile, AuthError, ZohoUnavailable; then nothing has changed.
    """
    refuse_beside_environment()
    draft = stored()
    if draft is None or not draft.refresh_token:
        raise AuthError(_("There is no consent yet."))
    named = settings.ZOHO["ORGANIZATION_ID"]
    if named and external_id != named:
        raise AuthError(
            _("ZOHO_ORGANIZATION_ID in the environment names %(id)s, so only that one can be chosen.")
            % {"id": named}
        )
    if external_id not in {each["external_id"] for each in draft.found or ()}:
        raise AuthError(_("These credentials do not read organisation %(id)s.") % {"id": external_id[:64]})
    mixing.refuse_mixing(external_id)
    wire = Wire()
    try:
        credentials, issued = credentials_of(draft), issued_to(wire, draft)
        told = check_organization(wire, credentials, issued, external_id)
        _need_inventory(wire, credentials, issued, external_id)
    finally:
        wire.close()
    with transaction.atomic():
        if not ConnectionDraft.objects.filter(pk=draft.pk, version=seen).delete()[0]:
            raise changed()
        organization, _made = Organization.objects.get_or_create(external_id=external_id)
        tokens.store(organization, credentials, issued)
        ConnectionCheck.objects.filter(
            organization=organization
        ).delete()  # they were about other credentials
        keep_facts(organization, told)
        replaced = mixing.replaced_by(external_id)
        keys = [each.pk for each in replaced]  # some of them go
        given_up = [found for each in replaced for found in mixing.give_up(each)]
    # Only now, for somebody else may have been quicker, and then nothing changes. One consent may have served both.
    revoke_all(each for each in given_up if each.refresh_token != credentials.refresh_token)
    for kept in Organization.objects.filter(pk__in=keys):
        signals.tell(signals.token_changed, signals.TokenEvent("tds.zoho.token.revoked", kept.pk))
    # These calls were made before there was a row to count them under.
    for endpoint in ("organizations", "organizations/{id}", "items"):
        budget.note(organization, budget.today(organization), "inventory", endpoint, None, calls=1)
    return organization


def abandon(*, seen: int, user) -> None:
    """Give up the connection in the making; the one that is stored stays as it is."""
    row = current()
    if row is None:
        return
    draft = None
    with contextlib.suppress(SecretUnreadable):
        draft = ConnectionDraft.objects.first()
    if not ConnectionDraft.objects.filter(pk=row.pk, version=seen).delete()[0]:
        raise changed()
    drop(draft)


def _need_inventory(wire: Wire, credentials: Credentials, issued: IssuedToken, external_id: str) -> None:
    """Zoho publishes no answer for "this organisation has no Inventory"; so one item is asked for, and any refusal
    that is not about scopes is told as that, with Zoho's own words."""
    try:
        ask(wire, credentials, issued, "items", {"organization_id": external_id, "page": 1, "per_page": 1})
    except (UnknownPath, Refused, NotFound) as error:
        raise NoInventory(
            _(
                "Zoho Inventory does not answer for this organisation, so there is nothing to mirror: %(reason)s "
                "Switch Inventory on for it in Zoho, or choose another organisation."
            )
            % {"reason": said(error)}
        ) from error
