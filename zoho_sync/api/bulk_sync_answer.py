"""What the older doors answer: always one shape, whether a run is over, still going, or was never started.

total_processed = successful + failed + skipped. successful: committed as created, updated or unchanged; skipped: left
out, or older than what is stored. success: every run is over and took every row; nothing less is called so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from .. import status
from ..models import SyncRun
from ..processors import registry
from .refusals import run_url
from .waiting import is_settled

Status = SyncRun.Status
NO_WORKER = "no_worker"
OLDER_NAMES = {"price_lists": "pricelists"}  # entities whose older word is another
# The state of several runs is that of the first of these that one of them has.
_ORDER: list[str] = [
    Status.RUNNING,
    Status.CANCELLING,
    Status.QUEUED,
    Status.PAUSED,
    Status.FAILED,
    Status.QUARANTINED,
    Status.CANCELLED,
    Status.PARTIAL,
    Status.SUCCEEDED,
]
_WITHOUT_ERROR = (Status.SUCCEEDED, Status.RUNNING, Status.QUEUED, Status.PAUSED)


def answer(runs: Sequence[SyncRun], request: Request, *, by_entity: bool = False) -> Response:
    """200 when all that was started is over, else 202. by_entity: also each one's own figures, and the totals."""
    is_over = all(is_settled(run.status) for run in runs)
    has_worker = is_over or status.worker_alive()
    told = _told(runs, request, has_worker=has_worker)
    if by_entity:
        told["results"] = {
            OLDER_NAMES.get(run.entity, run.entity): _told([run], request, has_worker=has_worker)
            for run in runs
        }
        told["totals"] = {
            "items": told["stats"]["total_processed"],
            "successful": told["stats"]["successful"],
            "failed": told["stats"]["failed"],
        }
    headers = {} if is_over else {"Location": told["run"]["url"]}
    return Response(told, status=200 if is_over else 202, headers=headers)


def stand_of(run: SyncRun, request: Request) -> dict[str, Any]:
    """Figures of a run that stands in the way, to go into the refusal."""
    told = _told([run], request, has_worker=True)
    return {name: told[name] for name in ("stats", "duration_seconds", "run")}


def _told(runs: Sequence[SyncRun], request: Request, *, has_worker: bool) -> dict[str, Any]:
    state = min((str(run.status) for run in runs), key=_ORDER.index)
    waits_in_vain = not has_worker and not all(is_settled(run.status) for run in runs)
    error = NO_WORKER if waits_in_vain else None if state in _WITHOUT_ERROR else state
    return {
        "success": all(run.status == Status.SUCCEEDED and not run.failed_count for run in runs),
        "message": _message(runs, has_worker=has_worker),
        "stats": _stats(runs),
        "duration_seconds": _duration(runs),
        "error": error,
        "run": {"id": _id(runs), "status": state, "url": _url(runs, request)},
    }


def _stats(runs: Iterable[SyncRun]) -> dict[str, int]:
    counts = {"successful": 0, "failed": 0, "skipped": 0}
    for run in runs:
        counts["successful"] += run.created_count + run.updated_count + run.unchanged_count
        counts["failed"] += run.failed_count
        counts["skipped"] += run.skipped_count + run.stale_count
    return {"total_processed": sum(counts.values()), **counts}


def _duration(runs: Sequence[SyncRun]) -> float:
    """Since it was asked for, to the last one's end or until now."""
    ends: list[datetime] = [run.finished_at or timezone.now() for run in runs]
    return round(max(0.0, (max(ends) - min(run.created_at for run in runs)).total_seconds()), 3)


def _id(runs: Sequence[SyncRun]) -> str:
    return str(runs[0].pk if len(runs) == 1 else runs[0].group)


def _url(runs: Sequence[SyncRun], request: Request) -> str:
    if len(runs) == 1:
        return run_url(runs[0].pk, request)
    return f"{reverse('api-runs', request=request)}?group={runs[0].group}"


# --- In words ----------------------------------------------------------------------------------------


def _message(runs: Sequence[SyncRun], *, has_worker: bool) -> str:
    if len(runs) == 1:
        return _sentence(runs[0], has_worker)
    if all(run.status == Status.QUEUED for run in runs):
        return _sentence(runs[0], has_worker)
    return " ".join(
        _("%(entity)s: %(what)s") % {"entity": registry.get(run.entity).label, "what": _sentence(run, True)}
        for run in runs
    )


def _sentence(run: SyncRun, has_worker: bool) -> str:
    """Where the run stands, and why."""
    if not has_worker and not is_settled(run.status):
        return _("No worker gives a sign of life; it waits until one starts.")
    if run.status == Status.SUCCEEDED:
        done = _stats([run])["successful"]
        return ngettext("%(count)s record is in.", "%(count)s records are in.", done) % {"count": done}
    if run.message and run.status != Status.RUNNING:
        return str(run.message)
    known = {
        Status.QUEUED: _("It waits for a worker, or for what it depends on."),
        Status.PAUSED: _("It rests and will go on."),
        Status.CANCELLING: _("It is being cancelled."),
        Status.CANCELLED: _("It was cancelled; what had arrived stays in."),
        Status.QUARANTINED: _("It waits for a person's decision."),
        Status.FAILED: _("It could not go on; what had arrived stays in."),
        Status.PARTIAL: _("Some records could not be taken; they wait in the list of failures."),
    }
    return known.get(Status(run.status)) or _going(run)


def _going(run: SyncRun) -> str:
    progress = status.run_progress(run)
    if progress.total is None:
        return _("It is still going: %(done)s so far.") % {"done": progress.done}
    words = {"done": progress.done, "total": progress.total}
    return _("It is still going: %(done)s of about %(total)s.") % words
