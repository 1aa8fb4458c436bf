"""Does the database answer, and how fast? Asked from a thread of its own, so that one that hangs holds nobody up.

A server that takes the question and never answers (frozen, or behind a network that swallows everything) would keep
the asking thread for as long as TCP has patience. There is one such thread at most in a process.
"""

from __future__ import annotations

import threading
import time

from django.db import DatabaseError, connection

PATIENCE_SECONDS = 3.0


class NoPulse(DatabaseError):
    """The database did not answer, or not in time."""


class _Question:
    def __init__(self) -> None:
        self.asked_at = time.monotonic()
        self.answered = threading.Event()
        self.seconds = 0.0
        self.error: Exception | None = None
        threading.Thread(target=self._ask, name="pulse", daemon=True).start()

    def _ask(self) -> None:
        try:
            with connection.cursor() as cursor:  # of this thread
                began = time.monotonic()
                cursor.execute("SELECT 1")
                cursor.fetchone()
                self.seconds = time.monotonic() - began
        except Exception as error:  # whatever it is, it is no answer; whoever waits is told
            self.error = error
        finally:
            connection.close()
            self.answered.set()


_lock = threading.Lock()
_question: _Question | None = None


def feel() -> float:
    """Seconds that the answer took, the way there not counted. Raises NoPulse, after PATIENCE_SECONDS at most."""
    global _question
    with _lock:
        if _question is None or _question.answered.is_set():
            _question = _Question()
        asked = _question
    left = max(0.0, asked.asked_at + PATIENCE_SECONDS - time.monotonic())
    if not asked.answered.wait(left):
        raise NoPulse("no answer in time")
    if asked.error is not None:
        raise NoPulse(str(asked.error)) from asked.error
    return asked.seconds
