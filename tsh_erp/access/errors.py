"""What the API refuses by itself, beside the framework's own exceptions.

APIException
  TooLarge        413
  LengthRequired  411
  Unavailable     503
  ServerError     500
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException

RETRY_SECONDS = 5


class TooLarge(APIException):
    status_code = 413
    default_code = "payload_too_large"
    default_detail = _("The body is too large.")


class LengthRequired(APIException):
    status_code = 411
    default_code = "length_required"
    default_detail = _("The length of the body must be given.")


class Unavailable(APIException):
    """The database does not answer, or is too busy: the same request may succeed later."""

    status_code = 503
    default_code = "unavailable"
    default_detail = _("The database cannot be used at this moment. Try again.")
    wait = RETRY_SECONDS


class ServerError(APIException):
    default_code = "server_error"
    default_detail = _("Something went wrong on our side. It has been logged.")
