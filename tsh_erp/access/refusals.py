"""Who was refused, what, and why: one line in the log for each, and the challenge that tells the visitor.

A line names user, token's prefix, address, method and path, and what was missing; never a token, a body or a query.
"""

from __future__ import annotations

import logging
from typing import Any

from django.utils.encoding import escape_uri_path
from rest_framework import exceptions

from zoho_sync.addresses import address_of

log = logging.getLogger(__name__)
TOLD = (401, 403, 429)
REALM = 'Bearer realm="api"'


def miss(request: Any, what: str, *, scope: str = "") -> None:
    """Remember what the visitor would have needed, for the line and for the challenge. scope: the token's."""
    request.missing, request.missing_scope = what, scope


def tell(request: Any, exc: exceptions.APIException) -> None:
    if exc.status_code not in TOLD or request is None:
        return
    if isinstance(exc, exceptions.Throttled) and not getattr(exc, "is_first", True):
        return  # one line a minute and visitor: a flood must not become a flood of lines
    log.warning(
        "refused %s: %s %s by %s from %s: %s",
        exc.status_code,
        request.method,
        escape_uri_path(request.path)[:200],
        who(request),
        address_of(request).encode("unicode_escape").decode(),
        getattr(request, "missing", "") or _reason(exc),
    )


def who(request: Any) -> str:
    """The user and the token's prefix, as far as they are known; asks nobody anew."""
    user = getattr(request, "known_user", None) or getattr(request, "_user", None)
    token = getattr(request, "_auth", None) or getattr(request, "known_token", None)
    name = user.get_username() if user is not None else ""
    if not name and token is not None:
        name = token.user.get_username()
    shown = f"user {name!r}" if name else "nobody known"
    return f"{shown}, token {token.prefix}" if token is not None else shown


def challenge(exc: exceptions.APIException, request: Any) -> dict[str, str]:
    """WWW-Authenticate as RFC 6750 has it: what was wrong with the credential, or which scope it lacks."""
    if exc.status_code == 401:
        has_told = isinstance(exc, exceptions.AuthenticationFailed)
        return {"WWW-Authenticate": f'{REALM}, error="invalid_token"' if has_told else REALM}
    scope = getattr(request, "missing_scope", "")
    if exc.status_code == 403 and scope:
        return {"WWW-Authenticate": f'{REALM}, error="insufficient_scope", scope="{scope}"'}
    return {}


def _reason(exc: exceptions.APIException) -> str:
    if isinstance(exc, exceptions.NotAuthenticated):
        return "no credential"
    codes = exc.get_codes()
    return codes if isinstance(codes, str) else exc.default_code
