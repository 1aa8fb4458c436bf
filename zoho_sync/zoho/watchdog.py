"""Ends what lasts too long: one thread for all the exchanges of a session, as starting one for each costs more than
sending the request."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Watchdog:
    """Calls `bark` in a thread of its own when a guarded block lasts too long; never after the block has ended.

    The thread sleeps until the first deadline that it was told, not to be woken by each later one. It ends with
    `close`, or when it wakes and nothing is guarded.
    """

    def __init__(self, bark: Callable[[], None]):
        self._bark = bark
        self._changed = threading.Condition()
        self._deadline = math.inf
        self._wakes_at = math.inf
        self._thread: threading.Thread | None = None

    @contextmanager
    def guard(self, deadline: float) -> Iterator[None]:
        """One block at a time. deadline: by time.monotonic()."""
        with self._changed:
            self._deadline = deadline
            if self._thread is None:
                self._wakes_at = deadline
                self._thread = threading.Thread(target=self._watch, name="watchdog", daemon=True)
                self._thread.start()
            elif deadline < self._wakes_at:
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                self._deadline = math.inf

    def close(self) -> None:
        """End the thread. A later block begins another."""
        with self._changed:
            self._thread = None
            self._changed.notify_all()

    def _watch(self) -> None:
        with self._changed:
            while self._thread is threading.current_thread():
                now = time.monotonic()
                if self._deadline <= now:
                    self._deadline = math.inf
                    self._bark()
                elif self._deadline < math.inf:
                    self._wakes_at = self._deadline
                    self._changed.wait(self._wakes_at - now)
                elif now < self._wakes_at:  # between two blocks
                    self._changed.wait(self._wakes_at - now)
                else:
                    self._thread = None
