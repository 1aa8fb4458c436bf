"""Whose request it is, by network address."""

from __future__ import annotations

from typing import Any

from django.conf import settings


def address_of(request: Any) -> str:
    """Who is speaking. A proxy's word for it counts only where the settings say that there is one."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.BEHIND_TLS_PROXY and forwarded:
        return forwarded.rpartition(",")[2].strip()[:64]
    return request.META.get("REMOTE_ADDR", "")
