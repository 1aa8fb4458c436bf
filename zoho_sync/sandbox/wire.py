"""Answers on the wire, whole or broken as ordered."""

from __future__ import annotations

import socket
import struct
import threading
import zlib
from http import HTTPStatus

from .answers import Reply
from .encoding import encode
from .faults import Fault

_HTML = (
    b"<!DOCTYPE html><html><head><title>Zoho Accounts</title></head>"
    b"<body><h1>We are under maintenance</h1></body></html>"
)
_CRUMBS = 200
_CHUNK = b" " * 65536


class Hangup(Exception):
    """The connection is to be closed without another word."""


def fault_reply(fault: Fault) -> Reply | None:
    """The answer that stands in place of the right one, or None when the right one goes out."""
    kind = fault.kind
    headers = {} if fault.retry_after is None else {"Retry-After": format(fault.retry_after, "g")}
    code = 1000 if fault.code is None else fault.code
    if kind in ("status", "code"):
        status = 200 if kind == "code" else fault.status or 500
        message = (
            fault.message or "An internal error occurred while processing your request. Please try again."
        )
        return Reply(status, encode({"code": code, "message": message}), code=code, headers=headers)
    if kind == "html":
        return Reply(
            fault.status or 200, _HTML, code=None, content_type="text/html;charset=UTF-8", headers=headers
        )
    if kind == "empty":
        return Reply(fault.status or 200, b"", code=None, headers=headers)
    if kind == "not_json":
        return Reply(fault.status or 200, b"{code:0, message:success, items:[", code=None, headers=headers)
    if kind == "redirect":
        return Reply(fault.status or 302, b"", code=None, headers={"Location": fault.location})
    return None


def head(reply: Reply, length: int, extra: dict[str, str], keep: bool) -> bytes:
    """Status line and headers."""
    try:
        phrase = HTTPStatus(reply.status).phrase
    except ValueError:
        phrase = "Unknown"
    lines = [
        f"HTTP/1.1 {reply.status} {phrase}",
        "Server: ZGS",
        f"Content-Type: {reply.content_type}",
        f"Content-Length: {length}",
        f"Connection: {'keep-alive' if keep else 'close'}",
    ]
    lines += [f"{name}: {value}" for name, value in (reply.headers | extra).items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def send_whole(connection: socket.socket, reply: Reply, extra: dict[str, str], keep: bool) -> None:
    connection.sendall(head(reply, len(reply.body), extra, keep) + reply.body)


def send_truncated(connection: socket.socket, reply: Reply, extra: dict[str, str]) -> None:
    """Half of what Content-Length promises, then an ordinary end."""
    connection.sendall(head(reply, len(reply.body), extra, False) + reply.body[: len(reply.body) // 2])
    raise Hangup


def send_reset(connection: socket.socket, reply: Reply, extra: dict[str, str]) -> None:
    """Half of the body, then a reset instead of an end."""
    connection.sendall(head(reply, len(reply.body), extra, False) + reply.body[: len(reply.body) // 2])
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()
    raise Hangup


def send_drip(
    connection: socket.socket, reply: Reply, extra: dict[str, str], seconds: float, stop: threading.Event
) -> None:
    """The whole answer in crumbs, evenly over `seconds`."""
    connection.sendall(head(reply, len(reply.body), extra, True))
    size = max(-(-len(reply.body) // _CRUMBS), 1)
    crumbs = range(0, len(reply.body), size)
    for start in crumbs:
        connection.sendall(reply.body[start : start + size])
        if stop.wait(seconds / max(len(crumbs), 1)):
            raise Hangup


def send_bomb(connection: socket.socket, root: str, size: int, packed: bool, stop: threading.Event) -> None:
    """A valid empty list with `size` bytes of blanks in it, gzipped to almost nothing or plain."""
    start, end = b'{"code":0,"message":"success",', encode(root) + b":[]}"
    chunks = max(size - len(start) - len(end), 0) // len(_CHUNK) + 1
    total = len(start) + chunks * len(_CHUNK) + len(end)
    if not packed:
        connection.sendall(head(Reply(200, b""), total, {}, False) + start)
        for _ in range(chunks):
            if stop.is_set():
                raise Hangup
            connection.sendall(_CHUNK)
        connection.sendall(end)
        raise Hangup
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = squeeze.compress(start)
    body += (
        b"".join(squeeze.compress(_CHUNK) for _ in range(chunks)) + squeeze.compress(end) + squeeze.flush()
    )
    connection.sendall(head(Reply(200, b""), len(body), {"Content-Encoding": "gzip"}, False) + body)
    raise Hangup


def squeezed(reply: Reply) -> Reply:
    """The same answer gzipped, quickly rather than well."""
    squeeze = zlib.compressobj(1, zlib.DEFLATED, 31)
    reply.body = squeeze.compress(reply.body) + squeeze.flush()
    reply.headers = reply.headers | {"Content-Encoding": "gzip"}
    return reply
