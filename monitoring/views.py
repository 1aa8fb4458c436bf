"""/health/…: what load balancers, staff and other programs that watch are told."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from rest_framework.exceptions import APIException, AuthenticationFailed
from rest_framework.request import Request
from rest_framework.settings import api_settings

from .health import Finding, Health, examine, worst

VIEW = "zoho_sync.view_syncrun"


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as soon as this process answers at all; asks nothing of the database."""
    return JsonResponse({"status": Health.OK})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when visitors can be served, perhaps degraded, else 503. Strangers are told the sum only.

    Every finding is told to people who may see runs, and to programs with a token of theirs.
    """
    findings = examine()
    health = worst(findings)
    answer: dict[str, Any] = {"status": health}
    status = 503 if health is Health.DOWN else 200
    if findings[0].health is Health.DOWN:  # nobody can be known without the database
        return JsonResponse(answer, status=status)
    try:
        if _may_see(request):
            answer |= {"at": timezone.now(), "probes": [_told(each) for each in findings]}
    except AuthenticationFailed as error:
        headers = {"WWW-Authenticate": 'Bearer realm="api"'}
        return JsonResponse(answer | {"error": str(error.detail)}, status=401, headers=headers)
    return JsonResponse(answer, status=status)


def _told(finding: Finding) -> dict[str, Any]:
    return {
        "probe": finding.probe,
        "status": finding.health,
        "message": finding.message,
        "since": finding.since,
        "figure": finding.figure,
        "what_to_do": finding.what_to_do,
    }


def _may_see(request: HttpRequest) -> bool:
    """By a session of staff, or by a token, as everywhere in the API. Raises AuthenticationFailed for a bad token."""
    kinds: Any = api_settings.DEFAULT_AUTHENTICATION_CLASSES
    visitor = Request(request, authenticators=[each() for each in kinds])
    try:
        return visitor.user.is_active and visitor.user.has_perm(VIEW)
    except AuthenticationFailed:
        raise
    except APIException:  # somebody who is signed in, and not staff
        return False
