"""The HTTP side: one thread per connection, keep-alive, no Nagle delay, loopback only."""

from __future__ import annotations

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from . import wire
from .answers import Listing, Refusal, Reply, Request, Single, unknown_path
from .door import PREFIX, DoorError
from .encoding import encode
from .faults import NO_FAULT, Fault, render_listing, render_single
from .routes import Route, find_route, organization
from .routes.organization import NOT_YOURS
from .world import SANDBOX_ORGANIZATION_ID

if TYPE_CHECKING:
    from .sandbox import Sandbox

_ROOTS = {"/inventory/v1": "inventory", "/books/v3": "books"}
_MAX_BODY = 64 * 1024 * 1024
_SECRETS = ("client_secret", "refresh_token", "code", "token", "client_id")


class Server(ThreadingHTTPServer):
    """Knows its open connections, so that stopping ends them all at once."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.stopping = threading.Event()
        self._open: set[socket.socket] = set()
        self._open_lock = threading.Lock()
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, Handler)

    def server_bind(self) -> None:
        """Without the name look-up of HTTPServer, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._open_lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._open_lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def stop(self) -> None:
        self.stopping.set()
        self.shutdown()
        self.server_close()
        with self._open_lock:
            connections = list(self._open)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        patience = time.monotonic() + 5
        while self._open and time.monotonic() < patience:  # every connection is closed by its own thread
            time.sleep(0.005)


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Server
    _is_counted = False

    def log_message(self, format: str, *args: Any) -> None:
        """Calls are kept in Calls; nothing is printed here."""

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_PUT(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        url = urlsplit(self.path)
        body = self._body()
        if body is None:
            return
        try:
            if url.path.startswith(PREFIX):
                self._door(url.path[len(PREFIX) :], body)
            elif url.path.startswith("/oauth/"):
                self._accounts(url.path, dict(parse_qsl(url.query, keep_blank_values=True)), body)
            else:
                self._api(url.path, dict(parse_qsl(url.query, keep_blank_values=True)))
        except wire.Hangup:
            self.close_connection = True

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > _MAX_BODY:
            self.close_connection = True
            self._send(Reply(413, b"", code=None))
            return None
        return self.rfile.read(int(length)) if length != "0" else b""

    # the control door

    def _door(self, verb: str, body: bytes) -> None:
        # A web page cannot send this content type to another origin without asking first.
        if self.command != "POST" or not self.headers.get("Content-Type", "").startswith("application/json"):
            self._send(
                Reply(400, b"The control door takes POST with application/json.", content_type="text/plain")
            )
            return
        try:
            answer = self.server.sandbox.door.serve(verb, body)
        except DoorError as error:
            self._send(Reply(400, str(error).encode(), content_type="text/plain;charset=UTF-8"))
            return
        if isinstance(answer, bytes):
            self._send(Reply(200, answer))
            return
        self._stream(answer)

    def _stream(self, lines: Iterator[bytes]) -> None:
        self.close_connection = True
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-ndjson\r\nConnection: close\r\n\r\n"
        self.connection.sendall(head)
        for part in lines:
            self.connection.sendall(part)

    # the accounts server

    def _accounts(self, path: str, query: dict[str, str], body: bytes) -> None:
        arrival, sandbox = time.time(), self.server.sandbox
        form = dict(query)
        if self.headers.get("Content-Type", "").startswith("application/x-www-form-urlencoded"):
            form |= dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
        fault = sandbox.faults.take(path)

        def answer() -> Reply:
            if path == "/oauth/v2/auth" and self.command == "GET":
                return sandbox.accounts.consent(query)
            if path == "/oauth/v2/auth/decide" and self.command == "GET":
                return sandbox.accounts.decide(query)
            if path == "/oauth/v2/token" and self.command == "POST":
                return sandbox.accounts.token(form)
            if path == "/oauth/v2/token/revoke" and self.command == "POST":
                return sandbox.accounts.revoke(form)
            if path in ("/oauth/v2/token", "/oauth/v2/token/revoke"):
                return Reply(500, encode({"error": "server error"}), code=None)
            return Reply(404, encode({"error": "not found"}), code=None)

        shown = {key: value for key, value in form.items() if key not in _SECRETS}
        self._finish({"at": arrival, "api": "accounts", "path": path, "query": shown}, fault, answer, "error")

    # the API

    def _api(self, full_path: str, query: dict[str, str]) -> None:
        arrival = time.time()
        api, path = "", full_path
        for root, name in _ROOTS.items():
            if full_path.startswith(root + "/"):
                api, path = name, full_path[len(root) :]
        call = {"at": arrival, "api": api, "path": path, "query": query}
        sandbox = self.server.sandbox
        try:
            found = self._admit(api, path, query)
        except Refusal as refusal:
            reply = refusal.reply()
            self._finish(call, NO_FAULT, lambda: reply, "")
            return
        try:
            fault = sandbox.faults.take(path)
            request = Request(
                world=sandbox.world,
                settings=sandbox.settings,
                organization_id=query.get("organization_id") or SANDBOX_ORGANIZATION_ID,
                api=api,
                path=path,
                query=query,
                api_count=sandbox.limits.day_count,
            )
            root = path.strip("/").split("/")[0]
            self._finish(call, fault, lambda: self._answer(found, request, fault), root)
        finally:
            self._leave()

    def _admit(self, api: str, path: str, query: dict[str, str]) -> tuple[Route, tuple[str, ...]] | None:
        """The route, once token, organisation and limits agree; Refusal when one of them does not."""
        sandbox = self.server.sandbox
        found = find_route(api, path) if self.command == "GET" else None
        sandbox.accounts.check(self.headers.get("Authorization"), found[0].scopes if found else ())
        asked = query.get("organization_id", "")
        if asked not in sandbox.world.organizations and (found is None or found[0].needs_organization):
            raise Refusal(400, 6041, NOT_YOURS + asked)
        sandbox.limits.enter()
        self._is_counted = True
        return found

    def _leave(self) -> None:
        """The call is no longer in flight. Said before the last byte goes out: a client that answers
        at once with its next call must not find itself still counted."""
        if self._is_counted:
            self._is_counted = False
            self.server.sandbox.limits.leave()

    def _answer(self, found: Any, request: Request, fault: Fault) -> Reply:
        try:
            if found is None:
                raise unknown_path()
            route, ids = found
            with request.world.lock:
                answer = organization.only_its_own(request, route.handler(request, *ids))
                if isinstance(answer, Listing):
                    return Reply(200, render_listing(answer, fault))
                if isinstance(answer, Single):
                    return Reply(200, render_single(answer, fault))
                return answer
        except Refusal as refusal:
            return refusal.reply()

    # sending

    def _finish(self, call: dict[str, Any], fault: Fault, answer: Any, root: str) -> None:
        """Answer, whole or broken, and note the call before the client can see the end of the answer."""
        sandbox, stopping = self.server.sandbox, self.server.stopping
        kind = fault.kind
        note = {**call, "method": self.command, "fault": kind or None}
        pause = sandbox.settings.latency_ms / 1000
        if kind == "delay":
            pause += fault.delay
        if pause and stopping.wait(pause):
            raise wire.Hangup
        if kind == "silence":
            sandbox.calls.note(**note, status=None, code=None)
            stopping.wait(fault.delay)
            raise wire.Hangup
        if kind == "bomb":
            sandbox.calls.note(**note, status=200, code=0)
            wire.send_bomb(self.connection, root, fault.size, fault.gzip, stopping)
        reply = wire.fault_reply(fault) or answer()
        sandbox.calls.note(**note, status=reply.status, code=reply.code)
        self._send(reply, fault)

    def _send(self, reply: Reply, fault: Fault = NO_FAULT) -> None:
        sandbox = self.server.sandbox
        extra = sandbox.limits.headers() | {"Date": formatdate(sandbox.world.now(), usegmt=True)}
        kind = fault.kind
        if kind == "cut":
            reply.body = reply.body[: len(reply.body) // 2]
        if kind == "truncated":
            wire.send_truncated(self.connection, reply, extra)
        if kind == "reset":
            wire.send_reset(self.connection, reply, extra)
        if kind == "drip":
            wire.send_drip(self.connection, reply, extra, fault.delay, self.server.stopping)
            return
        if sandbox.settings.gzip and "gzip" in self.headers.get("Accept-Encoding", "") and reply.body:
            reply = wire.squeezed(reply)
        if self.headers.get("Connection", "").lower() == "close":
            self.close_connection = True
        self._leave()
        wire.send_whole(self.connection, reply, extra, not self.close_connection)
