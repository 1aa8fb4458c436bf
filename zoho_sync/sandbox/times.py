"""Zoho's way to write and read moments: `2025-05-15T13:44:25+0300`, whole seconds, no colon in the offset."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache

ORGANIZATION_OFFSET = timezone(timedelta(hours=3))  # Baghdad, no summer time
# A filter is refused without a numeric offset, with a literal Z, and as a bare date (zoho-api.md, 6).
_FILTER = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d{4}", re.ASCII)


@lru_cache(maxsize=65536)
def write_time(seconds: int) -> str:
    """Seconds since 1970 in the organisation's offset."""
    return datetime.fromtimestamp(seconds, ORGANIZATION_OFFSET).strftime("%Y-%m-%dT%H:%M:%S%z")


def read_time(text: str) -> int | None:
    """Seconds since 1970, or None when Zoho would refuse the text."""
    if not isinstance(text, str) or not _FILTER.fullmatch(text):
        return None
    try:
        return int(datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z").timestamp())
    except ValueError:
        return None


def anchor() -> int:
    """All generated data was written before this fixed moment, so one seed gives one organisation."""
    return int(datetime(2025, 10, 1, 9, 0, 0, tzinfo=UTC).timestamp())
