"""Pages tell times as the company's own clocks show them."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import tzinfo
from typing import Any

from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest
from django.utils import timezone

from inventory.days import shared_zone
from inventory.models import Organization

KEPT_SECONDS = 60.0  # a company moves seldom


class OrganizationZone:
    """The zone of the only organisation for every page of the admin; that of the settings where there are several."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]):
        self.get_response = get_response
        self._zone: tzinfo | None = None
        self._found_at = float("-inf")

    def __call__(self, request: HttpRequest) -> Any:
        # Not for the time of the call alone: a list that is exported is written after it.
        if request.path.startswith("/admin/"):
            timezone.activate(self._current())
        else:
            timezone.deactivate()
        return self.get_response(request)

    def _current(self) -> tzinfo:
        now = time.monotonic()
        if self._zone is None or now - self._found_at >= KEPT_SECONDS:
            try:
                self._zone, self._found_at = shared_zone(Organization.objects.all()[:2]), now
            except (DatabaseError, InterfaceError):
                return timezone.get_default_timezone()  # the page itself says what is wrong
        return self._zone
