"""The access token that every process shares: one row, one refresher at a time, never more refreshes than Zoho bears.

Whoever wants to refresh claims the row by compare-and-set for a short lease, talks to Zoho outside of any transaction,
and writes the result only while the lease is its own; all others wait for the row to change.
"""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from inventory.models import Organization

from .. import signals
from ..errors import AuthError, NotConnected, SyncError, Throttled, ZohoUnavailable
from ..models import OAuthToken
from ..sentences import said
from ..sentences import sentence as _
from . import accounts, budget, clock, scopes
from .accounts import Credentials, IssuedToken, TokenThrottled
from .regions import believed
from .statements import one
from .wire import NotReached, Wire

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)  # refreshed this long before it ends
LEASE = timedelta(seconds=accounts.CALL_SECONDS + 15)
LONGEST_WAIT_SECONDS = 50.0  # for somebody else's refresh
REFRESHES, REFRESH_WINDOW = 8, timedelta(minutes=10)  # Zoho bears 10, and then refuses everybody


# Only a refresh reads these; to decrypt one costs as much as to read the rest of the row.
_SELDOM = ("client_secret", "refresh_token")
_WHERE_CONNECTED = "CASE WHEN refresh_token <> '' THEN {} END"


def credentials_of(row: OAuthToken) -> Credentials:
    return Credentials(row.region, row.client_id, row.client_secret, row.refresh_token)


def usable(
    organization: Organization, wire: Wire, *, refused: str = "", stop: threading.Event | None = None
) -> OAuthToken:
    """The row with a token that works for some minutes more, refreshed first if need be.

    refused: an access token that Zoho has just refused; it is not given out again, and is refreshed only if nobody has.
    Raises AuthError (reconnect), NotConnected, Throttled (too many refreshes), ZohoUnavailable.
    """
    stop = stop or threading.Event()
    give_up = time.monotonic() + LONGEST_WAIT_SECONDS
    while True:
        row, now = _row(organization)
        if _lasts(row, now + _early(row), refused):
            return row
        still_works = _lasts(row, now + _early(row) / 5, refused)
        owner = _claim(row, now)
        if owner:
            try:
                return _refresh(organization, owner, refused, wire)
            except (ZohoUnavailable, Throttled):
                if not still_works:
                    raise
                return row
        if still_works:  # somebody refreshes it; until then it will do
            return row
        if time.monotonic() > give_up:
            raise ZohoUnavailable(_("Another process has been refreshing the Zoho token for too long."))
        if stop.wait(random.uniform(0.05, 0.25)):
            raise SyncError(_("The call was given up."))


def refresh_alone(organization: Organization, wire: Wire) -> bool:
    """Refresh a token that is about to end or has ended. False when it lasts, or while somebody else does it.

    Raises as `usable` does.
    """
    row, now = _row(organization)
    if _lasts(row, now + _early(row), ""):
        return False
    owner = _claim(row, now)
    if not owner:
        return False
    before = _row(organization)[0].refreshed_at  # somebody may have refreshed it just before we were alone
    return _refresh(organization, owner, "", wire).refreshed_at != before


def store(
    organization: Organization, credentials: Credentials, issued: IssuedToken | None = None
) -> OAuthToken:
    """Put new credentials into the row, with the token they brought, and forget whatever was refused before."""
    now = clock.now()
    values: dict[str, Any] = {
        "region": credentials.region,
        "client_id": credentials.client_id,
        "client_secret": credentials.client_secret,
        "refresh_token": credentials.refresh_token,
        "state": OAuthToken.State.UNUSED,
        "state_message": "",
        "access_token": "",
        "access_expires_at": None,
        "api_domain": "",
        "scope": "",
        "refresh_stamps": [],
        "refreshing_until": None,  # a refresh under way belongs to the old ones, and will find its lease gone
        "refreshing_by": "",
    }
    if issued:
        values |= _token_values(issued, now) | {"state": OAuthToken.State.WORKING}
    scopes.forget(organization)
    row, _made = OAuthToken.objects.update_or_create(organization=organization, defaults=values)
    return row


def forget(organization: Organization) -> None:
    """Delete the stored credentials. What was mirrored stays."""
    rows = OAuthToken.objects.filter(organization=organization)
    rows.defer("client_secret", "refresh_token", "access_token").delete()  # they may be unreadable


def _row(organization: Organization) -> tuple[OAuthToken, datetime]:
    """The connected organisation's row, and the time that it was then."""
    moment = _WHERE_CONNECTED.format(clock.sql())
    found = one(OAuthToken, "organization_id = %s", [organization.pk], without=_SELDOM, further=moment)
    if found is None or found[1] is None:
        raise NotConnected(
            _(
                "Organisation %(organization)s is not connected to Zoho. Connect it with `manage.py zoho_connect`."
            )
            % {"organization": organization}
        )
    row, told = found
    if row.state == OAuthToken.State.REFUSED:
        raise AuthError(row.state_message)
    return row, clock.told(told)


