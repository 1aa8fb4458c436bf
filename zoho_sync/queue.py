"""The one place that puts a job into the queue."""

from __future__ import annotations

from inventory.jobs import enqueue

__all__ = ["EXECUTE_RUN", "enqueue", "enqueue_run"]

EXECUTE_RUN = "zoho_sync.tasks.execute_run"


def enqueue_run(run_id: int) -> None:
    """Ring for a run: together with what surrounds it, or after its commit; the sweep finds what was never heard."""
    enqueue(EXECUTE_RUN, run_id)
