"""Which of a visitor's devices a page may ask for: none, but for what the page itself says."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

NOTHING = "camera=(), microphone=(), geolocation=(), payment=(), usb=()"


class DevicesClosed:
    """Sets `Permissions-Policy` where a view has not. A camera is open to our own pages at most, never to a frame."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", NOTHING)
        return response
