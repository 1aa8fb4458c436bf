from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from . import doors


class Visit:
    """Whatever is changed while a request is answered was changed by it. Costs no query."""

    def __init__(self, get_response: Callable[[HttpRequest], Any]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> Any:
        with doors.by_request(request):
            return self.get_response(request)