def _lasts(row: OAuthToken, until: datetime, refused: str) -> bool:
    if not row.access_token or row.access_token == refused or row.access_expires_at is None:
        return False
    return row.access_expires_at > until


def _early(row: OAuthToken) -> timedelta:
    """How long before its end this token is refreshed; one that lives for seconds is still used once or twice."""
    if row.refreshed_at is None or row.access_expires_at is None:
        return EARLY
    return min(EARLY, (row.access_expires_at - row.refreshed_at) / 4)


def _claim(row: OAuthToken, now: datetime) -> str:
    """The name under which this process may refresh, or "" while somebody else does."""
    owner = secrets.token_hex(8)
    free = Q(refreshing_until=None) | Q(refreshing_until__lte=now)
    claimed = OAuthToken.objects.filter(free, pk=row.pk).update(
        refreshing_until=now + LEASE, refreshing_by=owner
    )
    return owner if claimed else ""


def _refresh(organization: Organization, owner: str, refused: str, wire: Wire) -> OAuthToken:
    """Holding the lease: look again, refresh, write. The lease is given back whatever happens."""
    try:
        row, now = _row(organization)
        if _lasts(row, now + _early(row), refused):  # done by somebody between our look and our claim
            return row
        stamps = _stamps(row, now)
        if len(stamps) >= REFRESHES:
            raise _too_often(datetime.fromtimestamp(stamps[0], now.tzinfo) + REFRESH_WINDOW)
        # Counted before it is sent: a lost answer has cost one at Zoho as well.
        _mine(organization, owner).update(refresh_stamps=[*stamps, now.timestamp()])
        issued = _ask(organization, owner, row, stamps, wire)
        values = _token_values(issued, clock.now()) | {
            "state": OAuthToken.State.WORKING,
            "state_message": "",
        }
        if issued.refresh_token:
            values["refresh_token"] = issued.refresh_token
        if not _mine(organization, owner).update(**values):
            raise ZohoUnavailable(_("The Zoho credentials changed during a refresh; it is tried again."))
        _tell(organization, "tds.zoho.token.refreshed")
        return _row(organization)[0]
    finally:
        _mine(organization, owner).update(refreshing_until=None, refreshing_by="")


def _ask(
    organization: Organization, owner: str, row: OAuthToken, stamps: list[float], wire: Wire
) -> IssuedToken:
    began, failed, throttled = time.monotonic(), True, False
    try:
        issued = accounts.refresh(wire, credentials_of(row))
        failed = False
    except TokenThrottled as error:
        throttled = True
        now = clock.now()
        # A full book of stamps is what every other process reads as "not before ten minutes from now".
        _mine(organization, owner).update(refresh_stamps=[now.timestamp()] * REFRESHES)
        _tell(organization, "tds.zoho.token.refresh_failed", str(error))
        raise _too_often(now + REFRESH_WINDOW) from error
    except AuthError as error:
        message = said(error)
        refused = {"state": OAuthToken.State.REFUSED, "state_message": message, "access_token": ""}
        _mine(organization, owner).update(**refused)
        _tell(organization, "tds.zoho.token.refresh_failed", message)
        raise
    except ZohoUnavailable as error:
        if isinstance(error, NotReached):
            _mine(organization, owner).update(refresh_stamps=stamps)
        _tell(organization, "tds.zoho.token.refresh_failed", str(error))
        raise
    finally:
        budget.note(
            organization,
            budget.today(organization),
            budget.TOKENS_API,
            "oauth/v2/token",
            None,
            calls=1,
            failed=int(failed),
            throttled=int(throttled),
            seconds=time.monotonic() - began,
        )
    return issued


def _mine(organization: Organization, owner: str):
    return OAuthToken.objects.filter(organization=organization, refreshing_by=owner)


def _stamps(row: OAuthToken, now: datetime) -> list[float]:
    """When this token was refreshed in the last ten minutes, oldest first."""
    since = (now - REFRESH_WINDOW).timestamp()
    return sorted(stamp for stamp in row.refresh_stamps if since < stamp <= now.timestamp())


def _token_values(issued: IssuedToken, now: datetime) -> dict:
    if issued.api_domain and not believed(issued.api_domain):
        log.warning("the token answer names an API host that is not Zoho's; it is not used")
    return {
        "access_token": issued.access_token,
        "access_expires_at": now + timedelta(seconds=issued.lives_seconds),
        "refreshed_at": now,
        "api_domain": issued.api_domain,
        "scope": issued.scope,
        "updated_at": now,
    }


def _too_often(until: datetime) -> Throttled:
    return Throttled(
        _("The Zoho token was refreshed as often as Zoho allows in ten minutes; it goes on after that."),
        until,
    )


def _tell(organization: Organization, name: str, message: str = "") -> None:
    signals.tell(signals.token_changed, signals.TokenEvent(name, organization.pk, message))
