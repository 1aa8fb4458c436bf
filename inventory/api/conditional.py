"""Answers that need not be sent again: an ETag on every good answer to GET, and 304 to whoever has it already."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import get_conditional_response, patch_vary_headers
from rest_framework.request import Request
from rest_framework.response import Response


def etag_of(*parts: bytes | str) -> str:
    """A strong ETag of these parts, in their order."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return f'"{digest.hexdigest()}"'


def unchanged(request: Request, etag: str) -> HttpResponse | None:
    """304 when the visitor has this already (If-None-Match), else None."""
    answer = get_conditional_response(request._request, etag=etag)
    if answer is None or answer.status_code != 304:
        return None
    answer["ETag"] = etag
    _keep_private(answer)
    return answer


class Conditional:
    """For a view: 200 to GET and HEAD carries an ETag; `If-None-Match` with it gets 304.

    The ETag is that of the body, unless the view has set one: who can tell without the body whether anything has
    changed sets `self.etag` after asking `unchanged()`, and answers sooner.
    """

    etag: str | None = None

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if request.method not in ("GET", "HEAD") or response.status_code != 200:
            return response
        _keep_private(response)
        if self.etag is not None:
            response["ETag"] = self.etag
        elif isinstance(response, Response):
            response.add_post_render_callback(lambda rendered: _compared(request, rendered))
        return response


def _compared(request: Request, rendered: Response) -> HttpResponse | None:
    """After rendering: the same answer with its ETag, or 304 instead of it."""
    rendered["ETag"] = etag_of(rendered["Content-Type"], rendered.content)
    answer = unchanged(request, rendered["ETag"])
    if isinstance(answer, HttpResponseNotModified):
        for name, value in rendered.items():
            if name.lower() not in ("content-type", "content-length"):
                answer.setdefault(name, value)
        return answer
    return None


def _keep_private(response: Any) -> None:
    """Whoever asks may keep the answer, but has to ask each time whether it still holds; nobody in between may."""
    response["Cache-Control"] = "private, no-cache"
    patch_vary_headers(response, ("Accept", "Accept-Language", "Authorization", "Cookie"))
