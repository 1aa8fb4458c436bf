"""The public verbs. Every door (admin, commands, API, schedules, webhooks) calls these and nothing deeper."""

from __future__ import annotations

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.models import Organization

from . import connections, groups, leases
from .comparison import ComparisonReport, compare
from .errors import RunInProgress, RunStateError, SyncError
from .estimates import estimate_calls
from .models import RecordError, SyncCheckpoint, SyncRun
from .options import SyncMode, SyncOptions, Trigger
from .processors import registry
from .queue import enqueue_run
from .sentences import sentence as _
from .signals import RunEvent, run_changed, tell

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
    "work_here",
]

Status = SyncRun.Status
WAIT_HERE_SECONDS = 180  # how long `work_here` sits out a pause before it leaves the run to a worker


def start_run(options: SyncOptions, *, trigger: Trigger, organization=None, user=None, group=None) -> SyncRun:
    """Queue one run and return at once.

    Raises UnknownEntity, NotConnected, and RunInProgress (with its run_id) when the entity is busy.
    """
    registry.get(options.entity)
    organization = organization or connections.organization_for()
    try:
        with transaction.atomic():
            run = _create(options, trigger, organization, user, group)
            enqueue_run(run.pk)
    except IntegrityError as error:
        raise _busy(organization, options.entity) from error
    return run


def start_all(
    mode: SyncMode,
    *,
    trigger: Trigger,
    organization: Organization | None = None,
    user=None,
    dry_run: bool = False,
    batch_size: int = 200,
    entities: Iterable[str] | None = None,
) -> list[SyncRun]:
    """Queue a run of every entity, in an order in which links resolve; all or none. Raises as `start_run` does."""
    wanted = (
        set(entities)
        if entities is not None
        else {n for n in registry.names() if not registry.get(n).is_background}
    )
    for name in wanted:
        registry.get(name)
    organization = organization or connections.organization_for()
    group, runs = uuid.uuid4(), []
    for name in (name for name in registry.names() if name in wanted):
        options = SyncOptions(entity=name, mode=mode, batch_size=batch_size, dry_run=dry_run)
        runs.append((name, options))
    try:
        with transaction.atomic():
            created = []
            for name, options in runs:
                busy = name
                created.append(_create(options, trigger, organization, user, group))
            for run in created:
                if not groups.waits_for(run):
                    enqueue_run(run.pk)
    except IntegrityError as error:
        raise _busy(organization, busy) from error
    return created


def _create(options: SyncOptions, trigger: Trigger, organization, user, group) -> SyncRun:
    return SyncRun.objects.create(
        organization=organization,
        entity=options.entity,
        mode=options.mode,
        trigger=trigger,
        requested_by=user if getattr(user, "pk", None) else None,
        group=group,
        options=options.as_json(),
        is_dry=options.dry_run,
    )


def _busy(organization, entity: str) -> RunInProgress:
    running = (
        SyncRun.objects.filter(organization=organization, entity=entity, status__in=SyncRun.ACTIVE)
        .exclude(mode=SyncMode.REALTIME)
        .first()
    )
    return RunInProgress(entity, running.pk if running else None)


def start_scheduled(entity: str, organization_external_id: str = "", mode: str = "") -> SyncRun:
    """What a schedule starts: the given mode, else incremental, or full once the last good full run is too old."""
    processor = registry.get(entity)
    organization = connections.organization_for(organization_external_id or None)
    if not mode:
        last = SyncCheckpoint.objects.filter(organization=organization, entity=entity).first()
        is_fresh = last and last.full_at and timezone.now() - last.full_at < processor.full_every
        mode = SyncMode.INCREMENTAL if is_fresh or processor.lane == "details" else SyncMode.FULL
    return start_run(
        SyncOptions(entity=entity, mode=SyncMode(mode)), trigger=Trigger.SCHEDULE, organization=organization
    )


