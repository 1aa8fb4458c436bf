"""The list of calls the sandbox has had; bounded, so that a long night does not fill the memory."""

from __future__ import annotations

import threading
from collections import deque
from typing import Any

KEPT_CALLS = 100_000


class Calls:
    """Every call of the API and the token endpoint, in the order of their answers; secrets are left out."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[dict[str, Any]] = deque(maxlen=KEPT_CALLS)

    def note(self, **call: Any) -> None:
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._calls)

    def forget(self) -> None:
        with self._lock:
            self._calls.clear()
