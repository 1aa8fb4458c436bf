"""Keeps one cluster of queue workers alive: starts it, watches it, and replaces it when it is dead or wedged.

django-q2's cluster replaces a worker that dies, but a worker killed while it holds the lock of the shared queue (any
idle one may) leaves all the others waiting for ever, alive to look at. So a canary job, addressed to this cluster, is
sent every CANARY_SECONDS; when neither it nor a run worked on by this cluster has given a sign of life for
SILENCE_SECONDS, the whole process group is killed and started anew. Nothing is lost by that: rows own the work.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import F
from django.utils import timezone
from django_q.tasks import async_task

from . import leases, services
from .broker import QueueAway, give_back, throw_away_letters
from .models import WorkerBeat
from .processes import Child, backoff_seconds, manage_command, stop_all

log = logging.getLogger(__name__)

_TICK_SECONDS = 0.2
_HEALTHY_AFTER_SECONDS = 30  # a cluster that lived so long did not die of how it was started
_GONE_AFTER = timedelta(minutes=2)  # without a word from its supervisor a worker holds no jobs any more
_FORGOTTEN_AFTER = timedelta(days=7)  # and needs no row any more


class Supervisor:
    """One cluster under one name. `run()` returns when `stop()` was called and nothing of the cluster is left."""

    def __init__(self, *, log_file: Path | None = None):
        self.name = settings.WORKER["NAME"]
        self._timing = settings.WORKER
        self._log_file = log_file
        self._cluster: Child | None = None
        self._quick_deaths = 0
        self._start_at = 0.0  # monotonic
        self._alive_since: datetime = timezone.now()
        self._is_introduced = False
        self._is_queue_away = False
        self._is_stopping = False

    def stop(self, *_signal) -> None:
        self._is_stopping = True

    def run(self) -> None:
        next_check = 0.0
        while not self._is_stopping:
            self._keep_cluster()
            if time.monotonic() >= next_check:
                next_check = time.monotonic() + self._timing["CHECK_SECONDS"]
                self._try(self._requeue_lost)
                self._try(self._watch)
            time.sleep(_TICK_SECONDS)
        if self._cluster:
            log.info("worker %s: stopping, at most %s s are given", self.name, self._timing["STOP_SECONDS"])
            stop_all([self._cluster], self._timing["STOP_SECONDS"])
        self._try(self._take_leave)

    # --- The cluster's processes ------------------------------------------------------------------------

    def _keep_cluster(self) -> None:
        if self._cluster is None:
            if time.monotonic() >= self._start_at:
                self._try(self._introduce if not self._is_introduced else self._start)
        elif self._cluster.exit_code is not None:
            self._bury(self._cluster)

    def _start(self) -> None:
        connection.close()  # a socket to the database belongs to one process
        self._cluster = Child("queue", manage_command("run_queue"), log=self._log_file)
        self._alive_since = timezone.now()
        log.info("worker %s: cluster started as process %s", self.name, self._cluster.pid)

    def _bury(self, cluster: Child) -> None:
        lived, code = cluster.age_seconds, cluster.exit_code
        cluster.kill()  # whoever is left of its group
        self._quick_deaths = 0 if lived > _HEALTHY_AFTER_SECONDS else self._quick_deaths + 1
        wait = backoff_seconds(self._quick_deaths)
        said = cluster.last_words()
        log.error(
            "worker %s: the cluster ended by itself after %.0f s (exit code %s); starting it again in %.0f s%s",
            self.name, lived, code, wait, f". It said:\n{said}" if said else "",
        )  # fmt: skip
        self._cluster, self._start_at = None, time.monotonic() + wait
        self._try(self._count_restart)

    def _replace(self, cluster: Child, silent_seconds: float) -> None:
        log.error(
            "worker %s: no sign of life for %.0f s, the queue is wedged; killing its processes and starting new ones",
            self.name, silent_seconds,
        )  # fmt: skip
        cluster.kill()
        self._cluster = None
        self._count_restart()

    # --- Signs of life ----------------------------------------------------------------------------------

    def _introduce(self) -> None:
        """Take this name's row, give back what a killed predecessor had taken, and forget workers of former times."""
        now = timezone.now()
        self._start_at = time.monotonic() + self._timing["CHECK_SECONDS"]  # should the database not answer
        self._clear_desk()
        self._inherit(now)
        WorkerBeat.objects.filter(supervisor_at__lt=now - _FORGOTTEN_AFTER).exclude(name=self.name).delete()
        WorkerBeat.objects.update_or_create(
            name=self.name,
            defaults={
                "host": socket.gethostname(),
                "supervisor_at": now,
                "beat_at": None,
                "canary_sent_at": None,
            },
        )
        self._is_introduced, self._start_at = True, 0.0

    def _take_leave(self) -> None:
        """From now on nobody may believe that this worker is alive."""
        self._clear_desk()
        WorkerBeat.objects.filter(name=self.name).update(beat_at=None, canary_sent_at=None)

    def _clear_desk(self) -> None:
        """With no process left: unanswered canaries go, taken jobs are offered again."""
        throw_away_letters(self.name)
        if count := give_back(self.name):
            log.info("worker %s: %s jobs in hand are offered again", self.name, count)

    def _inherit(self, now: datetime) -> None:
        """Offer the jobs of workers whose supervisor is gone; of a lost host nobody else would."""
        gone = WorkerBeat.objects.filter(supervisor_at__lt=now - _GONE_AFTER).exclude(name=self.name)
        for name in gone.values_list("name", flat=True):
            throw_away_letters(name)
            if count := give_back(name):
                log.warning(
                    "worker %s: %s jobs of worker %s, which is gone, are offered again",
                    self.name,
                    count,
                    name,
                )

    def _watch(self) -> None:
        """Send a canary, and judge the silence since the last sign of life."""
        if self._cluster is None:
            return
        now = timezone.now()
        beat, _is_new = WorkerBeat.objects.update_or_create(
            name=self.name, defaults={"supervisor_at": now, "host": socket.gethostname()}
        )
        self._inherit(now)
        silent_seconds = (now - self._last_sign(self._cluster, beat.beat_at)).total_seconds()
        if silent_seconds >= self._timing["SILENCE_SECONDS"]:
            self._replace(self._cluster, silent_seconds)
            return
        # One that was lost on its way must not be taken for a wedge, so that an unanswered one is sent anew.
        proven_at = beat.beat_at if beat.beat_at and beat.beat_at >= self._alive_since else None
        last = beat.canary_sent_at or proven_at
        if last is None or now - last >= timedelta(seconds=self._timing["CANARY_SECONDS"]):
            self._send_canary(now)

    def _send_canary(self, now: datetime) -> None:
        throw_away_letters(self.name)  # one canary at a time: they must not pile up
        WorkerBeat.objects.filter(name=self.name).update(canary_sent_at=now)
        async_task("zoho_sync.tasks.beat", self.name, cluster=self.name)
        if self._is_queue_away:
            self._is_queue_away = False
            log.warning("worker %s: the queue answers again", self.name)

    def _last_sign(self, cluster: Child, beat_at: datetime | None) -> datetime:
        signs = [self._alive_since, *([beat_at] if beat_at else [])]
        host = f"{socket.gethostname()[:50]}:"
        working = leases.beating().filter(lease_owner__startswith=host, beat_at__gt=max(signs))
        signs += [
            at
            for owner, at in working.values_list("lease_owner", "beat_at")
            if at and _is_one_of(cluster, owner)
        ]
        return max(signs)

    def _count_restart(self) -> None:
        now = timezone.now()
        self._clear_desk()
        WorkerBeat.objects.filter(name=self.name).update(
            restarts_count=F("restarts_count") + 1, restarted_at=now, canary_sent_at=None
        )

    # --- Around -----------------------------------------------------------------------------------------

    def _requeue_lost(self) -> None:
        if count := services.requeue_lost():
            log.info("worker %s: %s runs were lost or due and are queued again", self.name, count)

    def _try(self, step) -> None:
        """One step; what goes wrong in it must not end the supervision, and says so."""
        try:
            close_old_connections()
            step()
        except (DatabaseError, InterfaceError) as error:
            connection.close()
            self._alive_since = timezone.now()  # a database that is away proves nothing about the cluster
            log.warning(
                "worker %s: the database does not answer: %s", self.name, " ".join(str(error).split())
            )
        except QueueAway as error:
            self._alive_since = timezone.now()  # nor does a queue that is away
            if not self._is_queue_away:
                log.warning("worker %s: %s", self.name, error)
            self._is_queue_away = True
        except Exception:
            log.exception("worker %s: a step of the supervision failed; going on", self.name)


def _is_one_of(cluster: Child, lease_owner: str) -> bool:
    """Is the holder of this lease (host:pid:…) one of the cluster's processes, and not a command's?"""
    try:
        return os.getpgid(int(lease_owner.split(":")[1])) == cluster.pid
    except (ValueError, IndexError, ProcessLookupError):
        return False


def supervise(log_file: Path | None = None) -> None:
    """Run a supervisor in this process until SIGTERM, SIGINT or SIGHUP."""
    supervisor = Supervisor(log_file=log_file)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, supervisor.stop)
    supervisor.run()
