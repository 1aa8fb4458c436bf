"""What a rule has found bad: whatever an alert needs to be opened, in plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .troubles import Severity, Trouble

MOST_CHARACTERS = 200  # of a fingerprint


@dataclass(frozen=True, kw_only=True)
class Breach:
    """fingerprint: of the cause; equal ones are one alert. Texts are sentences, so that they can be stored.

    value: of the figure that was judged. records_count: of what the message speaks of. since: when the cause began,
    None where that is not known. url, page: as of a Trouble.
    """

    fingerprint: str
    severity: Severity
    title: str
    message: str = ""
    what_to_do: str = ""
    organization: str = ""
    entity: str = ""
    url: str = ""
    page: str = ""
    value: float | None = None
    records_count: int = 1
    since: datetime | None = None

    def columns(self) -> dict[str, Any]:
        """Of an alert, beside its cause and severity: what may change while the cause lasts."""
        return {
            "title": self.title,
            "message": self.message,
            "what_to_do": self.what_to_do,
            "organization": self.organization,
            "entity": self.entity,
            "url": self.url,
            "page": self.page,
            "value": self.value,
            "records_count": self.records_count,
            "since": self.since,
        }


def breach_of(trouble: Trouble, severity: str) -> Breach:
    """severity: of the rule, as staff have chosen it."""
    return Breach(
        fingerprint=trouble.id[:MOST_CHARACTERS],
        severity=Severity(severity),
        title=trouble.title,
        message=trouble.message,
        what_to_do=trouble.what_to_do,
        organization=trouble.organization,
        entity=trouble.entity,
        url=trouble.url,
        page=trouble.page,
        records_count=trouble.count,
        since=trouble.since,
    )
