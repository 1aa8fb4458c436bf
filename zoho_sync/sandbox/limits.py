"""The limits of one organisation: per minute, per day, and at once."""

from __future__ import annotations

import threading
import time
from collections import deque

from .answers import Refusal
from .settings import Settings

_DAY_SECONDS = 86_400
_BLOCKED = (
    "For security reasons you have been blocked for some time as you have exceeded "
    "the maximum number of requests per minute that can originate from one account."
)


class Limits:
    """Counts calls. A refused call counts against the day, and not against the minute."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._lock = threading.Lock()
        self._recent: deque[float] = deque()
        self._in_flight = 0
        self._day_began = time.monotonic()
        self.day_count = 0

    def enter(self) -> None:
        """Let one call in, or raise Refusal 429. Every call let in must be followed by leave()."""
        settings = self.settings
        with self._lock:
            now = time.monotonic()
            if now - self._day_began >= _DAY_SECONDS:
                self._day_began, self.day_count = now, 0
            self.day_count += 1
            if settings.calls_per_day is not None and self.day_count > settings.calls_per_day:
                text = f"You have exceeded the maximum call rate limit of {settings.calls_per_day}."
                raise self._refusal(45, text, _DAY_SECONDS - (now - self._day_began))
            self._forget_before(now - settings.window_seconds)
            if settings.calls_per_minute is not None and len(self._recent) >= settings.calls_per_minute:
                wait = (
                    settings.window_seconds - (now - self._recent[0])
                    if self._recent
                    else settings.window_seconds
                )
                raise self._refusal(settings.minute_code, _BLOCKED, wait)
            if settings.concurrency is not None and self._in_flight >= settings.concurrency:
                raise self._refusal(1070, "You have reached the maximum number of in process requests.", 1)
            self._recent.append(now)
            self._in_flight += 1

    def leave(self) -> None:
        with self._lock:
            self._in_flight -= 1

    def forget(self) -> None:
        """Start counting afresh."""
        with self._lock:
            self._recent.clear()
            self.day_count = 0
            self._day_began = time.monotonic()

    def headers(self) -> dict[str, str]:
        """X-Rate-Limit-* as live clients read them; seconds until the oldest call leaves the window."""
        settings = self.settings
        if not settings.rate_headers or settings.calls_per_minute is None:
            return {}
        with self._lock:
            now = time.monotonic()
            self._forget_before(now - settings.window_seconds)
            left = max(settings.calls_per_minute - len(self._recent), 0)
            reset = settings.window_seconds - (now - self._recent[0]) if self._recent else 0
        return {
            "X-Rate-Limit-Limit": str(settings.calls_per_minute),
            "X-Rate-Limit-Remaining": str(left),
            "X-Rate-Limit-Reset": str(max(int(reset + 0.999), 0)),
        }

    def _forget_before(self, moment: float) -> None:
        while self._recent and self._recent[0] <= moment:
            self._recent.popleft()

    def _refusal(self, code: int, text: str, wait: float) -> Refusal:
        headers = {"Retry-After": str(max(int(wait + 0.999), 1))} if self.settings.retry_after else {}
        return Refusal(429, code, text, headers)
