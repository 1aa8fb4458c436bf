"""Sends what waits, in threads of the process that watches: one thread per channel, so that none waits for another."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import DatabaseError, InterfaceError, connections
from django.utils import timezone

from zoho_sync.sentences import sentence as _

from . import attempts
from .attempts import Claim
from .channels.base import ChannelError

log = logging.getLogger(__name__)

MOST_THREADS = 8
LOOK_SECONDS = 5.0  # without a ring: for what is to be tried again
HANGS_AFTER_SECONDS = 45.0  # less than the lease; our own channels end long before
STOP_SECONDS = 20.0


@dataclass
class _Hand:
    """A thread at work for one channel. claim: what it has in hand; is_lost: it hangs, and is not counted any more."""

    channel_id: int
    thread: threading.Thread | None = None
    claim: Claim | None = None
    since: float = field(default_factory=time.monotonic)
    is_lost: bool = False

    @property
    def is_alive(self) -> bool:
        return self.thread is not None and self.thread.is_alive()


class Sender:
    """start(), ring() when something new waits, stop(). Nothing of it ever raises into its caller.

    A channel whose thread hangs gets no second one, and does not take one of the `most_threads` from the others.
    """

    def __init__(
        self,
        *,
        most_threads: int = MOST_THREADS,
        look_seconds: float = LOOK_SECONDS,
        lease: timedelta = attempts.LEASE,
        hangs_after_seconds: float = HANGS_AFTER_SECONDS,
    ):
        self._most_threads = most_threads
        self._look_seconds = look_seconds
        self._lease = lease
        self._hangs_after = hangs_after_seconds
        self._bell = threading.Event()
        self._is_stopping = threading.Event()
        self._hands: dict[int, _Hand] = {}
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._is_stopping.clear()
            self._thread = threading.Thread(target=self._run, name="alert-sender", daemon=True)
            self._thread.start()

    def ring(self) -> None:
        """Something waits: look now."""
        self._bell.set()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Begin nothing new, and wait for what is in hand, at most so long; what is left is sent by the next sender."""
        self._is_stopping.set()
        self._bell.set()
        until = time.monotonic() + seconds
        if self._thread is not None:
            self._thread.join(max(0.0, until - time.monotonic()))
        for hand in list(self._hands.values()):
            if hand.thread is not None and not hand.is_lost:
                hand.thread.join(max(0.0, until - time.monotonic()))

    def drain(self, seconds: float = 60.0) -> bool:
        """Send what is due now, in threads as ever, and come back. Returns whether nothing is left; without start()."""
        until = time.monotonic() + seconds
        self._is_stopping.clear()
        while time.monotonic() < until:
            is_done = self._look() == 0 and not self._busy()
            if is_done:
                return True
            self._bell.wait(0.05)
            self._bell.clear()
        self._is_stopping.set()
        return False

    # --- The dispatcher ------------------------------------------------------------------------------

    def _run(self) -> None:
        try:
            while not self._is_stopping.is_set():
                self._bell.clear()
                self._look()
                self._bell.wait(self._look_seconds)
        finally:
            connections.close_all()

    def _look(self) -> int:
        """Give every channel with work a thread, as far as there are any. Returns how many wait for one."""
        self._tidy()
        try:
            waiting = [each for each in attempts.due_channels(timezone.now()) if each not in self._hands]
        except (DatabaseError, InterfaceError) as error:
            connections.close_all()
            log.warning("The database does not answer: %s", " ".join(str(error).split()))
            return 0
        except Exception:
            log.exception("What waits to be sent could not be found out; going on")
            return 0
        free = max(0, self._most_threads - len(self._busy()))
        for channel_id in waiting[:free]:
            hand = _Hand(channel_id)
            hand.thread = threading.Thread(
                target=self._work, args=(hand,), name=f"alert-channel-{channel_id}", daemon=True
            )
            self._hands[channel_id] = hand
            hand.thread.start()
        return len(waiting)

    def _busy(self) -> list[_Hand]:
        return [hand for hand in self._hands.values() if hand.is_alive and not hand.is_lost]

    def _tidy(self) -> None:
        for hand in list(self._hands.values()):
            if not hand.is_alive:
                del self._hands[hand.channel_id]
            elif hand.claim and not hand.is_lost and time.monotonic() - hand.since > self._hangs_after:
                self._lose(hand, hand.claim)

    def _lose(self, hand: _Hand, claim: Claim) -> None:
        hand.is_lost = True
        log.error("channel %s: message %s hangs; the others go on", hand.channel_id, claim.delivery.pk)
        error = ChannelError(_("It did not come to an end."))
        try:
            attempts.failed(claim, error, time.monotonic() - hand.since, {})
        except (DatabaseError, InterfaceError) as problem:
            log.warning("The database does not answer: %s", " ".join(str(problem).split()))

    # --- One channel's thread ------------------------------------------------------------------------

    def _work(self, hand: _Hand) -> None:
        try:
            while not self._is_stopping.is_set() and not hand.is_lost:
                claim = attempts.claim(hand.channel_id, lease=self._lease)
                if claim is None:
                    break
                hand.since, hand.claim = time.monotonic(), claim
                went_well = attempts.carry_out(claim)
                hand.claim = None
                if not went_well:
                    break  # those that work come first; a dead one must not keep its place message after message
        except (DatabaseError, InterfaceError) as error:
            log.warning("The database does not answer: %s", " ".join(str(error).split()))
        except Exception:
            log.exception("channel %s: its thread ended by a mistake", hand.channel_id)
        finally:
            connections.close_all()
            self._bell.set()
