"""JSON as Zoho writes it: UTF-8, no spaces, numbers with exactly the digits they were given.

Decimals keep their scale (`14.000000`, `12500.00`) and never pass through a float.
"""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any

# The C encoder cannot write a Decimal; it is asked to write a marked text, and the quotes are cut off afterwards.
# The mark differs in every process, so no value that comes in from outside can imitate it.
_MARK = "\ue000" + secrets.token_hex(6) + ":"
_MARKED = re.compile('"' + _MARK + '([^"]*)"')


def _mark(value: Any) -> str:
    if isinstance(value, Decimal):
        return _MARK + format(value, "f")
    raise TypeError(f"{type(value).__name__} has no JSON form")


_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_mark)


def encode(value: Any) -> bytes:
    """Any JSON value with Decimals as bytes; a lone surrogate becomes its `\\udxxx` escape."""
    text = _encoder.encode(value)
    if _MARK in text:
        text = _MARKED.sub(r"\1", text)
    return to_bytes(text)


def to_bytes(text: str) -> bytes:
    """UTF-8; what UTF-8 cannot hold is written as a JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def decode(body: bytes | str) -> Any:
    """JSON with every fractional number as an exact Decimal."""
    return json.loads(body, parse_float=Decimal)
