"""How webhooks come in and go through: of the last hour, and of the last day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .charts import quantile
from .observed import Observed, observe
from .periods import HOUR, Period

_DAY = Period("flow", "", timedelta(hours=24), HOUR, HOUR)
_STATES = ("received", "applied", "ignored", "failed", "dead")


@dataclass(frozen=True)
class Flow:
    """Deliveries of the last so many hours; None: nothing was measured then.

    half, most: seconds from arrival until the mirror had it, which half of them, and 95 of 100, needed at most.
    """

    hours: int
    counts: dict[str, int | None]
    half: float | None
    most: float | None


def flows(may: Callable[[str], bool], now: datetime) -> list[Flow] | None:
    """Of one hour and of 24; None for visitors who may not see it. One query."""
    if not (may("monitoring.view_metricsample") and may("zoho_sync.view_webhookdelivery")):
        return None
    starts = [now - timedelta(hours=24 - hour) for hour in range(24)]
    seen = observe(["webhooks", "webhook_seconds"], _DAY, starts)
    return [_flow(seen, 1), _flow(seen, 24)]


def _flow(seen: Observed, hours: int) -> Flow:
    places = range(24 - hours, 24)
    counted: dict[str, float] = {}
    for step in seen.counted("webhook_seconds")[24 - hours :]:
        for bound, count in step.items():
            counted[bound] = counted.get(bound, 0) + count
    is_known = any(each.place in places for each in seen.sums.get("webhooks", ()))
    counts = {
        state: _sum(seen.added("webhooks", "state", [state])[24 - hours :]) if is_known else None
        for state in _STATES
    }
    return Flow(hours, counts, quantile(counted, 0.5), quantile(counted, 0.95))


def _sum(values: list[float | None]) -> int:
    return round(sum(value or 0 for value in values))
