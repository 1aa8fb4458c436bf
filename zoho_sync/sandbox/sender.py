"""The sender of webhooks: what happens to a record is told to whoever asked, again and again until a 2xx or the end.

As the field reference tells (zoho-api.md, 11.4): any other status is a failure, redirects included; five seconds to
connect and ten to answer; five more tries; then the delivery is lost. Threads send side by side: no order is promised.
"""

from __future__ import annotations

import heapq
import http.client
import itertools
import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from .hooks import HookError, Webhook, content, make_webhook, signature
from .settings import Settings

KEPT_DELIVERIES = 20_000
_THREADS = 4
_MOST_ANSWER_BYTES = 65_536
WAITING, DELIVERED, LOST = "waiting", "delivered", "lost"


@dataclass(slots=True)
class Delivery:
    """One body on its way; it is let go of once it has arrived or is lost."""

    id: int
    hook: Webhook
    event: str
    record_id: str
    content_type: str
    body: bytes
    state: str = WAITING
    attempts: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        told = {"id": self.id, "webhook": self.hook.id, "module": self.hook.module, "url": self.hook.url}
        told |= {"event": self.event, "record_id": self.record_id, "state": self.state}
        return told | {"attempts": list(self.attempts)}


class Sender:
    """All webhooks of the sandbox. `happened` is called with the world's lock held, and never waits."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._hooks: dict[str, Webhook] = {}
        self._changed = threading.Condition()
        self._due: list[tuple[float, int, Delivery]] = []  # a heap
        self._held: list[Delivery] | None = None
        self._kept: deque[Delivery] = deque(maxlen=KEPT_DELIVERIES)
        self._numbers = itertools.count(1)
        self._ranks = itertools.count()
        self._threads: list[threading.Thread] = []
        self._stopping = False

    # what the control door calls

    def set_webhook(self, module: str, url: str, **options: Any) -> str:
        hook = make_webhook(str(next(self._numbers)), module, url, **options)
        with self._changed:
            self._hooks[hook.id] = hook
            if not self._threads and not self._stopping:
                self._threads = [
                    threading.Thread(target=self._work, name=f"zoho-webhooks-{number}", daemon=True)
                    for number in range(_THREADS)
                ]
                for thread in self._threads:
                    thread.start()
        return hook.id

    def webhooks(self) -> list[dict[str, Any]]:
        with self._changed:
            return [hook.as_dict() for hook in self._hooks.values()]

    def remove_webhook(self, id: str) -> None:
        """What is on its way already goes on."""
        with self._changed:
            if self._hooks.pop(id, None) is None:
                raise HookError(f"There is no webhook {id!r}.")

    def sent(self) -> list[dict[str, Any]]:
        with self._changed:
            return [delivery.as_dict() for delivery in self._kept]

    def hold(self) -> None:
        """Keep back whatever happens from now on, until release()."""
        with self._changed:
            self._held = [] if self._held is None else self._held

    def release(self, shuffle: int | None = None) -> int:
        """Send what was kept back, in its order or in the one that the seed `shuffle` gives; returns how many."""
        with self._changed:
            held, self._held = self._held or [], None
            if shuffle is not None:
                random.Random(shuffle).shuffle(held)
            for delivery in held:
                self._push(delivery, self.settings.webhook_delay_ms / 1000)
            return len(held)

    # what the world calls

    def happened(self, module: str, event: str, record_id: str, record: bytes) -> None:
        """record: its true detail form, of a deleted one as it last was."""
        with self._changed:
            for hook in self._hooks.values():
                if hook.module != module or event not in hook.events:
                    continue
                content_type, body = content(hook, record)
                for _ in range(int(self.settings.webhook_copies)):
                    delivery = Delivery(next(self._numbers), hook, event, record_id, content_type, body)
                    self._kept.append(delivery)
                    if self._held is not None:
                        self._held.append(delivery)
                    else:
                        self._push(delivery, self.settings.webhook_delay_ms / 1000)

    @property
    def is_wanted(self) -> bool:
        return bool(self._hooks)

    def stop(self) -> None:
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(0.5)  # one that waits for an answer ends with the process

    # inside

    def _push(self, delivery: Delivery, seconds: float) -> None:
        heapq.heappush(self._due, (time.monotonic() + seconds, next(self._ranks), delivery))
        self._changed.notify()

    def _work(self) -> None:
        while (delivery := self._next()) is not None:
            attempt = self._attempt(delivery)
            with self._changed:
                delivery.attempts.append(attempt)
                if attempt["status"] is not None and 200 <= attempt["status"] < 300:
                    delivery.state = DELIVERED
                elif len(delivery.attempts) > self.settings.webhook_retries:
                    delivery.state = LOST
                else:
                    self._push(delivery, self.settings.webhook_spacing_seconds)
                    continue
                delivery.body = b""

    def _next(self) -> Delivery | None:
        with self._changed:
            while not self._stopping:
                wait = self._due[0][0] - time.monotonic() if self._due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(wait)
        return None

    def _attempt(self, delivery: Delivery) -> dict[str, Any]:
        """at: seconds since 1970. status: None when there was no answer, and then `error` says why."""
        hook = delivery.hook
        parts = urlsplit(hook.url)
        headers = {"Content-Type": delivery.content_type}
        if hook.secret:
            headers["X-Zoho-Webhook-Signature"] = signature(hook, delivery.content_type, delivery.body)
        told: dict[str, Any] = {"at": time.time(), "status": None, "error": ""}
        began = time.monotonic()
        connection = http.client.HTTPConnection(
            parts.hostname or "", parts.port or 80, timeout=self.settings.webhook_connect_seconds
        )
        try:
            connection.connect()
            connection.sock.settimeout(self.settings.webhook_read_seconds)
            target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
            connection.request("POST", target, delivery.body, headers)
            answer = connection.getresponse()
            answer.read(_MOST_ANSWER_BYTES)
            told["status"] = answer.status
        except (OSError, http.client.HTTPException) as error:
            told["error"] = str(error) or type(error).__name__
        finally:
            connection.close()
        told["ms"] = round((time.monotonic() - began) * 1000)
        return told
