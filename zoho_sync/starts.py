"""Starting runs: one, all in their order, what a schedule asks for, or chosen records."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from inventory.models import Organization

from . import connections, groups
from .errors import RunInProgress
from .models import SyncCheckpoint, SyncRun
from .options import SyncMode, SyncOptions, Trigger
from .processors import registry
from .queue import enqueue_run


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
        raise busy(organization, options.entity) from error
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
    options = [
        SyncOptions(entity=name, mode=mode, batch_size=batch_size, dry_run=dry_run)
        for name in registry.names()
        if name in wanted
    ]
    return start_together(options, trigger=trigger, organization=organization, user=user)


def start_together(
    options: Iterable[SyncOptions], *, trigger: Trigger, organization: Organization | None = None, user=None
) -> list[SyncRun]:
    """Queue these runs as one group, each after those that it depends on; all or none. Raises as `start_run` does."""
    order = registry.names()
    wanted = sorted(options, key=lambda each: order.index(registry.get(each.entity).entity))
    organization = organization or connections.organization_for()
    group, created = uuid.uuid4(), []
    current = ""
    try:
        with transaction.atomic():
            for each in wanted:
                current = each.entity
                created.append(_create(each, trigger, organization, user, group))
            for run in created:
                if not groups.waits_for(run):
                    enqueue_run(run.pk)
    except IntegrityError as error:
        raise busy(organization, current) from error
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


def busy(organization, entity: str) -> RunInProgress:
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
