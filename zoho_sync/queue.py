"""The one place that puts a job into the queue."""

from __future__ import annotations

from functools import partial

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

EXECUTE_RUN = "zoho_sync.tasks.execute_run"


def enqueue_run(run_id: int) -> None:
    """Ring for a run. With the broker in our database the job commits, or rolls back, with what surrounds it."""
    enqueue(EXECUTE_RUN, run_id)


def enqueue(function: str, *keys) -> None:
    ring = partial(async_task, function, *keys)
    if settings.Q_CLUSTER.get("orm"):
        ring()
    else:
        transaction.on_commit(
            ring
        )  # another broker must not ring before the row is there; the sweep finds lost jobs
