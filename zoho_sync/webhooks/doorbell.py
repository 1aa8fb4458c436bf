"""One ring for many deliveries: a job that drains the inbox is queued only when none is on its way.

The drain first answers the bell, and only then looks at what waits. On PostgreSQL whoever brings a delivery shares a
lock until its commit, and the answer waits for all of them: so nobody can find the bell rung and commit after the look.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from ..models import SyncRun, WebhookDelivery, WebhookInbox
from ..options import Trigger
from ..queue import enqueue
from ..zoho.statements import Statement

DRAIN = "zoho_sync.tasks.drain_inbox"
_LOCKS = 0x7A68  # our advisory locks among those of others in the same database
_QUIET = timedelta(seconds=5)
_LOST = timedelta(seconds=30)


def ring(organization_id: int) -> bool:
    """Queue a drain, unless one is on its way. In the transaction that makes a delivery waiting."""
    _lock(organization_id, "pg_advisory_xact_lock_shared")
    now = timezone.now()
    silent = WebhookInbox.objects.filter(pk=organization_id, rung_at=None)
    if not silent.exists():
        _, is_new = WebhookInbox.objects.get_or_create(pk=organization_id, defaults={"rung_at": now})
        if not is_new:
            return False
    elif not silent.update(rung_at=now):
        return False
    enqueue(DRAIN, organization_id)
    return True


def answer(organization_id: int) -> None:
    """The drain comes: whoever brings something from now on rings anew."""
    with transaction.atomic():
        _lock(organization_id, "pg_advisory_xact_lock")
        WebhookInbox.objects.filter(pk=organization_id).update(rung_at=None)


def ring_lost() -> int:
    """Ring again where deliveries wait although nobody is on the way to them; returns for how many inboxes."""
    now = timezone.now()
    due = Q(next_attempt_at=None, received_at__lt=now - _QUIET) | Q(next_attempt_at__lt=now - _QUIET)
    waiting = WebhookDelivery.objects.filter(due, status__in=WebhookDelivery.WAITING)
    busy = SyncRun.objects.filter(trigger=Trigger.WEBHOOK, status__in=SyncRun.ACTIVE)
    busy = busy.exclude(status=SyncRun.Status.PAUSED, paused_until=None)
    count = 0
    for organization_id, entity in waiting.order_by().values_list("organization_id", "entity").distinct():
        if busy.filter(organization=organization_id, entity=entity).exists():
            continue
        with transaction.atomic():
            _lock(organization_id, "pg_advisory_xact_lock_shared")  # before the row, as everybody takes them
            WebhookInbox.objects.filter(pk=organization_id, rung_at__lt=now - _LOST).update(rung_at=None)
            count += ring(organization_id)
    return count


def sharing(organization_id: int) -> list[Statement]:
    """What whoever brings a delivery does first in its transaction; nothing where writers wait for each other."""
    if connection.vendor != "postgresql":
        return []
    return [("SELECT pg_advisory_xact_lock_shared(%s, %s)", [_LOCKS, organization_id])]


def _lock(organization_id: int, function: str) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s, %s)", [_LOCKS, organization_id])
