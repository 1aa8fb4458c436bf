"""Starting runs: one, all in their order, what a schedule asks for, or chosen records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory import acts
from inventory.models import Organization

from . import connections, groups
from .admission import Weighed, admit, weigh
from .errors import RunInProgress, RunStateError
from .models import SyncCheckpoint, SyncRun
from .options import SyncMode, SyncOptions, Trigger
from .processors import registry
from .queue import enqueue_run
from .sentences import sentence as _
from .signals import RunEvent, run_changed, tell, write_rows

_WANTED = (Trigger.ADMIN, Trigger.API, Trigger.COMMAND)


def start_run(
    options: SyncOptions,
    *,
    trigger: Trigger,
    organization=None,
    user=None,
    group=None,
    anyway: bool = False,
) -> SyncRun:
    """Queue one run and return at once.

    anyway: although the day's calls will not do; the run rests when they are spent. Real-time runs, and what the
    program starts by itself, need not say so.
    Raises UnknownEntity, NotConnected, RunInProgress (with its run_id) when the entity is busy, BudgetWouldNotDo.
    """
    registry.get(options.entity)
    organization = organization or connections.organization_for()
    remark = admit(organization, [options], trigger, anyway=anyway)
    try:
        with transaction.atomic():
            run = _create(options, trigger, organization, user, group, message=remark)
            _tell_who([run], trigger, user)
            enqueue_run(run.pk)
    except IntegrityError as error:
        raise _taken(organization, options) from error
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
    anyway: bool = False,
) -> list[SyncRun]:
    """Queue a run of every entity, in an order in which links resolve; all or none. Raises as `start_run` does."""
    wanted = set(entities) if entities is not None else set(registry.together())
    for name in wanted:
        registry.get(name)
    options = [
        SyncOptions(entity=name, mode=mode, batch_size=batch_size, dry_run=dry_run)
        for name in registry.names()
        if name in wanted
    ]
    return start_together(options, trigger=trigger, organization=organization, user=user, anyway=anyway)


def start_together(
    options: Iterable[SyncOptions],
    *,
    trigger: Trigger,
    organization: Organization | None = None,
    user=None,
    anyway: bool = False,
) -> list[SyncRun]:
    """Queue these runs as one group, each after those that it depends on; all or none. Raises as `start_run` does."""
    order = registry.names()
    wanted = sorted(options, key=lambda each: order.index(registry.get(each.entity).entity))
    organization = organization or connections.organization_for()
    remark = admit(organization, wanted, trigger, anyway=anyway)
    group, created = uuid.uuid4(), []
    current = wanted[0]
    try:
        with transaction.atomic():
            for each in wanted:
                current = each
                created.append(_create(each, trigger, organization, user, group, message=remark))
            _tell_who(created, trigger, user)
            for run in created:
                if not groups.waits_for(run):
                    enqueue_run(run.pk)
    except IntegrityError as error:
        raise _taken(organization, current) from error
    return created


def _taken(organization, options: SyncOptions) -> RunInProgress | RunStateError:
    if options.plan:
        return RunStateError(_("Another run is applying this plan now."))
    return busy(organization, options.entity)


def _create(
    options: SyncOptions, trigger: Trigger, organization, user=None, group=None, **columns
) -> SyncRun:
    return SyncRun.objects.create(
        organization=organization,
        entity=options.entity,
        mode=options.mode,
        trigger=trigger,
        requested_by=user if getattr(user, "pk", None) else None,
        group=group,
        options=options.as_json(),
        is_dry=options.dry_run,
        plan_id=options.plan,
        **columns,
    )


def _tell_who(runs: list[SyncRun], trigger: Trigger, user) -> None:
    """Of runs that somebody wanted; what the program starts by itself is told by the runs alone."""
    if trigger in _WANTED:
        facts = {run.pk: {"entity": (None, run.entity), "mode": (None, str(run.mode))} for run in runs}
        acts.tell(SyncRun, "started", facts, user=user if getattr(user, "pk", None) else None)


def busy(organization, entity: str) -> RunInProgress:
    running = (
        SyncRun.objects.filter(
            organization__unsought=organization, entity__unsought=entity, status__in=SyncRun.ACTIVE
        )
        .exclude(mode=SyncMode.REALTIME)
        .first()
    )
    return RunInProgress(entity, running.pk if running else None)


def start_scheduled(entity: str, organization_external_id: str = "", mode: str = "") -> SyncRun:
    """What a schedule starts: the given mode, else incremental, or full once the last good full run is too old.

    When the day's calls will not do, one that chooses by itself is incremental if those do, and else the run rests from
    its beginning until the next day's calls. Raises as `start_run` does; that another run rests already is an event.
    """
    registry.get(entity)
    organization = connections.organization_for(organization_external_id or None)
    options = SyncOptions(entity=entity, mode=SyncMode(mode or _mode_now(organization, entity)))
    weighed = weigh(organization, [options])
    if weighed.is_refused and not mode and options.mode is SyncMode.FULL:
        options = SyncOptions(entity=entity, mode=SyncMode.INCREMENTAL)
        weighed = weigh(organization, [options])
    try:
        if weighed.is_refused:
            return _deferred(options, organization, weighed)
        return start_run(options, trigger=Trigger.SCHEDULE, organization=organization)
    except RunInProgress as error:
        _note_skipped(error)
        raise


def _mode_now(organization, entity: str) -> SyncMode:
    last = SyncCheckpoint.objects.filter(organization=organization, entity=entity).first()
    return scheduled_mode(entity, last.full_at if last else None, timezone.now())


def _deferred(options: SyncOptions, organization, weighed: Weighed) -> SyncRun:
    """The run as if it had paused at once; the supervisor queues it when its time has come."""
    message = _("Put off: this needs about %(calls)s calls, and %(left)s are left today for such work.") % {
        "calls": weighed.calls,
        "left": weighed.left,
    }
    try:
        with transaction.atomic():
            run = _create(
                options, Trigger.SCHEDULE, organization,
                status=SyncRun.Status.PAUSED, paused_until=weighed.again_at, message=message,
            )  # fmt: skip
            tell(run_changed, _event("tds.zoho.sync.paused", run, message))
    except IntegrityError as error:
        raise busy(organization, options.entity) from error
    return run


def _note_skipped(error: RunInProgress) -> None:
    """Only where the other one rests: one that works does what the schedule asks for."""
    resting = SyncRun.objects.filter(
        pk=error.run_id or 0, status=SyncRun.Status.PAUSED, paused_until__gt=timezone.now()
    ).first()
    if resting is not None:
        write_rows([_event("tds.zoho.sync.skipped", resting, resting.message)])


def _event(name: str, run: SyncRun, message: str) -> RunEvent:
    return RunEvent(name, run.organization_id, run.pk, run.entity, run.mode, run.status, message=message)


def scheduled_mode(entity: str, full_at: datetime | None, at: datetime) -> SyncMode:
    """What a schedule that chooses by itself starts at a time. full_at: when the last good full run began."""
    processor = registry.get(entity)
    is_fresh = full_at is not None and at - full_at < processor.full_every
    return SyncMode.INCREMENTAL if is_fresh or processor.reads_what_is_due else SyncMode.FULL


def refresh_records(
    entity: str, external_ids: Iterable[str], *, trigger: Trigger, organization=None, user=None
) -> SyncRun:
    """Read the given records again, now; real-time runs never wait for another run of the entity."""
    options = SyncOptions(entity=entity, mode=SyncMode.REALTIME, ids=tuple(external_ids))
    return start_run(options, trigger=trigger, organization=organization, user=user)
