"""Who works on a run. A lease is a claim with an end and a number: whoever comes later gets a higher number, and every
write of a worker names its own, so that one that slept past its lease can write nothing any more.
"""

from __future__ import annotations

import os
import socket
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Case, F, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from .errors import LeaseLost
from .models import CallSlot, SyncRun
from .zoho.statements import Statement, together

Status = SyncRun.Status
_FIELDS = {field.attname: field for field in SyncRun._meta.concrete_fields}


def new_owner() -> str:
    """A name for this claim: host, process and something unique."""
    return f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


@dataclass(frozen=True)
class Lease:
    """A claim on one run. `fence` is the number that its writes must carry."""

    run_id: int
    owner: str
    fence: int

    @property
    def mine(self):
        return SyncRun.objects.filter(pk=self.run_id, fence=self.fence, lease_owner=self.owner)

    def renew(self) -> SyncRun:
        """Prolong the claim and return the run as it is now. Raises LeaseLost when somebody else has it."""
        now = timezone.now()
        if not self.mine.update(lease_until=now + _term(), beat_at=now):
            raise LeaseLost(f"run {self.run_id} is worked on by somebody else")
        return SyncRun.objects.get(pk=self.run_id)

    def write(
        self, *, plus: Mapping[str, int] | None = None, along: Sequence[Statement] = (), **columns: Any
    ) -> str:
        """Change the run, if it is still ours; `plus` is added to what its columns hold. Returns its status.

        along: statements that are run before it, in the same journey to the database. Raises LeaseLost where the run is
        not ours any more, so that the transaction rolls back. In SQL, because every page does it: the ORM takes three
        times as long to build this statement as to run it.
        """
        now = timezone.now()
        columns |= {"lease_until": now + _term(), "beat_at": now}
        sets = [f"{_FIELDS[name].column} = %s" for name in columns]
        values = [_FIELDS[name].get_db_prep_save(value, connection) for name, value in columns.items()]
        for name, number in (plus or {}).items():
            if number:
                sets.append(f"{name} = {name} + %s")
                values.append(number)
        update = (
            f"UPDATE {SyncRun._meta.db_table} SET {', '.join(sets)} "  # noqa: S608 (names of our own model)
            "WHERE id = %s AND fence = %s AND lease_owner = %s RETURNING status"
        )
        found = together(*along, (update, [*values, self.run_id, self.fence, self.owner]))
        if not found:
            raise LeaseLost(f"run {self.run_id} is worked on by somebody else")
        return found[0][0]

    def status(self) -> str:
        """The run's status now, whosever it is; asked again and again, and so in SQL too."""
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT status FROM {SyncRun._meta.db_table} WHERE id = %s", [self.run_id])  # noqa: S608
            return cursor.fetchone()[0]

    def let_go(self, **columns) -> bool:
        """Change the run and give the claim back. False when it was not ours any more."""
        return bool(self.mine.update(lease_owner="", lease_until=None, beat_at=timezone.now(), **columns))


def _term() -> timedelta:
    return timedelta(seconds=settings.ZOHO["LEASE_SECONDS"])


def claim(run_id: int, *, owner: str | None = None) -> Lease | None:
    """Take the run, if it waits for a worker; None when it does not, or somebody holds it.

    The attempt is counted here, before any work, so that a page that kills its worker is noticed.
    """
    owner = owner or new_owner()
    now = timezone.now()
    waits = Q(status__in=[Status.QUEUED, Status.RUNNING, Status.CANCELLING]) | Q(
        status=Status.PAUSED, paused_until__isnull=False, paused_until__lte=now
    )
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    taken = SyncRun.objects.filter(waits & free, pk=run_id).update(
        # In the same statement as the claim: somebody's pause or cancel after it must not be overwritten.
        status=Case(When(status=Status.CANCELLING, then=F("status")), default=Value(Status.RUNNING.value)),
        message=Case(
            When(status=Status.CANCELLING, then=F("message")), default=Value(""), output_field=TextField()
        ),
        paused_until=None,
        started_at=Coalesce("started_at", Value(now)),
        lease_owner=owner,
        lease_until=now + _term(),
        beat_at=now,
        fence=F("fence") + 1,
        idle_attempts=F("idle_attempts") + 1,
        slices_count=F("slices_count") + 1,
    )
    if not taken:
        return None
    # Calls of a predecessor that died are under way no more; they stay in the minute's window.
    CallSlot.objects.filter(run_number=run_id, ended_at=None).update(ended_at=now)
    return Lease(run_id, owner, SyncRun.objects.values_list("fence", flat=True).get(pk=run_id))


def beating() -> QuerySet[SyncRun]:
    """Runs whose last sign of life is their holder's, which has lengthened the lease with it. Of one that was left
    behind, it may be that of whoever queued it again."""
    return SyncRun.objects.filter(lease_until__gt=F("beat_at"))


def lost() -> QuerySet[SyncRun]:
    """Runs that nobody works on although somebody should: queued or due, or their worker died.

    Whoever queues one again notes the time in `beat_at`; it is not lost again before another lease's time has passed.
    """
    now = timezone.now()
    grace = now - timedelta(seconds=settings.ZOHO["LEASE_SECONDS"])
    silent = Q(beat_at__isnull=True) | Q(beat_at__lt=grace)
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=now)
    dead = Q(status__in=[Status.RUNNING, Status.CANCELLING]) & free & silent
    waiting = Q(status=Status.QUEUED, created_at__lt=grace) & free & silent
    due = Q(status=Status.PAUSED, paused_until__lte=now) & (silent | Q(beat_at__lt=F("paused_until")))
    return SyncRun.objects.filter(dead | waiting | due).order_by("pk")
