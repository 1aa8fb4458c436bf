"""The calls in the last minute's window, as rows. In SQL, because all of it is done for every call, under the lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from inventory.models import Organization

from ..models import CallSlot
from ..options import Priority
from . import clock
from .statements import Statement, together

WINDOW = timedelta(seconds=60)

_PRUNE = """
    DELETE FROM zoho_sync_callslot
    WHERE organization_id = %s AND (ended_at <= %s OR (ended_at IS NULL AND expires_at <= %s))
"""
_PRUNE_NOW = """
    DELETE FROM zoho_sync_callslot WHERE organization_id = %s
        AND (ended_at <= clock_timestamp() - %s OR (ended_at IS NULL AND expires_at <= clock_timestamp() - %s))
"""
_COUNT = """
    SELECT COUNT(*),
        COALESCE(SUM(CASE WHEN priority = %s THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN ended_at IS NULL AND expires_at > %s THEN 1 ELSE 0 END), 0)
    FROM zoho_sync_callslot WHERE organization_id = %s
"""
_TAKE = """
    INSERT INTO zoho_sync_callslot (organization_id, priority, run_number, granted_at, expires_at)
    VALUES (%s, %s, %s, %s, %s) RETURNING id
"""


@dataclass(frozen=True)
class Counts:
    """all: in the window. background: of them, work that nobody waits for. flying: not ended, and not given up."""

    all: int
    background: int
    flying: int


def count(organization: Organization, now: datetime) -> Counts:
    """What is in the window. Drops what has left it first; a call whose process died has ended when it expired."""
    before = _moment(now - WINDOW)
    prune = (_PRUNE, [organization.pk, before, before])
    (counted,) = together(prune, (_COUNT, [int(Priority.BACKGROUND), _moment(now), organization.pk]))
    return Counts(*(int(number) for number in counted))


def pruning(organization: Organization) -> Statement:
    """To be run on PostgreSQL: drops what has left the window, by the database's clock."""
    return _PRUNE_NOW, [organization.pk, WINDOW, WINDOW]


def taking(
    organization: Organization, priority: Priority, run_id: int | None, now: datetime, expires_at: datetime
) -> Statement:
    """To be run: returns the new slot's id."""
    return _TAKE, [organization.pk, int(priority), run_id or 0, _moment(now), _moment(expires_at)]


def ending(slot_id: int) -> Statement:
    """To be run when the call has ended, by the database's clock."""
    if connection.vendor == "postgresql":
        return "UPDATE zoho_sync_callslot SET ended_at = clock_timestamp() WHERE id = %s", [slot_id]
    return "UPDATE zoho_sync_callslot SET ended_at = %s WHERE id = %s", [_moment(clock.now()), slot_id]


def free_at(organization: Organization, surplus: int, now: datetime, *, background: bool = False) -> datetime:
    """When `surplus` + 1 slots will have left the window; a call under way is taken to end just now."""
    ended = CallSlot.objects.filter(organization=organization, ended_at__isnull=False)
    if background:
        ended = ended.filter(priority=Priority.BACKGROUND)
    moments = ended.order_by("ended_at").values_list("ended_at", flat=True)[surplus : surplus + 1]
    return (moments[0] or now if moments else now) + WINDOW


def _moment(value: datetime) -> Any:
    """As the database's driver wants it."""
    return connection.ops.adapt_datetimefield_value(value)
