"""Alerts to tell of, channels to tell them through, and a real server at their other end."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.utils import timezone

from monitoring import channel_config
from monitoring.models import Alert, AlertChannel, AlertDelivery, AlertEvent
from monitoring.sending import Sender
from zoho_sync.sentences import sentence

What, State = AlertEvent.What, AlertDelivery.State


@dataclass
class Receiver:
    """A web server that keeps what it is sent. `answers`: (status, headers, body) of the next ones, then 200."""

    url: str
    got: list[dict[str, Any]] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str], bytes]] = field(default_factory=list)
    is_silent: threading.Event = field(default_factory=threading.Event)  # takes everything, answers nothing
    released: threading.Event = field(default_factory=threading.Event)
    arrived: threading.Semaphore = field(default_factory=lambda: threading.Semaphore(0))

    def body(self, place: int = -1) -> Any:
        return json.loads(self.got[place]["body"])


@pytest.fixture
def receivers() -> Iterator[Callable[[], Receiver]]:
    """Starts one more server each time it is called."""
    running: list[tuple[ThreadingHTTPServer, Receiver]] = []

    def start() -> Receiver:
        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                told.got.append({"path": self.path, "headers": dict(self.headers), "body": body})
                told.arrived.release()
                if told.is_silent.is_set():
                    told.released.wait(30)
                    return
                status, headers, answer = told.answers.pop(0) if told.answers else (200, {}, b"ok")
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, *_words) -> None:
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_words) -> None:
                pass  # a client that hangs up is what some tests are about

        server = Server(("127.0.0.1", 0), Handler)
        told = Receiver(f"http://127.0.0.1:{server.server_port}")
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        running.append((server, told))
        return told

    yield start
    for server, told in running:
        told.released.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def receiver(receivers) -> Receiver:
    return receivers()


@pytest.fixture
def private_allowed(settings) -> None:
    """The servers of these tests are on this machine."""
    settings.ALERT_ALLOW_PRIVATE = True


@pytest.fixture
def channel(db) -> Callable[..., AlertChannel]:
    """Makes one; `values` are its settings, secret or not."""

    def make(kind: str = "log", name: str = "", *, values: dict | None = None, **columns) -> AlertChannel:
        made = AlertChannel(name=name or f"{kind} {AlertChannel.objects.count()}", kind=kind, **columns)
        channel_config.put(made, values or {})
        made.save()
        return made

    return make


@pytest.fixture
def alert(db) -> Callable[..., Alert]:
    def make(fingerprint: str = "worker", **columns) -> Alert:
        now = timezone.now()
        told = {
            "severity": "error",
            "title": sentence("No worker is alive"),
            "message": sentence("No worker gives a sign of life, so queued runs wait."),
            "what_to_do": sentence("Start one: `make run` or `make worker`."),
            "first_seen_at": now,
            "last_seen_at": now,
        }
        return Alert.objects.create(fingerprint=fingerprint, **told | columns)

    return make


@pytest.fixture
def event() -> Callable[..., AlertEvent]:
    def make(alert: Alert, what: str = What.OPENED, **columns) -> AlertEvent:
        told = {"at": timezone.now(), "severity": alert.severity} | columns
        return AlertEvent.objects.create(alert=alert, what=what, **told)

    return make


@pytest.fixture
def sender() -> Iterator[Callable[..., Sender]]:
    """Makes senders that look often; all of them are stopped in the end."""
    made: list[Sender] = []

    def make(**options) -> Sender:
        made.append(Sender(**{"look_seconds": 0.05} | options))
        return made[-1]

    yield make
    for each in made:
        each.stop(5)


@pytest.fixture
def lines() -> Iterator[list[logging.LogRecord]]:
    """What was written to the log, of every level."""
    kept: list[logging.LogRecord] = []

    class Keeper(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            kept.append(record)

    root, keeper = logging.getLogger(), Keeper(logging.DEBUG)
    before = root.level
    root.addHandler(keeper)
    root.setLevel(logging.DEBUG)
    yield kept
    root.removeHandler(keeper)
    root.setLevel(before)
