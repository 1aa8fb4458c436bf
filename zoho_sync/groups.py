"""Runs that were started together go in the order of what they depend on."""

from __future__ import annotations

from .models import SyncRun
from .processors import registry
from .queue import enqueue_run


def waits_for(run: SyncRun) -> list[SyncRun]:
    """The unfinished runs of the same group that this one needs first."""
    if run.group is None:
        return []
    needed = _all_dependencies(run.entity)
    others = SyncRun.objects.filter(group=run.group, status__in=SyncRun.ACTIVE).exclude(pk=run.pk)
    return [other for other in others if other.entity in needed]


def ring_next(run: SyncRun) -> int:
    """After `run` has ended: queue those of its group that waited for it. Returns how many."""
    if run.group is None:
        return 0
    waiting = SyncRun.objects.filter(group=run.group, status=SyncRun.Status.QUEUED)
    ready = [other for other in waiting if not waits_for(other)]
    for other in ready:
        enqueue_run(other.pk)
    return len(ready)


def _all_dependencies(entity: str) -> set[str]:
    found: set[str] = set()
    for other in registry.get(entity).depends_on:
        found |= {other} | _all_dependencies(other)
    return found
