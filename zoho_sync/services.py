"""The public verbs. Every door (admin, commands, API, schedules, webhooks) calls these and nothing deeper."""

from __future__ import annotations

import time

from django.utils import timezone

from . import groups, leases
from .comparison import ComparisonReport, compare
from .decisions import (
    approve_run,
    cancel_run,
    ignore_errors,
    pause_run,
    reject_run,
    resume_run,
    retry_errors,
)
from .estimates import estimate_calls
from .models import SyncRun
from .queue import enqueue_run
from .runner import work_slice
from .starts import refresh_records, start_all, start_run, start_scheduled, start_together
from .webhooks import doorbell, settling

__all__ = [
    "ComparisonReport",
    "approve_run",
    "cancel_run",
    "compare",
    "estimate_calls",
    "ignore_errors",
    "pause_run",
    "refresh_records",
    "reject_run",
    "requeue_lost",
    "resume_run",
    "retry_errors",
    "start_all",
    "start_run",
    "start_scheduled",
    "start_together",
    "work_here",
]

Status = SyncRun.Status
WAIT_HERE_SECONDS = 180  # how long `work_here` sits out a pause before it leaves the run to a worker


def work_here(run: SyncRun) -> SyncRun:
    """Work a run in this process until it has ended, is quarantined, or pauses for longer than a person waits."""
    while True:
        outcome = work_slice(run.pk, rings=False)
        if outcome == "database failed":
            time.sleep(1.0)  # it may be starting again
        run.refresh_from_db()
        if (
            run.is_ended
            or run.status == Status.QUARANTINED
            or (run.status == Status.PAUSED and not run.paused_until)
        ):
            return run
        until = run.paused_until if run.status == Status.PAUSED else run.lease_until
        rest = (until - timezone.now()).total_seconds() if until else 0.0
        if rest > WAIT_HERE_SECONDS:
            return run
        if run.status == Status.PAUSED or outcome in ("not free", "waits for its group"):
            time.sleep(min(max(rest, 0.2), 1.0))


def requeue_lost() -> int:
    """Queue again the runs that nobody works on although somebody should, and ring for webhooks that wait unheard.

    Returns how many runs.
    """
    count = 0
    for run in SyncRun.objects.filter(pk__in=leases.lost()):
        if run.status == Status.QUEUED and groups.waits_for(run):
            continue
        SyncRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())  # one ring per lease term is enough
        enqueue_run(run.pk)
        count += 1
    settling.settle_left_behind()
    doorbell.ring_lost()
    return count
