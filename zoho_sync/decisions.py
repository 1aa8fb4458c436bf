"""What people decide: to cancel, pause, resume, approve or reject a run; to retry or ignore failures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory import acts

from . import endings, groups, quarantine
from .errors import RunStateError, SyncError
from .models import RecordError, SyncRun
from .options import SyncMode, SyncOptions, Trigger
from .queue import enqueue_run
from .sentences import sentence as _
from .signals import RunEvent, run_changed, tell
from .starts import busy, start_run

Status = SyncRun.Status


def cancel_run(run: SyncRun, *, user=None) -> SyncRun:
    """Stop a run: at once when no worker has it, else between two pages. What is in stays in."""
    now = timezone.now()
    idle = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.PAUSED], lease_owner="")
    who = {"who": _who(user)}
    ended = {"finished_at": now, "paused_until": None, "message": _(endings.CANCELLED) % who}
    working = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.RUNNING, Status.PAUSED])
    with _told(run, "cancelled", user):
        is_over = bool(idle.update(status=Status.CANCELLED, **ended))
        if not is_over and not working.update(
            status=Status.CANCELLING, paused_until=None, message=_(endings.CANCELLING) % who
        ):
            raise _refused(run, _("cancelled"))
    return _changed(run, ring=is_over)


def pause_run(run: SyncRun, *, user=None) -> SyncRun:
    """Let a run rest until somebody resumes it; a worker stops after the page in hand."""
    waiting = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.RUNNING, Status.PAUSED])
    message = _("Paused by %(who)s. Resume it to go on.") % {"who": _who(user)}
    with _told(run, "paused", user):
        if not waiting.update(status=Status.PAUSED, paused_until=None, message=message):
            raise _refused(run, _("paused"))
    return _changed(run)


def resume_run(run: SyncRun, *, user=None) -> SyncRun:
    """Go on where a paused, failed or cancelled run stopped. Raises RunInProgress when the entity is busy."""
    states: list[str] = [Status.PAUSED, Status.FAILED, Status.CANCELLED]
    with _told(run, "resumed", user):
        return _requeue(run, states, _("resumed"), message="")


def approve_run(run: SyncRun, *, user) -> SyncRun:
    """Believe a quarantined run: every missing record is asked for once, and those that are gone get tombstones."""
    run.refresh_from_db()
    cursor = run.cursor | {"approved": True}
    message = _("The removals were approved by %(who)s.") % {"who": _who(user)}
    decided = {"cursor": cursor, "decided_by": _who(user), "message": message}
    with _told(run, "approved", user):
        return _requeue(run, [Status.QUARANTINED], _("approved"), **decided)


def reject_run(run: SyncRun, *, user) -> SyncRun:
    """Do not believe a quarantined run, nor earlier ones that wait for the same: nothing is removed; what they created
    and updated stays."""
    message = _("The removals were rejected by %(who)s; no row was removed.") % {"who": _who(user)}
    who = _who(user)[:150]
    with _told(run, "rejected", user):
        waiting = SyncRun.objects.filter(pk=run.pk, status=Status.QUARANTINED)
        if not quarantine.end(waiting, message, decided_by=who):
            raise _refused(run, _("rejected"))
        quarantine.end(quarantine.answered_by(run), message, decided_by=who)
    return _changed(run, ring=True)


@contextmanager
def _told(run: SyncRun, what: str, user) -> Iterator[None]:
    """The decision together with its line in the trail of what people decide."""
    states = SyncRun.objects.filter(pk=run.pk).values_list("status", flat=True)
    with transaction.atomic():
        before = states.select_for_update().first()
        yield
        acts.tell(SyncRun, what, {run.pk: {"status": (before, states.get())}}, user=user)


def _requeue(run: SyncRun, states: list[str], verb: str, **columns) -> SyncRun:
    try:
        with transaction.atomic():
            changed = SyncRun.objects.filter(pk=run.pk, status__in=states).update(
                status=Status.QUEUED, paused_until=None, finished_at=None, idle_attempts=0, **columns
            )
            if not changed:
                raise _refused(run, verb)
            enqueue_run(run.pk)
    except IntegrityError as error:
        raise busy(run.organization, run.entity) from error
    return _changed(run)


def _refused(run: SyncRun, verb: str) -> RunStateError:
    run.refresh_from_db()
    return RunStateError(
        _("Run %(id)s is %(state)s and cannot be %(verb)s.")
        % {"id": run.pk, "state": run.get_status_display(), "verb": verb}
    )


def _changed(run: SyncRun, *, ring: bool = False) -> SyncRun:
    run.refresh_from_db()
    tell(
        run_changed,
        RunEvent(
            f"tds.zoho.sync.{run.status}", run.organization_id, run.pk, run.entity, run.mode, run.status
        ),
    )
    if ring:
        groups.ring_next(run)
    return run


def _who(user) -> str:
    return user.get_username() if getattr(user, "pk", None) else _("the command line")


def retry_errors(errors, *, trigger: Trigger, user=None) -> list[SyncRun]:
    """Read the failed records again, one real-time run per organisation and entity. trigger: usually Trigger.RETRY.

    errors: a queryset of RecordError. Those whose record has no id cannot be asked for; they are left waiting.
    Raises SyncError when none can be retried.
    """
    wanted: dict[tuple[int, str], list[str]] = defaultdict(list)
    retried = []
    for error in errors.filter(status=RecordError.Status.WAITING).select_related("organization"):
        if error.external_id:
            wanted[error.organization, error.entity].append(error.external_id.partition(":")[0])
            retried.append(error.pk)
    if not wanted:
        raise SyncError(
            _("None of these can be retried: they were resolved already, or the record has no id.")
        )
    with transaction.atomic():
        RecordError.objects.filter(pk__in=retried).update(status=RecordError.Status.RETRYING)
        acts.tell_together(RecordError, "retried", retried, user=user)
        return [
            start_run(
                SyncOptions(entity=entity, mode=SyncMode.REALTIME, ids=tuple(ids)),
                trigger=trigger,
                organization=organization,
                user=user,
            )
            for (organization, entity), ids in wanted.items()
        ]


def ignore_errors(errors, user=None) -> int:
    """Staff do not want to hear of these again; the next failure of the same record reopens it."""
    with transaction.atomic():
        rows = errors.exclude(status=RecordError.Status.RESOLVED)
        keys = list(rows.values_list("pk", flat=True))
        count = rows.update(status=RecordError.Status.IGNORED, resolved_at=timezone.now())
        acts.tell_together(RecordError, "ignored", keys, user=user)
    return count
