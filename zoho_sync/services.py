"""The public verbs. Every door (admin, commands, API, schedules, webhooks) calls these and nothing deeper."""

from __future__ import annotations

import time

from django.db import transaction
from django.utils import timezone

from . import groups, leases
from .admission import weigh
from .applications import Plan, apply_plan, apply_plans, plan_of
from .comparison import ComparisonReport, calls_of_all, compare
from .costs import calls_of, calls_of_approval, calls_of_ids, calls_of_retry, retryable
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
from .first_load import FirstLoad, ask_to_count, count_at_source, first_load
from .models import SyncRun
from .queue import enqueue_run
from .repairs import leases as mended_leases
from .runner import work_slice
from .starts import refresh_records, start_all, start_run, start_scheduled, start_together
from .truth.mending import mend_drifts
from .truth.record import ComparedField, RecordComparison, calls_of_comparison, compare_record
from .truth.rounds import Round, check_truth, cost_of_check
from .truth.starting import check_each, queue_check, refresh_drifts
from .webhooks import doorbell, settling

__all__ = [
    "ComparedField",
    "ComparisonReport",
    "FirstLoad",
    "Plan",
    "RecordComparison",
    "Round",
    "apply_plan",
    "apply_plans",
    "approve_run",
    "ask_to_count",
    "calls_of",
    "calls_of_all",
    "calls_of_approval",
    "calls_of_comparison",
    "calls_of_ids",
    "calls_of_retry",
    "cancel_run",
    "check_each",
    "check_truth",
    "compare",
    "compare_record",
    "cost_of_check",
    "count_at_source",
    "estimate_calls",
    "first_load",
    "ignore_errors",
    "mend_drifts",
    "pause_run",
    "plan_of",
    "queue_check",
    "refresh_drifts",
    "refresh_records",
    "reject_run",
    "requeue_lost",
    "resume_run",
    "retry_errors",
    "retryable",
    "start_all",
    "start_run",
    "start_scheduled",
    "start_together",
    "weigh",
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
    for run in leases.lost():  # each with the `beat_at` by which it was judged to be so
        if run.status == Status.QUEUED and groups.waits_for(run):
            continue
        with transaction.atomic():
            # One ring per lease term is enough, by whichever host looks first.
            if not SyncRun.objects.filter(pk=run.pk, beat_at=run.beat_at).update(beat_at=timezone.now()):
                continue
            enqueue_run(run.pk)
            if run.lease_owner and run.status != Status.PAUSED:
                mended_leases.tell_died(run)
        count += 1
    if settled := settling.settle_left_behind():
        mended_leases.tell_left_behind(settled)
    doorbell.ring_lost()
    return count
