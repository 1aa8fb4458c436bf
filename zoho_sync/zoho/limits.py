"""Leave to make a call: one row per organisation, under whose lock every process and host counts the same calls.

A call counts from its grant until a minute after it ended, so what reaches Zoho in any 60 s is never more than the
limit, whatever the network does to the order. Nobody sleeps while holding the lock. Measured: engine.md, 7.
"""

from __future__ import annotations

import logging
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TypeGuard

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from inventory.models import Organization

from ..errors import BudgetExhausted, SyncError, Throttled
from ..models import RateBucket
from ..options import Priority
from ..sentences import said
from ..sentences import sentence as _
from . import budget, clock, leave, slots
from .answers import AT_ONCE, DAY, SLOW, TooManyCalls
from .budget import budget_left, today
from .leave import Room
from .statements import one, together

__all__ = ["Grant", "acquire", "budget_left", "release", "silence", "today"]

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 10.0  # longer, and the run pauses instead of holding a worker
BACKGROUND_SHARE = 0.6  # of the window, so that people never wait behind work that nobody waits for
SILENCE = timedelta(seconds=60)
LONG_SILENCE = timedelta(minutes=3)  # after code 43, which came below the documented limit
SLOW_TIME, SLOW_CALLS = timedelta(hours=1), 30
FEWER_TIME = timedelta(seconds=60)


@dataclass(frozen=True)
class Grant:
    """Leave for one call; give it back with `release`. at: when it was given, by the one clock of all hosts."""

    organization: Organization
    slot_id: int
    at: datetime
    day: date
    api: str
    endpoint: str
    run_id: int | None


@dataclass(frozen=True)
class _Wait:
    """No slot now. until: when one may be free at the earliest; reason: for people."""

    until: datetime
    reason: str


def acquire(
    organization: Organization,
    priority: Priority,
    *,
    api: str,
    endpoint: str,
    run_id: int | None = None,
    longest_wait: float = LONGEST_WAIT_SECONDS,
    stop: threading.Event | None = None,
) -> Grant:
    """Wait for leave to make one call, at most `longest_wait` seconds; the call is in the ledger then.

    stop: ends the wait at once. Raises Throttled (the minute is spent, or Zoho asked for silence), BudgetExhausted.
    """
    stop = stop or threading.Event()
    waited = 0.0
    if grant := _at_once(organization, priority, api, endpoint, run_id):
        return grant
    while True:
        answer, now = _try(organization, priority, api, endpoint, run_id)
        if isinstance(answer, Grant):
            return answer
        seconds = max((answer.until - now).total_seconds(), 0.0) + random.uniform(0.01, 0.1)
        if waited + seconds > longest_wait:
            raise Throttled(answer.reason, answer.until)
        waited += seconds
        if stop.wait(seconds):
            raise SyncError(_("The call was given up."))


def release(
    grant: Grant, *, failed: bool = False, throttled: bool = False, size: int = 0, seconds: float = 0
) -> None:
    """The call has ended, however it did."""
    together(
        slots.ending(grant.slot_id),
        budget.noting(
            grant.organization,
            grant.day,
            grant.api,
            grant.endpoint,
            grant.run_id,
            failed=int(failed),
            throttled=int(throttled),
            size=size,
            seconds=seconds,
        ),
    )


