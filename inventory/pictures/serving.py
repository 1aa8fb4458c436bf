"""A picture's file as an answer. Its address holds its digest, so what it leads to never changes and is kept for a year
by whoever was given it; who may have it is asked each time somebody asks."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.translation import gettext as _

from ..models import ProductPicture
from . import store
from .making import MEDIA_TYPE, SIDES, SUFFIX

log = logging.getLogger(__name__)

SECONDS = 31_536_000  # a year


class DigestConverter:
    """Of an address: SHA-256 in small hex letters and nothing else, so that no path of anybody's reaches the disk."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class SizeConverter(DigestConverter):
    regex = "|".join(SIDES)


def is_shown(digest: str) -> bool:
    """Is it the picture of some product that is still at the source?"""
    return ProductPicture.objects.live().filter(digest=digest).exists()


def answer(request: HttpRequest, digest: str, size: str) -> HttpResponse:
    """200 with the file, 304 to whoever has it already, 404 where no product shows such a picture. Whoever calls has
    asked whether the visitor may see products."""
    if not is_shown(digest):
        return not_here()
    etag = f'"{digest}-{size}"'
    told = get_conditional_response(request, etag=etag)
    if told is None:
        try:
            content = store.read(digest, size)
        except OSError as error:  # the next run of pictures finds that out too, and fetches it again
            log.warning("the picture %s (%s) cannot be read: %s", digest, size, error)
            return not_here()
        told = HttpResponse(content, content_type=MEDIA_TYPE)
        told["Content-Disposition"] = f'inline; filename="{digest[:16]}-{size}.{SUFFIX}"'
    told["ETag"] = etag
    told["Cache-Control"] = f"private, max-age={SECONDS}, immutable"
    told["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(told, ("Authorization", "Cookie"))
    return told


def not_here() -> HttpResponse:
    text = _("There is no such picture here.")
    told = HttpResponseNotFound(text, content_type="text/plain; charset=utf-8")
    told["Cache-Control"] = "no-store"
    return told
