"""The audit of what was put right."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from inventory.models import Organization

from ..models import Repair, SyncRun
from ..sentences import Sentence

Kind = Repair.Kind


def note(
    kind: str,
    what: Sentence,
    *,
    worked: bool = True,
    count: int = 1,
    organization_id: int | None = None,
    run: SyncRun | None = None,
) -> Repair:
    """A line, in the transaction of the caller. count: of how many things it speaks."""
    return Repair.objects.create(
        kind=kind,
        at=timezone.now(),
        what=what,
        worked=worked,
        count=count,
        organization_id=run.organization_id if run else organization_id,
        run=run,
    )


def note_again(kind: str, what: Sentence, run: SyncRun) -> None:
    """One line for a run and kind, however often it is done; `count` says how often, `at` when last."""
    same = Repair.objects.filter(kind=kind, run=run)
    if not same.update(count=F("count") + 1, at=timezone.now(), what=what):
        note(kind, what, run=run)


@contextmanager
def alone(organization_id: int) -> Iterator[None]:
    """A transaction in which nobody else repairs anything of this organisation."""
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
        yield
