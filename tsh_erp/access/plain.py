"""Errors below /api/ that no view of the API answers: unknown addresses, and what Django itself refuses.

Everywhere else a page answers (failed_pages.py).
"""

from __future__ import annotations

import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.urls import is_valid_path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from . import failed_pages
from .errors import RETRY_SECONDS, Unavailable
from .failed_pages import failed_page
from .problems import is_of_api, is_of_older_doors, problem


@csrf_exempt  # it changes nothing
def unknown(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Any address below /api/ that nothing answers. One whose slash was forgotten is found only where a redirect is
    harmless: a POST would arrive as a GET."""
    detail = _("There is nothing at this address.")
    if not request.path_info.endswith("/") and _is_known(f"{request.path_info}/"):
        if request.method in ("GET", "HEAD"):
            return HttpResponsePermanentRedirect(request.get_full_path(force_append_slash=True))
        detail = _("This address ends with a slash.")
    return _told(request, 404, "not_found", detail)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_of_api(request):
        return failed_page(request, 400, failed_pages.UNREADABLE)
    return _told(request, 400, "bad_request", _("The request cannot be read."))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_of_api(request):
        return failed_page(request, 403, failed_pages.NOT_ALLOWED)
    return _told(request, 403, "permission_denied", _("You may not do this."))


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if not is_of_api(request):
        return failed_page(request, 404, failed_pages.NOWHERE)
    return _told(request, 404, "not_found", _("There is nothing at this address."))


def server_error(request: HttpRequest) -> HttpResponse:
    """A bug is a 500; a database that does not answer at the moment is a 503, on a page as in the API."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _unavailable(request)
    if not is_of_api(request):
        return failed_page(request, 500, failed_pages.BROKEN)
    return _told(request, 500, "server_error", _("Something went wrong on our side. It has been logged."))


def _unavailable(request: HttpRequest) -> HttpResponse:
    told = Unavailable()
    if is_of_api(request):
        answer = _told(request, told.status_code, told.default_code, str(told.detail))
    else:
        answer = failed_page(request, told.status_code, failed_pages.AWAY)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    if not is_of_api(request):
        return failed_page(request, 403, failed_pages.EXPIRED)
    return _told(
        request,
        403,
        "csrf_failed",
        _("The form's secret is missing or wrong: %(reason)s") % {"reason": reason},
    )


def _is_known(path: str) -> bool:
    found = is_valid_path(path)
    return found is not False and found.func is not unknown


def _told(request: HttpRequest, status: int, code: str, detail: str) -> HttpResponse:
    return problem(request, status, code=code, detail=detail, is_older=is_of_older_doors(request))
