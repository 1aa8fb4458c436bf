"""How many deliveries one address may bring in a minute, and how many of them may be badly signed.

Counted in each web process for itself: the limits protect a process from being kept busy, they are no ledger. The
second one is small: who signs badly all the time is not Zoho.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict

from django.conf import settings

WINDOW_SECONDS = 60
MOST_ADDRESSES = 10_000  # remembered; the ones not heard of for longest are forgotten first


class Window:
    """Counts by address in minutes of its own."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[float, int]] = OrderedDict()  # address: (since, count)
        self._lock = threading.Lock()

    def add(self, address: str, now: float) -> None:
        with self._lock:
            since, count = self._counts.pop(address, (now, 0))
            self._counts[address] = (now, 1) if now - since >= WINDOW_SECONDS else (since, count + 1)
            if len(self._counts) > MOST_ADDRESSES:
                self._counts.popitem(last=False)

    def seconds_left(self, address: str, limit: int, now: float) -> int:
        """0 while the address is within its limit, else the seconds until it is heard again."""
        with self._lock:
            since, count = self._counts.get(address, (now, 0))
        left = WINDOW_SECONDS - (now - since)
        return max(1, round(left)) if count >= limit and left > 0 else 0

    def forget(self) -> None:
        with self._lock:
            self._counts.clear()


_all, _refused = Window(), Window()


def admit(address: str) -> int:
    """Count a delivery from this address; 0 when it may go on, else the seconds it shall wait."""
    now = time.monotonic()
    wait = max(
        _all.seconds_left(address, settings.WEBHOOKS["PER_MINUTE"], now),
        _refused.seconds_left(address, settings.WEBHOOKS["REFUSED_PER_MINUTE"], now),
    )
    if not wait:
        _all.add(address, now)
    return wait


def note_refusal(address: str) -> None:
    _refused.add(address, time.monotonic())


def forget() -> None:
    """As if nobody had come yet."""
    _all.forget()
    _refused.forget()
