"""Which failures are worth another try, how often, and after how long."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from ..errors import ZohoError

MOST_ATTEMPTS = 4
LONGEST_PAUSE_SECONDS = 8.0

Result = TypeVar("Result")
_backoff = wait_random_exponential(multiplier=0.5, max=LONGEST_PAUSE_SECONDS)  # full jitter


def persistently(attempt: Callable[[], Result], *, deadline: float, stop: threading.Event) -> Result:
    """Call `attempt` until it works, at most four times; only what is transient is tried again.

    deadline: by time.monotonic(); no pause ends after it. stop: ends the pauses. The last error is raised as it is.
    """

    def is_over(state: RetryCallState) -> bool:
        return stop.is_set() or time.monotonic() + state.upcoming_sleep >= deadline

    def rest(seconds: float) -> None:
        stop.wait(seconds)

    return Retrying(
        retry=retry_if_exception(_worthwhile),
        wait=_pause,
        stop=lambda state: stop_after_attempt(MOST_ATTEMPTS)(state) or is_over(state),
        sleep=rest,
        reraise=True,
    )(attempt)


def _worthwhile(error: BaseException) -> bool:
    return isinstance(error, ZohoError) and error.is_transient


def _pause(state: RetryCallState) -> float:
    """Seconds: a random backoff, or what Zoho asked for where that is longer."""
    error = state.outcome.exception() if state.outcome else None
    asked = error.retry_after_seconds if isinstance(error, ZohoError) else None
    # Whoever was sent away together must not come back together.
    return max(_backoff(state), asked + random.uniform(0.0, 0.5) if asked else 0.0)