def silence(organization: Organization, error: TooManyCalls) -> datetime | None:
    """Make every process obey a 429. Returns until when all is silent; None when the call may soon be tried again."""
    asked = timedelta(seconds=error.retry_after_seconds or 0)
    with _locked(organization) as bucket:
        now = clock.now()
        if error.code == AT_ONCE:
            before = bucket.fewer_concurrent_calls if _ahead(bucket.fewer_until, now) else None
            at_once = before or settings.ZOHO["CONCURRENT_CALLS"]
            bucket.fewer_until, bucket.fewer_concurrent_calls = now + FEWER_TIME, max(1, at_once // 2)
            if not asked:
                bucket.save()
                return None
            until = now + asked
        elif error.code == DAY:
            until = max(budget.next_day(organization, now), now + asked)
        elif error.code == SLOW:
            until = now + max(LONG_SILENCE, asked)
            bucket.slow_until, bucket.slow_calls_per_minute = until + SLOW_TIME, SLOW_CALLS
        else:
            until = now + max(SILENCE, asked)
        if not _ahead(bucket.blocked_until, until):
            bucket.blocked_until, bucket.blocked_code = until, error.code
            bucket.blocked_reason = said(error)  # with code 45 it holds the real limit of the day
        bucket.save()
        log.warning("Zoho asked for silence (code %s) until %s", error.code, bucket.blocked_until)
        return bucket.blocked_until


def _at_once(
    organization: Organization, priority: Priority, api: str, endpoint: str, run_id: int | None
) -> Grant | None:
    """Leave where nothing stands against the call; None where that has to be looked at. SQLite has no journeys."""
    if connection.vendor != "postgresql":
        return None
    room = _room(priority, settings.ZOHO["CALLS_PER_MINUTE"], settings.ZOHO["CONCURRENT_CALLS"])
    taken = leave.take(organization, priority, api, endpoint, run_id, room, _longest())
    return Grant(organization, *taken, api, endpoint, run_id) if taken else None


def _room(priority: Priority, per_minute: int, at_once: int) -> Room:
    """What is left to this kind of work of that many calls a minute and at once."""
    in_background = priority == Priority.BACKGROUND
    share = max(1, int(per_minute * BACKGROUND_SHARE))
    if in_background:
        at_once = max(1, at_once - 1)
    if priority != Priority.REALTIME:
        per_minute -= per_minute * settings.ZOHO["REALTIME_RESERVE_PERCENT"] // 100
    return Room(per_minute, at_once, share if in_background else None)


def _longest() -> timedelta:
    """After which a slot comes back whose process has died."""
    return timedelta(seconds=settings.ZOHO["CALL_SECONDS"] + 30)


# --- Under the lock --------------------------------------------------------------------------------


@contextmanager
def _locked(organization: Organization) -> Iterator[RateBucket]:
    """The organisation's row, locked: by FOR UPDATE, or on SQLite by the transaction that began IMMEDIATE."""
    lock = " FOR UPDATE" if connection.features.has_select_for_update else ""
    with transaction.atomic():
        found = one(RateBucket, "organization_id = %s" + lock, [organization.pk])
        if found is not None:
            bucket, _nothing = found
        else:
            RateBucket.objects.get_or_create(pk=organization.pk)
            bucket = RateBucket.objects.select_for_update().get(pk=organization.pk)
        yield bucket


def _try(
    organization: Organization, priority: Priority, api: str, endpoint: str, run_id: int | None
) -> tuple[Grant | _Wait, datetime]:
    with _locked(organization) as bucket:
        now = clock.now()
        if _ahead(bucket.blocked_until, now):
            return _Wait(bucket.blocked_until, _silent(bucket, bucket.blocked_until)), now
        day = _check_budget(organization, priority, now)
        wait = _full(organization, priority, bucket, now)
        if wait:
            return wait, now
        ((slot_id,),) = together(
            budget.noting(organization, day, api, endpoint, run_id, calls=1),
            slots.taking(organization, priority, run_id, now, now + _longest()),
        )
        return Grant(organization, slot_id, now, day, api, endpoint, run_id), now


def _check_budget(organization: Organization, priority: Priority, now: datetime) -> date:
    day = budget.today(organization, now)
    spent = budget.used(organization, day)
    if spent >= budget.ceiling(priority):
        start = budget.next_day(organization, now)
        raise BudgetExhausted(
            _("%(spent)s of today's %(limit)s calls are spent; %(kind)s work goes on at %(time)s.")
            % {
                "spent": spent,
                "limit": settings.ZOHO["CALLS_PER_DAY"],
                "kind": Priority(priority).label,
                "time": _clock_time(start),
            },
            start,
        )
    return day


def _full(organization: Organization, priority: Priority, bucket: RateBucket, now: datetime) -> _Wait | None:
    """Why there is no slot for this kind of work, or None when there is one."""
    per_minute, at_once = settings.ZOHO["CALLS_PER_MINUTE"], settings.ZOHO["CONCURRENT_CALLS"]
    if _ahead(bucket.slow_until, now):
        per_minute = min(per_minute, bucket.slow_calls_per_minute or SLOW_CALLS)
    if _ahead(bucket.fewer_until, now):
        at_once = min(at_once, bucket.fewer_concurrent_calls or 1)
    room, counts = _room(priority, per_minute, at_once), slots.count(organization, now)
    if counts.all >= room.calls:
        return _spent(slots.free_at(organization, counts.all - room.calls, now))
    if room.background is not None and counts.background >= room.background:
        surplus = counts.background - room.background
        return _spent(slots.free_at(organization, surplus, now, background=True))
    if counts.flying >= room.at_once:
        return _Wait(now + timedelta(seconds=0.05), _("As many calls as allowed are under way."))
    return None


def _spent(until: datetime) -> _Wait:
    words = {"time": _clock_time(until)}
    return _Wait(until, _("The minute's calls are spent; it goes on at %(time)s.") % words)


def _silent(bucket: RateBucket, until: datetime) -> str:
    return _("Zoho asked for silence until %(time)s (code %(code)s): %(reason)s") % {
        "time": _clock_time(until),
        "code": bucket.blocked_code,
        "reason": bucket.blocked_reason,
    }


def _clock_time(moment: datetime) -> str:
    return timezone.localtime(moment.astimezone(UTC)).strftime("%H:%M:%S")


def _ahead(moment: datetime | None, now: datetime) -> TypeGuard[datetime]:
    return moment is not None and moment > now
