"""When a schedule of the queue will fire again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice

from croniter import croniter
from django.utils import timezone
from django_q.models import Schedule

_STEPS = {
    Schedule.HOURLY: timedelta(hours=1),
    Schedule.DAILY: timedelta(days=1),
    Schedule.WEEKLY: timedelta(weeks=1),
}
_MOST = 24 * 60  # a schedule cannot fire more often than every minute


def firings(schedule: Schedule, now: datetime, until: datetime) -> list[datetime]:
    """Its times from now on and before `until`, in their order. What is overdue fires at once."""
    if schedule.repeats == 0 or schedule.next_run is None:
        return []
    most = min(schedule.repeats, _MOST) if schedule.repeats > 0 else _MOST
    found = []
    for at in islice(_times(schedule, max(schedule.next_run, now)), most):
        if at >= until:
            break
        found.append(at)
    return found


def _times(schedule: Schedule, first: datetime) -> Iterator[datetime]:
    """Without end, unless its kind tells no more than the next time."""
    yield first
    if schedule.schedule_type == Schedule.CRON and croniter.is_valid(schedule.cron or ""):
        ticks = croniter(
            schedule.cron, timezone.localtime(first)
        )  # cron is meant in the zone of the settings
        while True:
            yield ticks.get_next(datetime)
    step = _STEPS.get(schedule.schedule_type)
    if schedule.schedule_type == Schedule.MINUTES:
        step = timedelta(minutes=schedule.minutes or 1)
    while step:
        first += step
        yield first
