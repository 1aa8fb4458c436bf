"""What an answer means: an envelope, or the right error with a sentence for people. Source: zoho-api.md, 3 and 4."""

from __future__ import annotations

import re
from typing import Any

from ..errors import (
    AuthError,
    NotFound,
    PayloadError,
    Refused,
    UnknownPath,
    ZohoError,
    ZohoUnavailable,
)
from ..payloads import Envelope, parse_envelope
from ..sentences import said
from ..sentences import sentence as _
from .wire import Answer

MINUTE, SLOW, DAY, AT_ONCE = 44, 43, 45, 1070  # codes of HTTP 429
TOKEN_INVALID, NOT_AUTHORIZED = 14, 57
WRONG_ORGANIZATION, RECORD_GONE, NO_RESOURCE, INTERNAL = 6041, 1002, 5, 1000
_THROTTLES = (MINUTE, SLOW, DAY, AT_ONCE)
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


class TooManyCalls(ZohoError):
    """HTTP 429: `code` says which limit. The client turns it into silence for every process."""


class TokenRefused(ZohoError):
    """HTTP 401: the access token is dead, or may not do this."""


def judge(answer: Answer, endpoint: str, organization: str = "", list_key: str = "") -> Envelope:
    """The envelope of a success. Raises the matching ZohoError, with Zoho's own words cut short and made harmless.

    organization: the external id that was asked for, for the sentence about a wrong one. list_key: the list in the
    answer that is wanted, if one is (payloads.parse_envelope).
    """
    if 300 <= answer.status < 400:
        raise Refused(
            _(
                "Zoho answered %(endpoint)s with a redirect, which is not followed. Check ZOHO_REGION or "
                "ZOHO_API_BASE_URL."
            )
            % {"endpoint": endpoint},
            http_status=answer.status,
            endpoint=endpoint,
        )
    try:
        envelope = parse_envelope(answer.body, list_key)
        code, message = envelope.code, tidy(envelope.message)
    except PayloadError as error:
        raise _unreadable(answer, endpoint, said(error)) from error
    if 200 <= answer.status < 300 and code == 0:
        return envelope
    raise _refusal(answer, endpoint, code, message, organization)


def refuse_bytes(answer: Answer, endpoint: str, organization: str = "") -> None:
    """Raise what `judge` would, for a call whose success is no JSON; return when the answer is a success."""
    is_json = "json" in answer.headers.get("Content-Type", "").lower()
    if not 200 <= answer.status < 300 or is_json:
        judge(answer, endpoint, organization)
    elif not answer.body:
        raise ZohoUnavailable(_("Zoho's answer is empty."), http_status=answer.status, endpoint=endpoint)


def tidy(text: str, limit: int = 300) -> str:
    """Zoho's words made fit for a page or a log: one line, no control or direction marks, cut short."""
    return " ".join(_ODD.sub(" ", text).split())[:limit]


def retry_after_seconds(answer: Answer) -> float | None:
    """The longer of what Retry-After and, on a 429, X-Rate-Limit-Reset ask; undocumented, so not trusted far."""
    names = ["Retry-After"] + (["X-Rate-Limit-Reset"] if answer.status == 429 else [])
    values = [answer.headers.get(name, "").strip() for name in names]
    seconds = [float(value) for value in values if re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,3})?", value)]
    return min(max(seconds), 86_400.0) if seconds else None


def _unreadable(answer: Answer, endpoint: str, problem: str) -> ZohoError:
    facts: dict[str, Any] = {
        "http_status": answer.status,
        "endpoint": endpoint,
        "retry_after_seconds": retry_after_seconds(answer),
    }
    if answer.status == 429:
        return TooManyCalls(_("Zoho asks for fewer calls."), code=MINUTE, **facts)
    if answer.status == 401:
        return TokenRefused(_("Zoho refuses the access token."), **facts)
    words = {"endpoint": endpoint, "status": answer.status, "problem": problem}
    if 400 <= answer.status < 500 and answer.status not in (408, 425):
        return Refused(
            _("Zoho refused %(endpoint)s: HTTP %(status)s without an explanation.") % words, **facts
        )
    return ZohoUnavailable(
        _("Zoho's answer to %(endpoint)s is unusable (HTTP %(status)s): %(problem)s") % words, **facts
    )


def _refusal(answer: Answer, endpoint: str, code: int, message: str, organization: str) -> ZohoError:
    facts: dict[str, Any] = {
        "http_status": answer.status,
        "code": code,
        "endpoint": endpoint,
        "retry_after_seconds": retry_after_seconds(answer),
    }
    said = {
        "endpoint": endpoint,
        "code": code,
        "message": message or _("no message"),
        "status": answer.status,
    }
    if answer.status == 429 or (code in _THROTTLES and answer.status == 200):
        return TooManyCalls(message or _("Zoho asks for fewer calls."), **facts)
    if answer.status == 401 or (answer.status == 200 and code in (TOKEN_INVALID, NOT_AUTHORIZED)):
        return TokenRefused(_("Zoho refuses the access token: %(message)s (code %(code)s).") % said, **facts)
    if code == WRONG_ORGANIZATION:
        return AuthError(
            _(
                "The Zoho user of these credentials has no access to organisation %(organization)s. Check "
                "ZOHO_ORGANIZATION_ID; `manage.py zoho_connect` lists the organisations."
            )
            % {"organization": organization or "?"},
            **facts,
        )
    if answer.status >= 500 or code == INTERNAL:
        return ZohoUnavailable(
            _("Zoho failed at %(endpoint)s: %(message)s (HTTP %(status)s, code %(code)s).") % said, **facts
        )
    if answer.status == 408:
        return ZohoUnavailable(_("Zoho did not answer in time."), **facts)
    if answer.status == 404 and code == RECORD_GONE:
        return NotFound(_("%(endpoint)s: %(message)s (code %(code)s).") % said, **facts)
    if answer.status == 404 and code == NO_RESOURCE:
        return UnknownPath(
            _("Zoho knows no %(endpoint)s here, or it is not part of the plan (code %(code)s).") % said,
            **facts,
        )
    return Refused(
        _("Zoho refused %(endpoint)s: %(message)s (HTTP %(status)s, code %(code)s).") % said, **facts
    )