def refresh_records(
    entity: str, external_ids: Iterable[str], *, trigger: Trigger, organization=None, user=None
) -> SyncRun:
    """Read the given records again, now; real-time runs never wait for another run of the entity."""
    options = SyncOptions(entity=entity, mode=SyncMode.REALTIME, ids=tuple(external_ids))
    return start_run(options, trigger=trigger, organization=organization, user=user)


# --- Deciding about a run ----------------------------------------------------------------------------


def cancel_run(run: SyncRun, *, user=None) -> SyncRun:
    """Stop a run: at once when no worker has it, else between two pages. What is in stays in."""
    now = timezone.now()
    idle = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.PAUSED], lease_owner="")
    ended = {
        "finished_at": now,
        "paused_until": None,
        "message": _("Cancelled by %(who)s.") % {"who": _who(user)},
    }
    if idle.update(status=Status.CANCELLED, **ended):
        return _changed(run, ring=True)
    working = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.RUNNING, Status.PAUSED])
    if working.update(status=Status.CANCELLING, paused_until=None, message=ended["message"]):
        return _changed(run)
    raise _refused(run, _("cancelled"))


def pause_run(run: SyncRun, *, user=None) -> SyncRun:
    """Let a run rest until somebody resumes it; a worker stops after the page in hand."""
    waiting = SyncRun.objects.filter(pk=run.pk, status__in=[Status.QUEUED, Status.RUNNING, Status.PAUSED])
    message = _("Paused by %(who)s. Resume it to go on.") % {"who": _who(user)}
    if not waiting.update(status=Status.PAUSED, paused_until=None, message=message):
        raise _refused(run, _("paused"))
    return _changed(run)


def resume_run(run: SyncRun, *, user=None) -> SyncRun:
    """Go on where a paused, failed or cancelled run stopped. Raises RunInProgress when the entity is busy."""
    return _requeue(run, [Status.PAUSED, Status.FAILED, Status.CANCELLED], _("resumed"), message="")


def approve_run(run: SyncRun, *, user) -> SyncRun:
    """Believe a quarantined run: every missing record is asked for once, and those that are gone get tombstones."""
    run.refresh_from_db()
    cursor = run.cursor | {"approved": True}
    message = _("The removals were approved by %(who)s.") % {"who": _who(user)}
    return _requeue(
        run, [Status.QUARANTINED], _("approved"), cursor=cursor, decided_by=_who(user), message=message
    )


def reject_run(run: SyncRun, *, user) -> SyncRun:
    """Do not believe a quarantined run: nothing is removed; what it created and updated stays."""
    changed = SyncRun.objects.filter(pk=run.pk, status=Status.QUARANTINED).update(
        status=Status.CANCELLED,
        finished_at=timezone.now(),
        decided_by=_who(user)[:150],
        message=_("The removals were rejected by %(who)s; no row was removed.") % {"who": _who(user)},
    )
    if not changed:
        raise _refused(run, _("rejected"))
    return _changed(run, ring=True)


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
        raise _busy(run.organization, run.entity) from error
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


# --- Failures ----------------------------------------------------------------------------------------


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
    return errors.exclude(status=RecordError.Status.RESOLVED).update(
        status=RecordError.Status.IGNORED, resolved_at=timezone.now()
    )


# --- Work --------------------------------------------------------------------------------------------


def work_here(run: SyncRun) -> SyncRun:
    """Work a run in this process until it has ended, is quarantined, or pauses for longer than a person waits."""
    from .runner import work_slice  # the engine is heavy, and doors that never work need not load it

    while True:
        outcome = work_slice(run.pk, rings=False)
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
    """Queue again the runs that nobody works on although somebody should; returns how many."""
    count = 0
    for run in SyncRun.objects.filter(pk__in=leases.lost()):
        if run.status == Status.QUEUED and groups.waits_for(run):
            continue
        SyncRun.objects.filter(pk=run.pk).update(beat_at=timezone.now())  # one ring per lease term is enough
        enqueue_run(run.pk)
        count += 1
    return count
