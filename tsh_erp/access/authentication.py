"""How a visitor of the API shows who he is: a token in the header `Authorization`, or the session of a member of staff.

Whatever is wrong with a token, the answer is one and the same, so that nobody learns which tokens there have been.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication

from zoho_sync.addresses import address_of

from . import refusals, throttles, tokens
from .models import ApiToken

SCHEMES = ("bearer", "token")  # older clients say Token
LONGEST = 200


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer tsh_…`. Other schemes are none of ours, and count as nothing said."""

    def authenticate(self, request: Any) -> tuple[Any, ApiToken] | None:
        scheme, _space, text = request.META.get("HTTP_AUTHORIZATION", "").strip().partition(" ")
        if scheme.lower() not in SCHEMES:
            return None
        token, is_good = tokens.find(text.strip()[:LONGEST])
        if token is None or not is_good:
            raise self._refused(request, token)
        tokens.note_use(token, address_of(request))
        return token.user, token

    def authenticate_header(self, request: Any) -> str:
        return refusals.REALM

    @staticmethod
    def _refused(request: Any, token: ApiToken | None) -> exceptions.AuthenticationFailed:
        request.known_token = token
        throttles.note_bad_credential(request)
        refusals.miss(request, "a good token")
        return exceptions.AuthenticationFailed(_("The token is not valid."), "invalid_token")


class StaffSession(SessionAuthentication):
    """Who is signed in to the admin. A method that changes something needs the form's secret too, in X-CSRFToken."""

    def authenticate(self, request: Any) -> tuple[Any, None] | None:
        user = getattr(request._request, "user", None)
        if user is None or not user.is_active:
            return None
        request.known_user = user
        if not user.is_staff:
            refusals.miss(request, "to be staff, or a token")
            raise exceptions.PermissionDenied(_("Here a session counts for staff only. Use a token."))
        return super().authenticate(request)

    def enforce_csrf(self, request: Any) -> None:
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied:
            refusals.miss(request, "the secret of a form")
            raise
