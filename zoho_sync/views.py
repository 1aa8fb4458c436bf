"""The webhook door: Zoho's own program is the visitor, and every answer is JSON.

Plain Django, as each delivery passes here: refuse what is cheap to refuse first, store, acknowledge.
"""

from __future__ import annotations

import logging

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from .addresses import address_of
from .webhooks import figures, throttle
from .webhooks.inbox import Incoming, NotText, ProofRefused, receive

log = logging.getLogger(__name__)

RETRY_SECONDS = 30  # for who could not be served
LONGEST_LENGTH = 18  # digits of a Content-Length; Python reads no number of thousands of them


@csrf_exempt  # the signature is the proof; there is no session to ride on
@never_cache
def webhook(request: HttpRequest, door: str = "") -> JsonResponse:
    """Take one delivery: 202 once it is stored, 4xx when it never will be, 503 when it may come again."""
    if request.method != "POST":
        return refusal(405, "method_not_allowed", _("Deliveries are sent with POST."), Allow="POST")
    address = address_of(request)
    if wait := throttle.admit(address):
        message = _("Too many deliveries from this address.")
        return refusal(429, "too_many_requests", message, **{"Retry-After": str(wait)})
    length = request.META.get("CONTENT_LENGTH") or ""
    if "HTTP_TRANSFER_ENCODING" in request.META or not (length.isascii() and length.isdigit()):
        message = _("The length of the body must be given.")
        return refusal(411, "length_required", message, Connection="close")
    if len(length) > LONGEST_LENGTH or int(length) > settings.WEBHOOKS["MAX_BYTES"]:
        message = _("The body is larger than %(limit)s bytes.") % {"limit": settings.WEBHOOKS["MAX_BYTES"]}
        return refusal(413, "payload_too_large", message, Connection="close")
    try:
        receipt = receive(_incoming(request, door))
    except UnreadablePostError:
        return refusal(400, "unreadable", _("The body ended too early."), Connection="close")
    except ProofRefused as error:
        throttle.note_refusal(address)
        log.warning("a delivery from %s to %r was refused: no good proof", address, door[:32])
        return refusal(401, "unauthorized", str(error))
    except NotText as error:
        return refusal(400, "not_utf8", str(error))
    except (DatabaseError, InterfaceError):
        log.exception("a delivery could not be stored")
        message = _("The delivery could not be stored; send it again.")
        return refusal(503, "not_stored", message, **{"Retry-After": str(RETRY_SECONDS)})
    messages = {
        "received": _("The delivery is stored and will be applied."),
        "duplicate": _("The same content came already; it is stored, and its record will be read again."),
        "ignored": receipt.reason,
    }
    return JsonResponse(
        {
            "success": True,
            "message": messages[receipt.status],
            "event_id": str(receipt.event_id),
            "status": receipt.status,
            "idempotency_key": receipt.idempotency_key,
            "queued": receipt.queued,
        },
        status=202,
    )


@require_safe
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Does the inbox drain? Strangers get the sum, staff the figures behind it; 503 when nothing can be stored."""
    found = figures.health()
    answer: dict = {"status": found.status}
    if _may_see(request):
        answer |= found.facts
    return JsonResponse(answer, status=503 if found.status == "down" else 200)


@require_safe
@never_cache
def stats(request: HttpRequest) -> JsonResponse:
    """What came and what became of it, per subject."""
    if not request.user.is_authenticated:
        return refusal(401, "unauthorized", _("Sign in first."))
    if not _may_see(request):
        return refusal(403, "forbidden", _("You may not see webhook deliveries."))
    return JsonResponse(figures.stats())


def refusal(status: int, error: str, message: str, **headers: str) -> JsonResponse:
    return JsonResponse(
        {"success": False, "message": str(message), "error": error}, status=status, headers=headers
    )


def _incoming(request: HttpRequest, door: str) -> Incoming:
    return Incoming(
        door=door,
        query=request.META.get("QUERY_STRING", "").encode("latin-1", "replace"),
        headers={name.lower(): value for name, value in request.headers.items()},
        content_type=request.META.get("CONTENT_TYPE", ""),
        body=request.body,
    )


def _may_see(request: HttpRequest) -> bool:
    try:
        return request.user.is_staff and request.user.has_perm("zoho_sync.view_webhookdelivery")
    except (DatabaseError, InterfaceError):  # sessions live in the database too
        return False
