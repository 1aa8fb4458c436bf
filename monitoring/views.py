from __future__ import annotations

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from .health import Health, examine, worst


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """200 as soon as this process answers at all; asks nothing of the database."""
    return JsonResponse({"status": Health.OK})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """200 when visitors can be served, perhaps degraded, else 503. Staff see every finding, strangers the sum."""
    findings = examine()
    health = worst(findings)
    answer: dict = {"status": health}
    if _is_staff(request):
        answer["probes"] = [{"probe": f.probe, "status": f.health, "message": f.message} for f in findings]
    return JsonResponse(answer, status=503 if health is Health.DOWN else 200)


def _is_staff(request: HttpRequest) -> bool:
    try:
        return request.user.is_active and request.user.is_staff
    except (DatabaseError, InterfaceError):  # sessions live in the database too
        return False
