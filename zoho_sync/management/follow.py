"""Following runs until they are settled; doing their work in this process where no worker does; obeying Ctrl-C."""

from __future__ import annotations

import select
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta

from django.db import connections
from django.utils import timezone
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from .. import groups, services, status
from ..errors import RunStateError
from ..models import SyncRun
from .display import View
from .plain import Screen

POLL_SECONDS = 0.5
TAKE_SECONDS = 10  # so long a living worker may leave a run untouched before this command works on it
Status = SyncRun.Status


class OwnWork(threading.Thread):
    """Works runs in this process, one after the other, while the main thread shows them and listens for Ctrl-C.

    A daemon: when the command leaves at once, the page in hand is rolled back and read again by whoever goes on.
    """

    def __init__(self, runs: Sequence[SyncRun]):
        super().__init__(name="own work", daemon=True)
        self.error: Exception | None = None
        self._runs, self._language = list(runs), get_language()

    def run(self) -> None:
        try:
            with override(self._language):  # the language is a matter of each thread
                for run in self._runs:
                    if services.work_here(run).status in SyncRun.ACTIVE:
                        break  # paused: those behind it may need its rows
        except Exception as error:  # raised again by the main thread
            self.error = error
        finally:
            connections.close_all()


class Follower:
    """Watches `runs` (kept fresh) until each has ended, waits for a person, or pauses for longer than one waits.

    say: shows a sentence. ask: asks a person whether the runs shall be cancelled; None when nobody can be asked.
    here: do the work in this process from the start.
    Afterwards `was_left` is True when Ctrl-C left runs to the worker.
    """

    def __init__(
        self,
        runs: Sequence[SyncRun],
        view: View,
        *,
        say: Callable[[str], None],
        ask: Callable[[], bool] | None,
        here: bool,
    ):
        self.runs = list(runs)
        self.was_left = False
        self._view, self._say, self._ask = view, say, ask
        self._work: OwnWork | None = None
        self._starts_here = here
        self._idle_since: float | None = None
        self._fences = -1
        self._was_interrupted = False

    def follow(self) -> None:
        self._view.resume()
        try:
            while True:
                try:
                    self._watch()
                    break
                except KeyboardInterrupt:
                    if self._obeys_by_leaving():
                        break
        finally:
            self._refresh()
            self._view.update(self.runs)
            self._view.pause()

    # --- Watching ------------------------------------------------------------------------------------

    def _watch(self) -> None:
        if self._starts_here:
            self._starts_here = False
            self._work_here()
        while True:
            is_over = (
                self._work is not None and not self._work.is_alive()
            )  # asked before the last look at the rows
            self._refresh()
            self._view.update(self.runs)
            if is_over or all(self._is_settled(run) for run in self.runs):
                break
            if self._work is None and (reason := self._why_here()):
                self._say(reason)
                self._work_here()
            time.sleep(POLL_SECONDS)
        if self._work is not None:
            self._work.join()
            if self._work.error is not None:
                raise self._work.error

    def _refresh(self) -> None:
        fresh = SyncRun.objects.select_related("organization").in_bulk([run.pk for run in self.runs])
        self.runs = [fresh[run.pk] for run in self.runs]

    def _is_settled(self, run: SyncRun) -> bool:
        if run.status == Status.QUEUED and any(_rests(other) for other in self.runs):
            return any(_rests(other) for other in groups.waits_for(run))
        return run.is_ended or run.status == Status.QUARANTINED or _rests(run)

    def _why_here(self) -> str:
        """A sentence when nobody works on what should be worked on; "" while somebody does, or has to wait."""
        now, fences = timezone.now(), sum(run.fence for run in self.runs)
        is_held = any(run.lease_until and run.lease_until > now for run in self.runs)
        has_to_wait = any(
            run.paused_until and run.paused_until > now for run in self.runs if run.status == Status.PAUSED
        )
        if is_held or has_to_wait or fences != self._fences:
            self._idle_since, self._fences = None, fences
            if is_held or has_to_wait:
                return ""
        if not status.worker_alive():
            return _(
                "No worker is running, so this command does the work itself. Ctrl-C stops after the page in hand."
            )
        self._idle_since = self._idle_since or time.monotonic()
        if time.monotonic() - self._idle_since < TAKE_SECONDS:
            return ""
        return _(
            "No worker has taken the run within %(seconds)s seconds, so this command does the work itself."
        ) % {"seconds": TAKE_SECONDS}

    def _work_here(self) -> None:
        self._work = OwnWork([run for run in self.runs if not run.is_ended])
        self._work.start()

    # --- Ctrl-C --------------------------------------------------------------------------------------

    def _obeys_by_leaving(self) -> bool:
        """True when the command shall leave now: the person chose so, or did not even wait for our answer."""
        try:
            return self._obey_interrupt()
        except KeyboardInterrupt:
            return self._leave()

    def _obey_interrupt(self) -> bool:
        if self._was_interrupted:
            return self._leave()
        self._was_interrupted = True
        if self._work is not None:
            self._say(_("Stopping after the page in hand. Ctrl-C again leaves at once."))
            self._for_each(services.pause_run)
            return False
        if not self._wants_cancel():
            return self._leave()
        self._for_each(services.cancel_run)
        self._say(_("Cancelling after the page in hand. Ctrl-C again leaves at once."))
        return False

    def _leave(self) -> bool:
        self.was_left = True
        return True

    def _wants_cancel(self) -> bool:
        if self._ask is None:
            return False
        self._view.pause()
        try:
            return self._ask()
        finally:
            self._view.resume()

    def _for_each(self, verb) -> None:
        for run in self.runs:
            if not run.is_ended:
                with suppress(RunStateError):  # it has ended meanwhile, or is about to
                    verb(run)


def cancel_or_leave(screen: Screen) -> bool:
    """Ask the person at the terminal; True means cancel. No answer, and a second Ctrl-C, leave the run alone."""
    screen.print(_("Cancel the run, or leave it to the worker? [c: cancel, Enter: leave] "), end="")
    try:
        while not select.select([sys.stdin], [], [], 0.2)[0]:
            pass  # a blocking read would miss a Ctrl-C that comes just before it
        return sys.stdin.readline().strip().lower() in ("c", "cancel")
    except KeyboardInterrupt:
        screen.print()
        return False


def _rests(run: SyncRun) -> bool:
    """Paused until somebody resumes it, or for longer than a person waits."""
    if run.status != Status.PAUSED:
        return False
    patience = timezone.now() + timedelta(seconds=services.WAIT_HERE_SECONDS)
    return run.paused_until is None or run.paused_until > patience
