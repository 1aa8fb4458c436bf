"""The watch: a process beside worker and web server, which a wedged queue cannot silence. Several may run, one looks.

Whoever holds the lease in the row of the watch judges the rules, about every ten seconds, and hands what people are to
be told to the channels. The lease ends by itself, so that another one takes over from a process that was killed.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import DatabaseError, InterfaceError, close_old_connections, connection
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from . import alerts, telling
from .breaches import breach_of
from .causes.ground import database_away
from .judging import Round
from .metrics import gauges
from .models import AlertRule, Watch
from .sending import Sender

log = logging.getLogger(__name__)

NAME = "main"
_TICK_SECONDS = 0.2
_GAUGE_SECONDS = 60.0
_STOP_SECONDS = 5.0
_AWAY_TOLD_AFTER = timedelta(minutes=1)  # shorter absences are a restart, and in the log


class Watcher:
    """`run()` returns soon after `stop()`. What goes wrong in one step is logged, and does not end the watch."""

    def __init__(self) -> None:
        self.owner = f"{socket.gethostname()[:50]}:{os.getpid()}:{uuid.uuid4().hex[:8]}"
        self._sender: Sender | None = None
        self._is_stopping = False
        self._renewed = self._collected = float("-inf")  # monotonic
        self.away_since: datetime | None = None
        self._lease = timedelta(seconds=settings.WATCH["LEASE_SECONDS"])
        self._renew_seconds = settings.WATCH["LEASE_SECONDS"] / 5  # how often whoever waits looks, too

    def stop(self, *_signal) -> None:
        self._is_stopping = True

    def run(self) -> None:
        next_beat = 0.0
        log.info("watch %s: begins", self.owner)
        try:
            while not self._is_stopping:
                if time.monotonic() >= next_beat:
                    close_old_connections()
                    holds = self.beat()
                    self._send(holds)
                    next_beat = time.monotonic() + self._pause(holds)
                time.sleep(_TICK_SECONDS)
        finally:
            self.end()

    def _pause(self, holds: bool) -> float:
        """A lease outlives a pause, however long a round is wanted to be."""
        return min(settings.WATCH["ROUND_SECONDS"], 2 * self._renew_seconds) if holds else self._renew_seconds

    def beat(self) -> bool:
        """One round, if the lease is ours or can be had. Returns whether it is; never raises."""
        try:
            if not self.take_lease():
                return False
            self._back()
            self._round()
        except (DatabaseError, InterfaceError) as error:
            self._away(error)
        except Exception:
            log.exception("watch %s: a round failed; going on", self.owner)
        return True

    def end(self) -> None:
        """Whoever waits takes over at once."""
        self._send(False)
        with suppress(DatabaseError, InterfaceError):
            Watch.objects.filter(name=NAME, owner=self.owner).update(lease_until=None)

    # --- The lease ---------------------------------------------------------------------------------

    def take_lease(self) -> bool:
        """Take or renew it, by the clock of the database. Raises DatabaseError or InterfaceError."""
        Watch.objects.get_or_create(name=NAME)
        free = Q(owner=self.owner) | Q(lease_until=None) | Q(lease_until__lt=Now())
        rows = Watch.objects.filter(free, name=NAME)
        taken = bool(rows.update(owner=self.owner, lease_until=Now() + self._lease))
        self._renewed = time.monotonic()
        return taken

    def _renew(self) -> None:
        """Between two rules: a look that takes long must not lose the lease. Raises LeaseLost."""
        if self._is_stopping:
            raise LeaseLost
        if time.monotonic() - self._renewed >= self._renew_seconds and not self.take_lease():
            raise LeaseLost

    # --- A round -----------------------------------------------------------------------------------

    def _round(self) -> None:
        began, now = time.monotonic(), timezone.now()
        with suppress(LeaseLost):
            if time.monotonic() - self._collected >= _GAUGE_SECONDS:
                self._collected = time.monotonic()
                self._step(lambda: gauges.collect(now))
            Round(now, self._renew).judge_all()
            for step in (alerts.wake, alerts.escalate, telling.catch_up):
                self._step(partial(step, now))
            Watch.objects.filter(name=NAME, owner=self.owner).update(
                looked_at=timezone.now(), seconds=round(time.monotonic() - began, 3)
            )

    def _step(self, step: Callable[[], object]) -> None:
        try:
            step()
        except (DatabaseError, InterfaceError, LeaseLost):
            raise
        except Exception:
            log.exception("watch %s: a step failed; going on", self.owner)

    def _send(self, holds: bool) -> None:
        """Who watches also sends; who does not lets what is in hand end."""
        if holds and self._sender is None:
            self._sender = Sender()
            self._sender.start()
        elif holds and self._sender is not None:
            self._sender.ring()
        elif self._sender is not None:
            self._sender.stop(_STOP_SECONDS)
            self._sender = None

    # --- Without a database ------------------------------------------------------------------------

    def _away(self, error: Exception) -> None:
        """Nothing can be stored, so that the log alone is told at once."""
        connection.close()
        if self.away_since is None:
            self.away_since = timezone.now()
            log.critical("The database does not answer: %s", " ".join(str(error).split()))

    def _back(self) -> None:
        if self.away_since is None:
            return
        lasted, since = timezone.now() - self.away_since, self.away_since
        self.away_since = None
        log.warning("The database answers again, after %.0f s", lasted.total_seconds())
        rule = AlertRule.objects.filter(source="cause", subject="database", is_on=True).first()
        if rule is not None and lasted >= _AWAY_TOLD_AFTER:
            breach = breach_of(database_away(), rule.severity)
            alerts.open_alert(rule, breach, now=since)


class LeaseLost(Exception):
    """Somebody else watches now, or this process is to end."""


def look_once() -> bool:
    """One round in this process, with its messages sent; for cron. Returns whether it was ours to look."""
    watcher = Watcher()
    try:
        holds = watcher.beat()
        if holds:
            Sender().drain()
        return holds
    finally:
        watcher.end()


def watch() -> None:
    """Watch in this process until SIGTERM, SIGINT or SIGHUP."""
    watcher = Watcher()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, watcher.stop)
    watcher.run()
