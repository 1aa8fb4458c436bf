"""The tokens that a connection in the making holds: got for a code, renewed, and revoked when nobody will use them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from .errors import AuthError, SyncError, Throttled, ZohoError
from .models import ConnectionDraft
from .sentences import sentence as _
from .zoho import accounts
from .zoho.accounts import Credentials, IssuedToken, TokenThrottled
from .zoho.wire import Wire

THROTTLE = timedelta(minutes=10)  # Zoho gives ten tokens in ten minutes
_EARLY = timedelta(minutes=1)


@sensitive_variables("code", "issued")
def exchange(wire: Wire, draft: ConnectionDraft, region: str, code: str, redirect_uri: str) -> IssuedToken:
    try:
        issued = accounts.exchange(
            wire, Credentials(region, draft.client_id, draft.client_secret), code, redirect_uri
        )
        if not issued.refresh_token:
            raise AuthError(
                _(
                    "Zoho gave no refresh token for this code, so the connection would end in an hour. Make a new code."
                )
            )
    except TokenThrottled:
        until = timezone.now() + THROTTLE
        _mine(draft).update(exchange_began_at=None, throttled_until=until)
        raise too_often(until) from None
    except SyncError:
        _mine(draft).update(exchange_began_at=None)
        raise
    return issued


def _mine(draft: ConnectionDraft):
    return ConnectionDraft.objects.filter(pk=draft.pk, version=draft.version)


def too_often(until) -> Throttled:
    return Throttled(
        _(
            "Zoho issues no more tokens for now, because too many were asked for. Wait ten minutes, make a new code, "
            "and try again."
        ),
        until,
    )


def credentials_of(draft: ConnectionDraft) -> Credentials:
    return Credentials(draft.region, draft.client_id, draft.client_secret, draft.refresh_token)


def token_values(issued: IssuedToken) -> dict[str, Any]:
    return {
        "refresh_token": issued.refresh_token,
        "access_token": issued.access_token,
        "access_expires_at": timezone.now() + timedelta(seconds=issued.lives_seconds),
        "api_domain": issued.api_domain,
        "scope": issued.scope,
    }


@sensitive_variables("issued")
def issued_to(wire: Wire, draft: ConnectionDraft) -> IssuedToken:
    """The draft's tokens, the short-lived one renewed when it has ended."""
    left = draft.access_expires_at - timezone.now() if draft.access_expires_at else timedelta()
    if left > _EARLY:
        return IssuedToken(
            draft.access_token, draft.refresh_token, int(left.total_seconds()), draft.api_domain, draft.scope
        )
    try:
        issued = accounts.refresh(wire, credentials_of(draft))
    except TokenThrottled:
        raise too_often(timezone.now() + THROTTLE) from None
    return IssuedToken(
        issued.access_token,
        issued.refresh_token or draft.refresh_token,
        issued.lives_seconds,
        issued.api_domain or draft.api_domain,
        issued.scope or draft.scope,
    )


def drop(draft: ConnectionDraft | None) -> None:
    """Tokens that nobody will use are revoked: Zoho keeps 20 of a user, and then ends one that is in use."""
    if draft is None or not draft.pk or not draft.refresh_token:
        return
    wire = Wire()
    try:
        revoke(wire, credentials_of(draft))
    finally:
        wire.close()


def revoke_all(given_up: Iterable[Credentials]) -> None:
    wire = Wire()
    try:
        for each in given_up:
            revoke(wire, each)
    finally:
        wire.close()


def revoke(wire: Wire, credentials: Credentials) -> None:
    with contextlib.suppress(ZohoError):
        accounts.revoke(wire, credentials)
