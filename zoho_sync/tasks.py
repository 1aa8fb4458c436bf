"""What the queue runs. Jobs are doorbells: they carry keys, and the rows say what there is to do."""

from __future__ import annotations

import logging

from inventory.models import Organization

from . import documents_left, first_load, housekeeping, services
from .errors import RunInProgress, SyncError
from .repairs.sweep import sweep as sweep_repairs
from .runner import work_slice
from .webhooks import draining, silence

log = logging.getLogger(__name__)


def execute_run(run_id: int) -> str:
    """Work one time slice of a run; does nothing when somebody else has it or it has ended."""
    return work_slice(run_id)


def start_scheduled(entity: str, organization_external_id: str = "", mode: str = "") -> str:
    """Start what a schedule asks for. A busy entity is no failure: its run is already doing the work."""
    try:
        run = services.start_scheduled(entity, organization_external_id, mode)
    except RunInProgress as error:
        log.info("schedule of %s: %s", entity, error)
        return str(error)
    except SyncError as error:
        log.warning("schedule of %s: %s", entity, error)
        return str(error)
    return f"run {run.pk}"


def drain_inbox(organization_id: int) -> str:
    """Start the runs that read what waiting webhooks hint at; does nothing when none waits, or none may be read."""
    runs = draining.drain(organization_id)
    return ", ".join(f"run {run.pk}" for run in runs) or "nothing to start"


def sweep() -> str:
    """Queue again what was lost, prune what is old, and notice which webhooks do not come any more."""
    done = f"{services.requeue_lost()} queued again, {housekeeping.prune()} rows pruned"
    return f"{done}, {services.mend_drifts()} drifts over, {silence.notice()}"


def check_truth(organization_external_id: str = "", count: int | None = None) -> str:
    """Compare records drawn at random with Zoho: of every organisation, as many as an hour is to bring, unless told."""
    try:
        rounds = services.check_each(organization_external_id, count)
    except SyncError as error:
        log.info("truth: %s", error)
        return str(error)
    told = (f"{name}: {len(each.checks)} compared {each.reason}".strip() for name, each in rounds.items())
    return "; ".join(told)


def read_documents() -> str:
    """Go on with documents whose lines are still to be read."""
    return ", ".join(documents_left.read_on()) or "nothing to read"


def count_at_source(organization_id: int, names: list[str]) -> str:
    """Ask Zoho how many records these listings have."""
    done = first_load.count_at_source(Organization.objects.get(pk=organization_id), names)
    return ", ".join(f"{name}: {row.message or row.count}" for name, row in done.items())


def repair() -> str:
    """Put right what can be put right without a person, and say so in the audit."""
    return sweep_repairs()


def beat(name: str) -> None:
    """The canary: proves that the queue of cluster `name` is working."""
    housekeeping.record_beat(name)
