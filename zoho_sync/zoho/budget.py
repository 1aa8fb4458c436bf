"""The day's calls: how many there are, who may spend them, and the ledger of what was spent on what."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection

from inventory import days
from inventory.models import Organization

from ..options import Priority
from . import clock
from .statements import Statement, together

# In SQL, because it is done for every call, and a statement costs a tenth of what the ORM's building of it does.
_SPENT = """
    SELECT COALESCE(SUM(calls_count), 0) FROM zoho_sync_apiusage
    WHERE organization_id = %s AND day = %s AND api <> %s
"""
_ADD = """
    INSERT INTO zoho_sync_apiusage AS line (organization_id, day, api, endpoint, run_number,
        calls_count, failed_count, throttled_count, bytes_count, seconds)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
    ON CONFLICT (organization_id, day, api, endpoint, run_number) DO UPDATE SET
        calls_count = line.calls_count + excluded.calls_count,
        failed_count = line.failed_count + excluded.failed_count,
        throttled_count = line.throttled_count + excluded.throttled_count,
        bytes_count = line.bytes_count + excluded.bytes_count,
        seconds = line.seconds + excluded.seconds
"""
TOKENS_API = "accounts"  # token calls are in the ledger, and have limits of their own


def today(organization: Organization, now: datetime | None = None) -> date:
    """The quota day that it is now. Zoho does not publish its zone; the organisation's own is the best guess."""
    return days.today(organization, now or clock.now())


def day_start(organization: Organization, now: datetime | None = None) -> datetime:
    """When the quota day began that it is now, in UTC."""
    return _midnight(organization, today(organization, now))


def next_day(organization: Organization, now: datetime | None = None) -> datetime:
    """When the next quota day starts, in UTC."""
    return _midnight(organization, today(organization, now) + timedelta(days=1))


def _midnight(organization: Organization, day: date) -> datetime:
    return datetime.combine(day, time.min, days.zone(organization)).astimezone(UTC)


def ceiling(priority: Priority) -> int:
    """How many of the day's calls may have been spent, by anybody, when work of this kind asks for one more."""
    limit = settings.ZOHO["CALLS_PER_DAY"]
    if priority == Priority.REALTIME:
        return limit
    unreserved = limit - math.ceil(limit * settings.ZOHO["REALTIME_RESERVE_PERCENT"] / 100)
    if priority == Priority.NORMAL:
        return unreserved
    return min(unreserved, math.floor(limit * (100 - settings.ZOHO["BACKGROUND_FLOOR_PERCENT"]) / 100))


def used(organization: Organization, day: date) -> int:
    """API calls granted on that quota day, whatever became of them: Zoho counts refused ones too, we assume."""
    with connection.cursor() as cursor:
        cursor.execute(_SPENT, [organization.pk, connection.ops.adapt_datefield_value(day), TOKENS_API])
        return int(cursor.fetchone()[0])


def budget_left(organization: Organization, priority: Priority) -> int:
    """Calls that work of this kind may still make today."""
    return max(0, ceiling(priority) - used(organization, today(organization)))


def note(
    organization: Organization, day: date, api: str, endpoint: str, run_id: int | None, **sums: Any
) -> None:
    """Add to one line of the ledger, as `noting` says."""
    together(noting(organization, day, api, endpoint, run_id, **sums))


def noting(
    organization: Organization,
    day: date,
    api: str,
    endpoint: str,
    run_id: int | None,
    *,
    calls: int = 0,
    failed: int = 0,
    throttled: int = 0,
    size: int = 0,
    seconds: float = 0,
) -> Statement:
    """To be run: adds to one line of the ledger, which is made when missing. size: bytes of the unpacked body."""
    line = [organization.pk, connection.ops.adapt_datefield_value(day), api, endpoint[:64], run_id or 0]
    return _ADD, [*line, calls, failed, throttled, size, seconds]
