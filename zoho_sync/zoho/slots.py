"""The calls in the last minute's window, as rows. In SQL, because all of it is done for every call, under the lock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from inventory.models import Organization

from ..models import CallSlot
from ..options import Priority

WINDOW = timedelta(seconds=60)

_PRUNE = """
    DELETE FROM zoho_sync_callslot
    WHERE organization_id = %s AND (ended_at <= %s OR (ended_at IS NULL AND expires_at <= %s))
"""
_COUNT = """
    SELECT COUNT(*),
        COALESCE(SUM(CASE WHEN priority = %s THEN 1 ELSE 0 END), 0),
        COALESCE(SUM(CASE WHEN ended_at IS NULL AND expires_at > %s THEN 1 ELSE 0 END), 0)
    FROM zoho_sync_callslot WHERE organization_id = %s
"""
_TAKE = """
    INSERT INTO zoho_sync_callslot (organization_id, priority, granted_at, expires_at)
    VALUES (%s, %s, %s, %s) RETURNING id
"""
_END = "UPDATE zoho_sync_callslot SET ended_at = %s WHERE id = %s"


@dataclass(frozen=True)
class Counts:
    """all: in the window. background: of them, work that nobody waits for. flying: not ended, and not given up."""

    all: int
    background: int
    flying: int


def prune(organization: Organization, now: datetime) -> None:
    """Drop what has left the window. A call whose process died has ended when it expired."""
    before = _moment(now - WINDOW)
    with connection.cursor() as cursor:
        cursor.execute(_PRUNE, [organization.pk, before, before])


def count(organization: Organization, now: datetime) -> Counts:
    """After `prune`: every row is in the window."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [int(Priority.BACKGROUND), _moment(now), organization.pk])
        return Counts(*(int(number) for number in cursor.fetchone()))


def take(organization: Organization, priority: Priority, now: datetime, expires_at: datetime) -> int:
    """The new slot's id."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [organization.pk, int(priority), _moment(now), _moment(expires_at)])
        return int(cursor.fetchone()[0])


def end(slot_id: int, now: datetime) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_END, [_moment(now), slot_id])


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
