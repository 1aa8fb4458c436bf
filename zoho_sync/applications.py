"""Applying the plan of a dry run: may it be, by which run, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from .errors import RunStateError
from .models import PlannedChange, SyncRun
from .options import SyncMode, SyncOptions, Trigger
from .processors import registry
from .sentences import Sentence
from .sentences import sentence as _
from .starts import start_run, start_together

State, Status = PlannedChange.State, SyncRun.Status
COMPLETE = (Status.SUCCEEDED, Status.PARTIAL)

_FATES = (
    ("created_count", "updated_count", "removed_count"),
    ("unchanged_count",),
    ("stale_count", "failed_count"),
)
_COUNTED = [name for names in _FATES for name in names]


@dataclass(frozen=True)
class Plan:
    """A dry run's plan as it stands. left, done, same, refused: rows that wait, are applied, were so already, were
    refused. ends_at: when it is too old to be applied; None while the dry run has not ended.

    under_way: the run that applies it now. objection: why it cannot be applied now; empty when it can.
    """

    left: int
    done: int
    same: int
    refused: int
    ends_at: datetime | None
    under_way: SyncRun | None
    objection: Sentence

    @property
    def total(self) -> int:
        return self.left + self.done + self.same + self.refused

    @property
    def can_be_applied(self) -> bool:
        return not self.objection


def plan_of(run: SyncRun) -> Plan:
    """run: a dry run. Nothing is counted row by row: what it planned is in its summary, and what came of that in the
    counts of the runs that applied it, which commit with the rows."""
    total = sum(sum(actions.values()) for actions in run.summary.get("rows", {}).values())
    tried = list(run.applications.only("status", *_COUNTED).order_by("pk"))
    done, same, refused = (sum(getattr(each, name) for each in tried for name in names) for names in _FATES)
    under_way = next((each for each in tried if each.status in SyncRun.ACTIVE), None)
    left = total - done - same - refused
    return Plan(
        left=left,
        done=done,
        same=same,
        refused=refused,
        ends_at=ends_at(run),
        under_way=under_way,
        objection=_objection(run, left, total, under_way),
    )


def ends_at(run: SyncRun) -> datetime | None:
    """Until then the plan may be applied: what Zoho said longer ago says too little of today."""
    return run.finished_at + timedelta(hours=settings.PLAN_HOURS) if run.finished_at else None


def is_expired(run: SyncRun) -> bool:
    until = ends_at(run)
    return until is not None and timezone.now() > until


def _objection(run: SyncRun, left: int, total: int, under_way: SyncRun | None) -> Sentence:
    if not run.is_dry:
        return _("Run %(id)s is no dry run: it has no plan.") % {"id": run.pk}
    if run.status not in COMPLETE:
        words = {"id": run.pk, "state": run.get_status_display()}
        return _("Run %(id)s is %(state)s, so its plan is not complete.") % words
    if under_way is not None:
        return _("Run %(id)s is applying this plan now.") % {"id": under_way.pk}
    if registry.get(run.entity).lane == "pictures":
        return _("A dry run fetches no picture, so there is nothing to apply. Start the run itself.")
    if not total:
        return _("Run %(id)s has planned nothing: there is nothing to apply.") % {"id": run.pk}
    if not left:
        return _("Every row of this plan has been applied or refused already.")
    if is_expired(run):
        return _("The plan of run %(id)s is older than %(hours)s hours. Make a new dry run.") % {
            "id": run.pk,
            "hours": settings.PLAN_HOURS,
        }
    if not PlannedChange.objects.filter(run=run, state=State.PLANNED).exists():
        return _("The plan of run %(id)s has been deleted since.") % {"id": run.pk}
    return _("")


def apply_plan(run: SyncRun, *, trigger: Trigger, user=None) -> SyncRun:
    """Queue a run that does exactly what the dry run `run` has planned and no other has done yet; it makes no call.

    Raises RunStateError when there is nothing to apply, or it must not be.
    """
    run.refresh_from_db()
    plan = plan_of(run)
    if plan.objection:
        raise RunStateError(plan.objection)
    options = SyncOptions(entity=run.entity, mode=SyncMode.REALTIME, plan=run.pk)
    return start_run(options, trigger=trigger, organization=run.organization, user=user)


def apply_plans(runs: Iterable[SyncRun], *, trigger: Trigger, user=None) -> list[SyncRun]:
    """The same for several dry runs of one organisation, as one group: each after those that it builds upon; all or
    none. What has planned nothing is passed over.

    Raises RunStateError when one of the others must not be applied, or nothing is planned at all.
    """
    wanted = []
    for run in runs:
        plan = plan_of(run)
        if plan.total and plan.objection:
            raise RunStateError(plan.objection)
        if plan.total:
            wanted.append(run)
    if not wanted:
        raise RunStateError(_("None of these dry runs has planned anything: there is nothing to apply."))
    options = [SyncOptions(entity=each.entity, mode=SyncMode.REALTIME, plan=each.pk) for each in wanted]
    return start_together(options, trigger=trigger, organization=wanted[0].organization, user=user)
