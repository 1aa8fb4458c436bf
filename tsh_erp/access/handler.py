"""Every exception that leaves a view of the API becomes one answer. A library tells them apart, the words are ours."""

from __future__ import annotations

from typing import Any

from django.core import exceptions as django_errors
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors.formatter import ExceptionFormatter
from drf_standardized_errors.handler import ExceptionHandler
from drf_standardized_errors.types import ErrorResponse
from rest_framework import exceptions

from . import refusals
from .errors import ServerError, TooLarge, Unavailable
from .problems import OLDER, problem

WHOLE = "non_field_errors"  # what is wrong with no field in particular
LONGEST_DETAIL = 1000


class Formatter(ExceptionFormatter):
    """Chooses the words; `Handler` puts them into a response."""

    def format_error_response(self, error_response: ErrorResponse) -> dict[str, Any]:
        by_field: dict[str, list[str]] = {}
        for error in error_response.errors:
            by_field.setdefault(error.attr or "", []).append(error.detail)
        own = by_field.pop("", [])
        sentences = own + [_sentence(field, " ".join(told)) for field, told in by_field.items()]
        code = self.exc.default_code if by_field or len(own) != 1 else error_response.errors[0].code
        return {
            "code": code,
            "detail": " ".join(sentences)[:LONGEST_DETAIL],
            "errors": by_field,
            "extra": getattr(self.exc, "extra", None) or {},
        }


class Handler(ExceptionHandler):
    """An exception's `extra`, a dict, joins the answer. Refusals are logged on their way."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, django_errors.RequestDataTooBig):
            return TooLarge()
        if isinstance(exc, django_errors.SuspiciousOperation | UnreadablePostError):
            return exceptions.ParseError(_("The request cannot be read."))
        if isinstance(exc, OperationalError | InterfaceError):
            return Unavailable()
        return super().convert_known_exceptions(exc)

    def convert_unhandled_exceptions(self, exc: Exception) -> exceptions.APIException:
        return exc if isinstance(exc, exceptions.APIException) else ServerError()

    def get_headers(self, exc: exceptions.APIException) -> dict[str, str]:
        return super().get_headers(exc) | refusals.challenge(exc, self.context["request"])

    def get_response(self, exc: exceptions.APIException, data: dict) -> HttpResponse:  # type: ignore[override]
        request = self.context["request"]
        refusals.tell(request, exc)
        shape = getattr(self.context["view"], "error_shape", "")
        return problem(
            request, exc.status_code, **data, is_older=shape == OLDER, headers=self.get_headers(exc)
        )


def _sentence(field: str, text: str) -> str:
    return text if field == WHOLE else f"{field}: {text}"
