"""Waiting for runs on behalf of a visitor: without a database connection in hand, seldom asking, and few at a time.

Who waits keeps one of the web server's few threads. So only half of a process's threads may wait at once; whoever
comes beyond that is answered at once, as if he had not wanted to wait. A server that is told to stop waits no longer:
everybody is answered then as the runs stand.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone

from ..models import SyncRun

log = logging.getLogger(__name__)

FIRST_PAUSE, LONGEST_PAUSE = 0.25, 1.0  # seconds between two looks; a long wait need not look so often
Status = SyncRun.Status
_server_stops = threading.Event()
_seats = threading.BoundedSemaphore(settings.WEB_THREADS // 2)


def is_settled(status: str) -> bool:
    """Has the run come to an end, or to a question that only a person answers?"""
    return status in SyncRun.ENDED or status == Status.QUARANTINED


def wait_for(run_ids: Collection[int], seconds: float) -> None:
    """Return when every run is settled, when none can go on before the time is up, when it is, or when the web server
    stops.

    Returns at once when too many wait already. The runs know nothing of it and go on in any case.
    """
    if seconds <= 0 or not _seats.acquire(blocking=False):
        return
    try:
        deadline = time.monotonic() + seconds
        until, pause = timezone.now() + timedelta(seconds=seconds), FIRST_PAUSE
        while _any_moves(run_ids, until) and (rest := deadline - time.monotonic()) > 0:
            _let_go_of_the_connection()
            if _server_stops.wait(min(pause, rest)):
                return
            pause = min(pause * 1.25, LONGEST_PAUSE)
    finally:
        _seats.release()


def send_everybody_home() -> None:
    """For a process that is told to stop: who waits in it is answered at once, and nobody begins to. May be called by
    a signal's handler."""
    _server_stops.set()


def _any_moves(run_ids: Collection[int], until: datetime) -> bool:
    """May any of them come further before then?"""
    try:
        rows = list(SyncRun.objects.filter(pk__in=run_ids).values_list("status", "paused_until"))
    except (DatabaseError, InterfaceError) as error:
        if connection.in_atomic_block:
            raise
        log.warning("waiting for runs: the database does not answer: %s", " ".join(str(error).split()))
        return True
    return any(
        not is_settled(status)
        and (status != Status.PAUSED or (paused_until is not None and paused_until < until))
        for status, paused_until in rows
    )


def _let_go_of_the_connection() -> None:
    """Others need it meanwhile. In a transaction of somebody else's it is not ours to close."""
    if not connection.in_atomic_block:
        connection.close()
