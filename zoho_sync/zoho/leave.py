"""Leave for a call in one journey, where nothing stands against it: most calls, on PostgreSQL.

The same rules as in limits.py, asked in one message under the same lock. Whatever is unusual (a silence, a slow hour, a
spent minute, a host whose clock has another day) is left to that, which knows what to say of it. A call's leave took
seven journeys, at 0.1 to 0.2 ms of CPU each, five of them while every other process waited for the lock.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from inventory.models import Organization

from ..options import Priority
from . import budget, clock, slots
from .statements import Statement, together

_MAKE = "INSERT INTO zoho_sync_ratebucket (organization_id, blocked_reason) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_LOCK = "SELECT FROM zoho_sync_ratebucket WHERE organization_id = %s FOR UPDATE"  # what follows sees the one before
_GRANT = """
    WITH bucket AS (
        SELECT clock_timestamp() AS now, blocked_until, slow_until, fewer_until
        FROM zoho_sync_ratebucket WHERE organization_id = %s
    ), slots AS (
        SELECT COUNT(*) AS calls,
            COUNT(*) FILTER (WHERE priority = %s) AS background,
            COUNT(*) FILTER (WHERE ended_at IS NULL AND expires_at > bucket.now) AS flying
        FROM zoho_sync_callslot, bucket WHERE organization_id = %s
    ), ledger AS (
        SELECT COALESCE(SUM(calls_count), 0) AS calls FROM zoho_sync_apiusage
        WHERE organization_id = %s AND day = %s AND api <> %s
    ), granted AS (
        INSERT INTO zoho_sync_callslot (organization_id, priority, run_number, granted_at, expires_at)
        SELECT %s, %s, %s, now, now + %s FROM bucket, slots, ledger
        WHERE now >= %s AND now < %s
            AND COALESCE(blocked_until <= now, TRUE)
            AND COALESCE(slow_until <= now, TRUE)
            AND COALESCE(fewer_until <= now, TRUE)
            AND ledger.calls < %s AND slots.calls < %s AND slots.background < %s AND slots.flying < %s
        RETURNING id, granted_at
    ), noted AS (
        INSERT INTO zoho_sync_apiusage AS line (organization_id, day, api, endpoint, run_number,
            calls_count, failed_count, throttled_count, bytes_count, seconds)
        SELECT %s, %s, %s, %s, %s, 1, 0, 0, 0, 0 FROM granted
        ON CONFLICT (organization_id, day, api, endpoint, run_number) DO UPDATE SET
            calls_count = line.calls_count + 1
    )
    SELECT id, granted_at FROM granted
"""


_UNBOUND = 10**9


@dataclass(frozen=True)
class Room:
    """How many calls there may be when one of this kind is granted, it not among them.

    calls: in the last minute. at_once: under way. background: of the last minute's, those that nobody waits for;
    None where the call is not one of them.
    """

    calls: int
    at_once: int
    background: int | None


def take(
    organization: Organization,
    priority: Priority,
    api: str,
    endpoint: str,
    run_id: int | None,
    room: Room,
    lasts: timedelta,
) -> tuple[int, datetime, date] | None:
    """(slot, when it was granted, day in the ledger), or None where something may stand against the call.

    lasts: until the slot expires.
    """
    now = datetime.now(UTC)  # this host's: only to know the day, which is looked at there
    day, start = budget.today(organization, now), budget.day_start(organization, now)
    end = budget.next_day(organization, now)
    grant: Statement = _GRANT, [
        organization.pk,
        int(Priority.BACKGROUND), organization.pk,
        organization.pk, day, budget.TOKENS_API,
        organization.pk, int(priority), run_id or 0, lasts,
        start, end,
        budget.ceiling(priority), room.calls, _UNBOUND if room.background is None else room.background, room.at_once,
        organization.pk, day, api, endpoint[:64], run_id or 0,
    ]  # fmt: skip
    found = together(
        (_MAKE, [organization.pk, ""]), (_LOCK, [organization.pk]), slots.pruning(organization), grant
    )
    if not found:
        return None
    ((slot_id, at),) = found
    return slot_id, clock.told(at), day
