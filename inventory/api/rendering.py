"""How values are said in JSON: money and quantities as text, times in UTC with Z, Arabic as it is."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import JSONRenderer

_OPTIONS = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


@lru_cache(maxsize=4096)  # of a page's figures many are equal
def decimal_text(value: Decimal | None) -> str | None:
    """ "12.5": without needless zeros, never with an exponent; None stays None."""
    if value is None:
        return None
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def as_json(value: Any) -> bytes:
    """One JSON text. Raises TypeError for what has no plain form."""
    try:
        return orjson.dumps(value, default=_plain, option=_OPTIONS)
    except (
        TypeError
    ):  # keys that are no texts: to look out for them takes twice the time, and few answers have any
        return orjson.dumps(value, default=_plain, option=_OPTIONS | orjson.OPT_NON_STR_KEYS)


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Promise | int):  # translated texts; whole numbers beyond 64 bits
        return str(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, set | frozenset | tuple):
        return list(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


class OrjsonRenderer(JSONRenderer):
    """Several times as quick as the standard library's."""

    def render(self, data: Any, accepted_media_type=None, renderer_context=None) -> bytes:
        return b"" if data is None else as_json(data)
