"""What of a delivery's headers and query is kept: all of it, but for what would let a reader forge another one.

What is called a secret is masked, and so is the delivery's own secret wherever else its sender has put it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MASK = "***"
MOST_HEADERS, MOST_CHARACTERS = 60, 1000
_SECRET = re.compile(
    r"auth|cookie|signature|secret|token|passw|credential|session|hmac|(^|[-_])(key|sig|pwd)($|[-_])|api-?_?key",
    re.I,
)


def is_secret(name: str) -> bool:
    return bool(_SECRET.search(name))


def masked_headers(headers: Mapping[str, str], secret: str) -> dict[str, str]:
    kept = list(headers.items())[:MOST_HEADERS]
    return {printable(name)[:100]: _masked(name, value, secret) for name, value in kept}


def masked_query(pairs: Iterable[tuple[str, str]], secret: str) -> str:
    """The decoded pairs as `name=value&…`, for people."""
    return printable("&".join(f"{name}={_masked(name, value, secret)}" for name, value in pairs))


def _masked(name: str, value: str, secret: str) -> str:
    return MASK if is_secret(name) else printable(value.replace(secret, MASK))


def printable(text: str) -> str:
    """Text that any database takes: no NUL, no half characters, and not without end."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:MOST_CHARACTERS]
