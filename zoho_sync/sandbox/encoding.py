"""JSON as Zoho writes it: UTF-8, no spaces, numbers with exactly the digits they were given.

Decimals keep their scale (`14.000000`, `12500.00`) and never pass through a float.
"""

from __future__ import annotations

import json
import re
import secrets
from decimal import Decimal
from typing import Any

# The C encoder cannot write a Decimal. It is asked for a marked text instead, and quotes and mark are cut
# off afterwards. The mark differs in every process, so no value from outside can imitate it.
_MARK = "\ue000" + secrets.token_hex(6)
_NUMBER = re.compile('"' + _MARK + ':([^"]*)"')
_FRAGMENT = re.compile('"' + _MARK + '#([0-9]+)"')


class Fragment:
    """JSON text that is ready, to be put into a larger value as it stands."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


def encode(value: Any) -> bytes:
    """Any JSON value with Decimals and Fragments as bytes; a lone surrogate becomes its `\\udxxx` escape."""
    return to_bytes(encode_text(value))


def encode_text(value: Any) -> str:
    fragments: list[str] = []

    def mark(part: Any) -> str:
        if isinstance(part, Decimal):
            return f"{_MARK}:{part:f}"
        if isinstance(part, Fragment):
            fragments.append(part.text)
            return f"{_MARK}#{len(fragments) - 1}"
        raise TypeError(f"{type(part).__name__} has no JSON form")

    text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=mark).encode(value)
    if _MARK in text:
        text = _NUMBER.sub(r"\1", text)
    if fragments:
        text = _FRAGMENT.sub(lambda found: fragments[int(found[1])], text)
    return text


def to_bytes(text: str) -> bytes:
    """UTF-8; what UTF-8 cannot hold is written as a JSON escape."""
    return text.encode("utf-8", "backslashreplace")


def decode(body: bytes | str) -> Any:
    """JSON with every fractional number as an exact Decimal."""
    return json.loads(body, parse_float=Decimal)
