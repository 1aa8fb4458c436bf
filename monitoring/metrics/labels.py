"""Labels as text: what tells the rows of one metric apart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from urllib.parse import parse_qsl, urlencode

_LONGEST = 60  # of a value, so that four of them fit into the column even where every letter is escaped
_UNPRINTABLE = dict.fromkeys((*range(0x20), 0x7F, *range(0xD800, 0xE000)), "\N{REPLACEMENT CHARACTER}")


def pack(labels: Mapping[str, object]) -> str:
    """Sorted by name, as in a query string; the same labels give the same text in every process."""
    return _packed(tuple([(name, str(value)) for name, value in labels.items() if value not in ("", None)]))


@lru_cache(maxsize=4096)  # the same few hundred come again and again
def _packed(pairs: tuple[tuple[str, str], ...]) -> str:
    return urlencode(sorted((name, _short(value)) for name, value in pairs))[:255]


def unpack(text: str) -> dict[str, str]:
    return dict(parse_qsl(text))


def has_all(text: str, wanted: Iterable[tuple[str, str]]) -> bool:
    there = unpack(text)
    return all(there.get(name, "") == value for name, value in wanted)


def _short(text: str) -> str:
    text = text[:_LONGEST].translate(_UNPRINTABLE)
    while len(urlencode({"": text})) > _LONGEST + 1:
        text = text[:-1]
    return text
