"""What runs hold back until a person has decided. What is read every hour is held back every hour, and decided once."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils import timezone

from inventory.models import Organization

from .models import SyncRun
from .sentences import Sentence

Status = SyncRun.Status


def undecided(organization: Organization) -> set[str]:
    """Ids of the records of which a run has held something back, and nobody has decided yet."""
    cursors = _waiting(organization).values_list("cursor", flat=True)
    return {each for cursor in cursors for each in cursor.get("held", ())}


def earlier(run: SyncRun) -> QuerySet[SyncRun]:
    """The runs of its entity that wait for a person, and came before it. A dry run answers for nobody."""
    runs = _waiting(run.organization).filter(entity=run.entity, pk__lt=run.pk)
    return runs.none() if run.is_dry else runs


def _waiting(organization: Organization) -> QuerySet[SyncRun]:
    """Those that would really remove something."""
    runs = SyncRun.objects.filter(organization=organization, status=Status.QUARANTINED)
    return runs.exclude(options__dry_run=True)


def answered_by(run: SyncRun) -> QuerySet[SyncRun]:
    """Those of them that wait for nothing but what `run` waits for, or waited for.

    A run holds back either what its listing did not show at all, or what vanished from the details of some records; it
    names these.
    """
    held = set(run.cursor.get("held", ()))
    keys = [
        key
        for key, cursor in earlier(run).values_list("pk", "cursor")
        if bool(cursor.get("held")) == bool(held) and held.issuperset(cursor.get("held", ()))
    ]
    return earlier(run).filter(pk__in=keys)


def end(runs: QuerySet[SyncRun], message: Sentence, **columns: str) -> int:
    """Nothing of what they held back is removed by them. Returns how many there were."""
    return runs.update(status=Status.CANCELLED, finished_at=timezone.now(), message=message, **columns)
