"""Runs that do not go on: nobody takes them, or every attempt ends before its first page.

The supervisor rings for lost runs every few seconds (services.requeue_lost); this is for those whom that did not help.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from .. import groups
from ..models import Repair, SyncRun
from ..queue import enqueue_run
from ..sentences import sentence as _
from ..signals import RunEvent, run_changed, tell
from . import audit

Status = SyncRun.Status
UNTAKEN = timedelta(minutes=15)  # a queue that is busy takes turns of seconds
TRIES, GIVEN_UP = 3, timedelta(hours=6)  # both have to be passed
STRUGGLING = 3  # attempts in a row without a page; the worker itself gives up after more of them


def mend() -> int:
    """Queue again what hangs, or end it with a sentence; returns how many runs."""
    now = timezone.now()
    free = Q(lease_until=None) | Q(lease_until__lt=now)
    untaken = Q(status=Status.QUEUED, slices_count=0, created_at__lt=now - UNTAKEN)
    struggling = Q(status__in=[Status.RUNNING, Status.CANCELLING], idle_attempts__gte=STRUGGLING)
    keys = SyncRun.objects.filter(free, untaken | struggling).order_by("pk")
    return sum(_mend(*each) for each in list(keys.values_list("pk", "organization_id")))


def _mend(key: int, organization_id: int) -> bool:
    with audit.alone(organization_id):
        now = timezone.now()
        run = SyncRun.objects.get(pk=key)
        if run.status not in (Status.QUEUED, Status.RUNNING, Status.CANCELLING) or groups.waits_for(run):
            return False
        last = Repair.objects.filter(kind=audit.Kind.RUNS, run=run).first()
        if last is not None and last.at > now - UNTAKEN:
            return False
        tries = last.count if last else 0
        if run.slices_count == 0 and tries >= TRIES and now - run.created_at > GIVEN_UP:
            return _give_up(run, tries)
        if run.slices_count == 0:
            what = _("No worker has taken the run since it was asked for; it was queued again.")
        else:
            facts = {"count": run.idle_attempts}
            what = _("The last %(count)s attempts ended without a page; the run was queued again.") % facts
        enqueue_run(run.pk)
        audit.note_again(audit.Kind.RUNS, what, run)
        return True


def _give_up(run: SyncRun, tries: int) -> bool:
    message = _(
        "Given up: no worker has taken the run in %(hours)s hours, though it was queued again %(count)s times. Look "
        "whether a worker runs, and at its log; then resume the run."
    ) % {"hours": round((timezone.now() - run.created_at).total_seconds() / 3600), "count": tries}
    untouched = SyncRun.objects.filter(pk=run.pk, status=Status.QUEUED, slices_count=0)
    if not untouched.update(status=Status.FAILED, finished_at=timezone.now(), message=message):
        return False
    run.status = Status.FAILED
    audit.note(audit.Kind.RUNS, message, worked=False, run=run)
    event = RunEvent(
        "tds.zoho.sync.failed", run.organization_id, run.pk, run.entity, run.mode, run.status, message=message
    )
    tell(run_changed, event)
    groups.ring_next(run)
    return True
