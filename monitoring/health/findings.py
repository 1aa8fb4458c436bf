from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Health(StrEnum):
    """The last one is the worst."""

    UNKNOWN = "unknown"  # nothing has happened yet from which it could be told
    OK = "ok"
    DEGRADED = "degraded"  # visitors are served, but something does not do its work
    DOWN = "down"  # no visitor can be served


@dataclass(frozen=True)
class Finding:
    """What one probe found.

    message: a sentence for staff, "" when all is well. since: when it began, None where that is not known.
    figure: what was measured, in words; "" where nothing is. what_to_do: "" when there is nothing to be done.
    """

    probe: str
    health: Health
    message: str = ""
    since: datetime | None = None
    figure: str = ""
    what_to_do: str = ""


def worst(findings: Iterable[Finding]) -> Health:
    """Unknown only where nothing at all is known."""
    order = list(Health)
    return max((finding.health for finding in findings), key=order.index, default=Health.UNKNOWN)
