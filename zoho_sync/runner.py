"""Working on a run, a time slice at a time. Starting, going on after a crash, and pausing are the same code:

    claim the lease → phases from the cursor → page: prepare, then in one transaction rows + cursor + counts → … → end

Whoever loses the lease writes nothing more; whoever takes it over goes on after the last page that committed. What was
fetched ahead of it waits in the spool, so that a kill costs one call at most.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import F
from django.utils import timezone

from . import endings, groups, housekeeping, leases
from .collector import let_collector_rest
from .committing import Committing
from .errors import AuthError, LeaseLost, NotConnected, Paused, SyncError, ZohoError
from .leases import Lease
from .models import SyncRun
from .options import SyncOptions, Trigger
from .phases import Phase, expected, phases_of
from .phases.removals import TooManyMissing
from .processors import registry
from .queue import enqueue_run
from .sentences import said
from .sentences import sentence as _
from .signals import RunEvent, run_changed, tell
from .spool import Spool
from .webhooks import settling
from .work import Page, Work
from .zoho.ahead import Ended, fetch_ahead
from .zoho.client import ZohoClient
from .zoho.limits import LONGEST_WAIT_SECONDS

log = logging.getLogger(__name__)

Status = SyncRun.Status
GOES_ON = "to be continued"
MAX_IDLE_ATTEMPTS = 10  # slices in a row that died or failed without one page committed
LONGEST_GRACE_SECONDS = 200.0  # for a call under way at the end of a slice; the queue ends jobs after 600
_BACKOFF_SECONDS = (5, 15, 30, 60, 120)


class _SliceOver(Exception):
    """The slice's time is spent, or somebody paused or cancelled the run."""


def work_slice(run_id: int, *, seconds: float | None = None, rings: bool = True) -> str:
    """Work on a run until it ends, waits, or the slice's time is over. Returns what happened, in a word.

    Does nothing when somebody else has it ("not free"), or it waits for others of its group ("waits for its group").
    rings: queue the next slice.
    """
    let_collector_rest()
    try:
        lease = leases.claim(run_id)
        if lease is None:
            return "not free"
        run = SyncRun.objects.select_related("organization").get(pk=run_id)
        if groups.waits_for(run):
            _unbegin(run, lease)
            return "waits for its group"
        return _Slice(run, lease, seconds or settings.ZOHO["SLICE_SECONDS"], rings).work()
    except LeaseLost as error:
        log.warning("%s; this worker stops", error)
        return "lease lost"
    except (OperationalError, InterfaceError) as error:
        # The database went away or is locked: nothing can be written now, not even that. The lease ends by itself,
        # and whoever takes the run over goes on after the last committed page.
        told = f"run {run_id}: the database failed ({error}); it goes on when its lease has ended"
        log.exception(told)  # the terminal shows its first line alone
        connection.close()
        return "database failed"


