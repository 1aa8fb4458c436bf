"""The accounts server: codes and refresh tokens go in, access tokens come out. Source: zoho-api.md, 2.3.

Errors come inside HTTP 200; success is the presence of an access token. Secrets travel in the form's body, and no
error of this module repeats one.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.views.decorators.debug import sensitive_variables

from ..errors import AuthError, PayloadError, ZohoError, ZohoUnavailable
from ..payloads import Envelope, parse_envelope
from ..sentences import sentence as _
from .answers import tidy
from .regions import accounts_url
from .wire import Answer, Wire

CALL_SECONDS = 30
MAX_BYTES = 64 * 1024
LONGEST_LIFE_SECONDS = 3600


class GrantRefused(AuthError):
    """The accounts server refuses what it was given. `error`: its own name for it, such as "invalid_code"."""

    error = ""


class TokenThrottled(ZohoError):
    """Too many tokens were asked for; the accounts server refuses new ones for about ten minutes."""


@dataclass(frozen=True)
class Credentials:
    """What stays. Never shown: the refresh token reads a whole company."""

    region: str
    client_id: str
    client_secret: str
    refresh_token: str = ""

    def __repr__(self) -> str:
        return f"Credentials({self.region!r}, …)"


@dataclass(frozen=True)
class IssuedToken:
    """What an answer brought. refresh_token: "" when none came, which is the rule when refreshing."""

    access_token: str
    refresh_token: str
    lives_seconds: int
    api_domain: str
    scope: str

    def __repr__(self) -> str:
        return f"IssuedToken(lives_seconds={self.lives_seconds})"


@sensitive_variables()
def exchange(wire: Wire, credentials: Credentials, code: str, redirect_uri: str = "") -> IssuedToken:
    """Turn a one-time code into tokens. redirect_uri: where the code was sent to; "" for a self client's.

    Raises AuthError (GrantRefused), TokenThrottled, ZohoUnavailable.
    """
    where = {"redirect_uri": redirect_uri} if redirect_uri else {}
    return _ask(wire, credentials, {"grant_type": "authorization_code", "code": code} | where)


def consent_url(region: str, client_id: str, scopes: Sequence[str], redirect_uri: str, state: str) -> str:
    """The page at which a person lets this client read. Without prompt=consent only the first consent would bring a
    refresh token. Raises AuthError for an unknown region."""
    asked = {
        "response_type": "code",
        "client_id": client_id,
        "scope": ",".join(scopes),
        "redirect_uri": redirect_uri,
        "access_type": "offline",
        "prompt": "consent",
        "state": state,
    }
    return f"{accounts_url(region)}/oauth/v2/auth?{urlencode(asked)}"


def refresh(wire: Wire, credentials: Credentials) -> IssuedToken:
    """A new access token. Raises AuthError, TokenThrottled, ZohoUnavailable."""
    return _ask(
        wire, credentials, {"grant_type": "refresh_token", "refresh_token": credentials.refresh_token}
    )


def revoke(wire: Wire, credentials: Credentials) -> bool:
    """Make Zoho forget the refresh token and all access tokens from it. False: Zoho does not know it (any more)."""
    url = accounts_url(credentials.region) + "/oauth/v2/token/revoke"
    answer = _post(wire, url, {"token": credentials.refresh_token})
    if answer.status >= 500:
        raise ZohoUnavailable(
            _("Zoho's accounts server failed (HTTP %(status)s).") % {"status": answer.status}
        )
    return 200 <= answer.status < 300 and '"error"' not in answer.body.decode(errors="replace")


@sensitive_variables()
def _ask(wire: Wire, credentials: Credentials, form: dict[str, str]) -> IssuedToken:
    url = accounts_url(credentials.region) + "/oauth/v2/token"
    identity = {"client_id": credentials.client_id, "client_secret": credentials.client_secret}
    return _judge(_post(wire, url, form | identity), url, credentials.region, form["grant_type"])


@sensitive_variables()
def _post(wire: Wire, url: str, form: dict[str, str]) -> Answer:
    return wire.post(url, form, deadline=time.monotonic() + CALL_SECONDS, max_bytes=MAX_BYTES)


def _judge(answer: Answer, url: str, region: str, grant_type: str) -> IssuedToken:
    if b"too many requests" in answer.body[:MAX_BYTES].lower() or answer.status == 429:
        raise TokenThrottled(_("Zoho issues no more tokens for some minutes."))
    if 300 <= answer.status < 400:
        raise AuthError(
            _("Zoho's accounts server answered with a redirect, which is not followed. Check ZOHO_REGION.")
        )
    try:
        envelope = parse_envelope(answer.body)
        access, error = _text(envelope, "access_token"), _text(envelope, "error")
        if access and answer.status < 300:
            return _issued(envelope, access)
    except PayloadError as problem:
        raise ZohoUnavailable(
            _("The answer of Zoho's accounts server is unusable (HTTP %(status)s): %(problem)s")
            % {"status": answer.status, "problem": problem}
        ) from None
    raise _refusal(answer.status, error, url, region, grant_type)


def _issued(envelope: Envelope, access: str) -> IssuedToken:
    lives = envelope.value("expires_in")
    if not isinstance(lives, int) or isinstance(lives, bool) or lives <= 0:
        lives = LONGEST_LIFE_SECONDS
    return IssuedToken(
        access_token=access,
        refresh_token=_text(envelope, "refresh_token"),
        lives_seconds=min(lives, LONGEST_LIFE_SECONDS),
        api_domain=_text(envelope, "api_domain")[:255],
        scope=_text(envelope, "scope"),
    )


def _text(envelope: Envelope, key: str) -> str:
    value = envelope.value(key, "")
    return value.strip() if isinstance(value, str) else ""


def _refusal(status: int, error: str, url: str, region: str, grant_type: str) -> ZohoError:
    name = error.lower().replace(" ", "_")
    host = url.removesuffix("/oauth/v2/token")
    if name == "access_denied":  # a person's refusal comes with the browser, and never here
        return TokenThrottled(_("Zoho issues no more tokens for some minutes."))
    if name == "invalid_code" and grant_type == "refresh_token":
        return AuthError(
            _(
                "Zoho refuses the refresh token: it was revoked, or it belongs to another data centre than "
                "“%(region)s”. Connect again with `manage.py zoho_connect`."
            )
            % {"region": region},
            http_status=status,
        )
    if name == "invalid_code":
        return _named(
            name,
            _(
                "Zoho refuses the code: it was used already, it has expired (it lives a few minutes), or it was made "
                "in another data centre than “%(region)s”. Make a new one in the API console and try again."
            )
            % {"region": region},
            status,
        )
    if name in ("invalid_client", "invalid_client_secret"):
        return _named(
            name,
            _(
                "%(host)s does not know this client id and secret. Check both, and whether “%(region)s” is the data "
                "centre in which the client was made (ZOHO_REGION)."
            )
            % {"host": host, "region": region},
            status,
        )
    if name in ("invalid_redirect_uri", "redirect_uri_mismatch"):
        return _named(
            name,
            _(
                "The address to come back to is not the one that is registered with the client. Enter it in the API "
                "console exactly as it is shown here, and ask for consent again."
            ),
            status,
        )
    if status >= 500 or not error:
        return ZohoUnavailable(
            _("Zoho's accounts server failed (HTTP %(status)s).") % {"status": status}, http_status=status
        )
    return _named(
        name,
        _("Zoho's accounts server refuses: %(error)s. Connect again with `manage.py zoho_connect`.")
        % {"error": tidy(error, 60)},
        status,
    )


def _named(name: str, sentence: str, status: int) -> GrantRefused:
    refusal = GrantRefused(sentence, http_status=status)
    refusal.error = name
    return refusal
