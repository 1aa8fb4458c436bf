"""How a job is asked for: once what surrounds it is committed, and without harm where the queue is away.

Jobs are hints. What there is to do stands in a row that is looked for by time as well, so that a hint may be lost.
"""

from __future__ import annotations

import logging
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django_q.tasks import async_task

log = logging.getLogger(__name__)


def enqueue(function: str, *keys: Any) -> None:
    """Queue a job. With the queue in our own database it commits, or rolls back, with what surrounds it; another one
    is told after the commit, for a worker may be quicker than we are."""
    if settings.Q_CLUSTER.get("orm"):
        async_task(function, *keys)
    else:
        transaction.on_commit(partial(_tell, function, *keys))


def _tell(function: str, *keys: Any) -> None:
    try:
        async_task(function, *keys)
    except OSError as error:  # what had to be kept is committed: nobody may be told that it failed
        log.warning("job %s%s could not be queued, a sweep will: %s", function, keys, error)
