"""Somebody at the other end of the sandbox's webhooks."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field

SECRET = "abcDEF123456"  # nothing but a test


@dataclass
class Post:
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def signature(self) -> str | None:
        return self.headers.get("x-zoho-webhook-signature")


@dataclass
class Receiver:
    """Takes POSTs, and answers each with the next of `statuses`, then with 200."""

    url: str
    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    pause: float = 0.0

    def wait_for(self, count: int) -> list[Post]:
        deadline = time.monotonic() + 30
        while len(self.posts) < count:
            assert time.monotonic() < deadline, f"{len(self.posts)} of {count} came"
            time.sleep(0.01)
        return self.posts


def settled(control, count: int = 1) -> list[dict]:
    """What was sent, once so many deliveries have arrived or are lost."""
    deadline = time.monotonic() + 30
    while True:
        ended = [each for each in control.sent() if each["state"] != "waiting"]
        if len(ended) >= count:
            return ended
        assert time.monotonic() < deadline, control.sent()
        time.sleep(0.01)
