"""What every request to a view of the API passes before the view, and every answer after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from . import errors, problems, throttles
from .handler import Handler

_MOST_DIGITS = 18  # of a Content-Length; Python reads no number of thousands of them


class ApiGate:
    """Only for views of the framework's; the webhook door has rules and answers of its own."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        response = self.get_response(request)
        if problems.is_of_api(request) and not response.has_header("Cache-Control"):
            response["Cache-Control"] = "no-store"  # private figures: nobody in between may keep them
        return response

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        kind = getattr(view, "cls", None)
        if kind is None:
            return None
        if (
            request.encoding is not None
        ):  # a `charset` that the visitor made up says nothing about the address
            request.encoding = "utf-8"
        try:
            throttles.admit_address(request)
            _check_length(request)
            _check_query(request)
        except (APIException, SuspiciousOperation) as error:
            context: Any = {"view": kind, "request": request, "args": args, "kwargs": kwargs}
            told: Any = Handler(error, context).run()
            told["Connection"] = "close"  # its body lies unread
            return told
        return None


def _check_length(request: HttpRequest) -> None:
    """A body of unknown length would be read as none at all, and one that is too long read whole."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if "HTTP_TRANSFER_ENCODING" in request.META or not (length.isascii() and length.isdigit()):
        raise errors.LengthRequired
    if len(length) > _MOST_DIGITS or int(length) > settings.API["MAX_BYTES"]:
        raise errors.TooLarge


def _check_query(request: HttpRequest) -> None:
    """No database that we know takes NUL in a text."""
    strange = [name for name, values in request.GET.lists() if any("\0" in text for text in (name, *values))]
    if strange:
        raise ValidationError(
            {name.replace("\0", ""): [_("It holds a character that no text has.")] for name in strange}
        )
