"""What of a delivery's headers and query is kept: all of it, but for what would let a reader forge another one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

MASK = "***"
MOST_HEADERS, MOST_CHARACTERS = 60, 1000
_SECRET = re.compile(
    r"auth|cookie|signature|secret|token|passw|credential|session|(^|[-_])key($|[-_])|api-?_?key", re.I
)


def is_secret(name: str) -> bool:
    return bool(_SECRET.search(name))


def masked_headers(headers: Mapping[str, str]) -> dict[str, str]:
    kept = list(headers.items())[:MOST_HEADERS]
    return {printable(name)[:100]: MASK if is_secret(name) else printable(value) for name, value in kept}


def masked_query(pairs: Iterable[tuple[str, str]]) -> str:
    """The decoded pairs as `name=value&…`, for people."""
    shown = "&".join(f"{name}={MASK if is_secret(name) else value}" for name, value in pairs)
    return printable(shown)


def printable(text: str) -> str:
    """Text that any database takes: no NUL, no half characters, and not without end."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:MOST_CHARACTERS]
