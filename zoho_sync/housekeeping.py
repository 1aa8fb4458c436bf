"""Signs of life, and the end of what nobody needs any more."""

from __future__ import annotations

import logging
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from inventory import changes
from inventory.pictures import tidying

from . import signals
from .models import (
    ApiUsage,
    CallSlot,
    ConsentRequest,
    Event,
    IdempotencyKey,
    PlannedChange,
    Repair,
    RunChange,
    RunPage,
    SyncRun,
    TruthCheck,
    WebhookDelivery,
    WebhookGap,
    WorkerBeat,
)

log = logging.getLogger(__name__)

_BATCH = 5000  # rows deleted in one statement, so that a big backlog never holds the write lock for long


def record_beat(name: str) -> None:
    """A worker of cluster `name` lives."""
    WorkerBeat.objects.update_or_create(
        name=name, defaults={"beat_at": timezone.now(), "host": socket.gethostname(), "canary_sent_at": None}
    )


def sign_of_life() -> None:
    """A slice is being worked on: tell the supervisor of this process's cluster, if it has one."""
    WorkerBeat.objects.filter(name=settings.WORKER["NAME"]).update(beat_at=timezone.now())


def prune() -> int:
    """Delete rows past their retention (settings.RETENTION_DAYS); returns how many."""
    now = timezone.now()
    days = settings.RETENTION_DAYS
    ended = SyncRun.objects.filter(status__in=SyncRun.ENDED)

    def runs_of(name: str):  # asked by a join, SQLite would go through every row of theirs, each minute
        return SyncRun.objects.filter(finished_at__lt=now - timedelta(days=days[name]))

    # What waits, is being applied or is dead stays, however old it is.
    settled = WebhookDelivery.objects.filter(status__unsought__in=WebhookDelivery.SETTLED)
    old = [
        CallSlot.objects.filter(expires_at__lt=now - timedelta(minutes=10)),
        ConsentRequest.objects.filter(expires_at__lt=now - timedelta(days=1)),
        IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=1)),
        Event.objects.filter(at__lt=now - timedelta(days=days["EVENTS"])),
        ApiUsage.objects.filter(day__lt=(now - timedelta(days=days["USAGE"])).date()),
        RunPage.objects.filter(  # of a day at most, while runs are many
            run__status__in=SyncRun.ENDED, run__finished_at__lt=now - timedelta(days=1)
        ),
        PlannedChange.objects.filter(run__in=runs_of("PLANS")),
        RunChange.objects.filter(run__in=runs_of("CHANGES")),
        settled.filter(received_at__lt=now - timedelta(days=days["WEBHOOKS"])),
        WebhookGap.objects.filter(closed_at__lt=now - timedelta(days=days["WEBHOOKS"])),
        Repair.objects.filter(at__lt=now - timedelta(days=days["REPAIRS"])),
        TruthCheck.objects.filter(checked_at__lt=now - timedelta(days=days["TRUTH"])),
        ended.filter(finished_at__lt=now - timedelta(days=days["RUNS"])),
    ]
    compacted = changes.compact() if now.minute == 0 else 0  # it looks at every row there is: once an hour
    if now.minute == 0:
        _prune_files(now)
        _prune_elsewhere()
    return sum(_delete_some(rows) for rows in old) + compacted


def _prune_files(now: datetime) -> None:
    """A disk that refuses must not keep the rows from being pruned."""
    try:
        if count := tidying.prune(now):
            log.info("%s files of pictures that nobody needs were deleted", count)
    except OSError as error:
        log.warning("files of pictures could not be pruned: %s", error)


def _prune_elsewhere() -> None:
    for receiver, result in signals.tidied.send_robust(sender=None):
        if isinstance(result, Exception):
            log.error("%s could not prune", receiver, exc_info=result)


def _delete_some(rows) -> int:
    # In no order: SQLite would rather go through all rows in the order of their keys than take an index of times.
    keys = list(rows.order_by().values_list("pk", flat=True)[:_BATCH])
    return rows.model.objects.filter(pk__in=keys).delete()[0] if keys else 0