class _Slice:
    def __init__(self, run: SyncRun, lease: Lease, seconds: float, rings: bool):
        self.run, self.lease, self.rings = run, lease, rings
        self.ends_at = time.monotonic() + seconds
        self.renewed_at = time.monotonic()
        self.client = ZohoClient(run.organization, run_id=run.pk)
        self.spool = Spool(run)
        self.committing = Committing(lease, self.client)

    def work(self) -> str:
        outcome = self._work()
        if outcome not in (GOES_ON, "paused", Status.FAILED):  # those may go on
            self.spool.close()
        return outcome

    def _work(self) -> str:
        """Every way out leaves a state that says what happened and what comes next."""
        run = self.run
        if run.status == Status.CANCELLING:
            return endings.cancelled(run, self.lease)
        if run.idle_attempts > MAX_IDLE_ATTEMPTS:
            return endings.failed(run, self.lease, _(endings.GAVE_UP) % {"count": MAX_IDLE_ATTEMPTS})
        try:
            work = Work(run, registry.get(run.entity), SyncOptions.from_json(run.options), is_kept=True)
            self._begin(work)
            self.client.priority = work.priority
            with self.client:
                self._work_phases(work)
            return endings.finished(work, self.lease)
        except _SliceOver:
            return self._yield()
        except Paused as error:
            begun = max(0, run.idle_attempts - 1)  # waiting is no attempt that failed
            return endings.paused(run, self.lease, error.retry_at, said(error), idle_attempts=begun)
        except TooManyMissing as error:
            return endings.quarantined(work, self.lease, said(error))
        except (AuthError, NotConnected) as error:
            return endings.failed(run, self.lease, said(error), blameless=True)
        except ZohoError as error:
            return self._after_refusal(error)
        except (LeaseLost, OperationalError, InterfaceError):
            raise
        except (SyncError, ValueError) as error:
            return endings.failed(run, self.lease, said(error))
        except Exception as error:
            log.exception("run %s: unexpected error", run.pk)
            return endings.failed(run, self.lease, _(endings.UNEXPECTED) % {"error": type(error).__name__})

    def _begin(self, work: Work) -> None:
        run = self.run
        if run.slices_count == 1:
            self.lease.write(progress_total=expected(work))
            counts = {"options": run.options}
            tell(
                run_changed,
                RunEvent(
                    "tds.zoho.sync.started",
                    run.organization_id,
                    run.pk,
                    run.entity,
                    run.mode,
                    "running",
                    counts,
                ),
            )
        self._show_life()

    def _show_life(self) -> None:
        if self.rings:  # else this is a person's command, not the queue
            housekeeping.sign_of_life()

    def _after_refusal(self, error: ZohoError) -> str:
        """What is transient is tried again, later and later, once the run has proven that it can work at all."""
        attempt = self.run.idle_attempts
        has_worked = bool(self.run.cursor) or self.run.trigger == Trigger.WEBHOOK  # who hints, gives up last
        if error.is_transient and has_worked and attempt < len(_BACKOFF_SECONDS):
            rest = timedelta(seconds=_BACKOFF_SECONDS[attempt])
            return endings.paused(self.run, self.lease, timezone.now() + rest, said(error))
        is_away = error.is_transient and settling.found_nobody(self.run)
        return endings.failed(self.run, self.lease, said(error), blameless=is_away)

    def _yield(self) -> str:
        self.run.refresh_from_db(fields=["status"])
        if self.run.status == Status.CANCELLING:
            return endings.cancelled(self.run, self.lease)
        with transaction.atomic():
            self.lease.let_go()
            if self.run.status == Status.PAUSED:
                return "paused"
            if self.rings:
                enqueue_run(self.run.pk)
        return GOES_ON

    # --- Phases and pages ----------------------------------------------------------------------------

    def _work_phases(self, work: Work) -> None:
        phases = phases_of(work)
        names = [phase.name for phase in phases]
        current = work.run.cursor.get("phase")
        first = names.index(current) if current in names else 0
        for phase in phases[first:]:
            at = work.run.cursor.get("at", {}) if phase.name == current else {}
            self._work_phase(work, phase, at)

    def _work_phase(self, work: Work, phase: Phase, at: dict) -> None:
        is_over = False
        with fetch_ahead(self._pages(work, phase, at), depth=1, stop=self.client.interrupt) as pages:
            while not isinstance(page := pages.get(timeout=1.0), Ended):
                status = self._take(work, phase, page) if page is not None else self.lease.status()
                if self._is_over(status):
                    is_over = True
                    pages.finish()  # what Zoho is answering now is stored still, not thrown away
        if is_over:
            raise _SliceOver

    def _pages(self, work: Work, phase: Phase, at: dict) -> Iterator[Page]:
        """The phase's pages from `at` on: what a predecessor had fetched already, then what Zoho answers."""
        for page in self.spool.left(phase.name, at):
            at = page.cursor
            yield page
        if at.get("more") is False:  # the listing's last page is in
            return
        for page in phase.pages(work, self.client, at):
            self.spool.keep(phase.name, at, page)
            at = page.cursor
            yield page

    def _take(self, work: Work, phase: Phase, page: Page) -> str:
        """Store the page. Returns the status that the run had then."""
        status = self.committing.store(work, phase, page)
        self.spool.stored(phase.name, page.cursor)
        self.renewed_at = time.monotonic()
        return status

    def _is_over(self, status: str) -> bool:
        """Between two pages: is the lease fresh, does somebody want the run to stop, is the slice's time spent?

        status: the run's as it was just read. Raises _SliceOver where there is no time for the page under way.
        """
        now = time.monotonic()
        if now - self.renewed_at > settings.ZOHO["LEASE_SECONDS"] / 4:
            self.lease.renew()
            self._show_life()
            self.renewed_at = now
        grace = min(settings.ZOHO["CALL_SECONDS"] + LONGEST_WAIT_SECONDS, LONGEST_GRACE_SECONDS)
        if status == Status.CANCELLING or now > self.ends_at + grace:
            raise _SliceOver
        return status != Status.RUNNING or now > self.ends_at


def _unbegin(run: SyncRun, lease: Lease) -> None:
    """The claim came too early: the run waits on as if nobody had looked at it."""
    as_before: dict[str, Any] = {
        "idle_attempts": F("idle_attempts") - 1,
        "slices_count": F("slices_count") - 1,
    }
    if not run.cursor:
        as_before["started_at"] = None
    with transaction.atomic():
        lease.mine.update(**as_before)
        lease.mine.filter(status=Status.RUNNING).update(status=Status.QUEUED)
        lease.let_go()
