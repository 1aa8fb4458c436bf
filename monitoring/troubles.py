"""What may be wrong, as plain values, and how bad it is.

A cause keeps its id as long as it lasts, so that whoever asks again knows what is new and what is over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """The last one is the worst."""

    INFO = "info"  # nothing is lost; somebody may want to decide
    WARNING = "warning"  # something is late or left out
    ERROR = "error"  # something stays undone until a person acts
    CRITICAL = "critical"  # nothing is synced at all


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """One cause. Texts are in the language of the moment; those made here are sentences, and can be stored.

    id: stable while the cause lasts; its first word says what kind it is. since: when it began, None where that is not
    known. count: of what the message speaks of. organization: the source's id, "" where it is about all of them.
    url, page: a path of the API, and one of the admin, at which more is told; "" where there is none.
    """

    id: str
    severity: Severity
    title: str
    message: str
    what_to_do: str
    since: datetime | None = None
    count: int = 1
    organization: str = ""
    entity: str = ""
    url: str = ""
    page: str = ""

    @property
    def cause(self) -> str:
        return self.id.partition(":")[0]


def worst(found: Iterable[Trouble]) -> Severity | None:
    """None when nothing is wrong."""
    order = list(Severity)
    return max((each.severity for each in found), key=order.index, default=None)
