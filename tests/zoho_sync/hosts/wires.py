"""The only way of one host to the others: doors on this machine whose bytes can be held up, and let go again.

To whoever is behind a door that is held, the network is cut: nothing is refused, nothing is answered. What was under
way arrives when the door is let go, as late as that is.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

from django.db import connection


class Door:
    """Takes connections at `port` and passes their bytes on to whatever `reach` connects to."""

    def __init__(self, reach: Callable[[], socket.socket], is_open: threading.Event):
        self._reach, self._is_open = reach, is_open
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = self._listener.getsockname()[1]
        self._run(self._accept)

    def _run(self, body: Callable, *words) -> None:
        threading.Thread(target=body, args=words, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):  # it was closed
            while True:
                near, _address = self._listener.accept()
                self._run(self._connect, near)

    def _connect(self, near: socket.socket) -> None:
        self._is_open.wait()
        try:
            far = self._reach()
        except OSError:
            near.close()
            return
        self._run(self._pass, near, far)
        self._run(self._pass, far, near)

    def _pass(self, here: socket.socket, there: socket.socket) -> None:
        with suppress(OSError):
            while data := here.recv(65536):
                self._is_open.wait()
                there.sendall(data)
        for end in (here, there):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def close(self) -> None:
        self._listener.close()


class Wires:
    """All doors of one host."""

    def __init__(self, **reaches: Callable[[], socket.socket]):
        self._is_open = threading.Event()
        self._is_open.set()
        self.doors = {name: Door(reach, self._is_open) for name, reach in reaches.items()}

    def cut(self) -> None:
        self._is_open.clear()

    def mend(self) -> None:
        self._is_open.set()

    def close(self) -> None:
        self.mend()
        for door in self.doors.values():
            door.close()


def to_tcp(host: str, port: int) -> Callable[[], socket.socket]:
    return lambda: socket.create_connection((host, port), timeout=None)


def to_unix(path: str) -> Callable[[], socket.socket]:
    def reach() -> socket.socket:
        wire = socket.socket(socket.AF_UNIX)
        wire.connect(path)
        return wire

    return reach


def to_database() -> Callable[[], socket.socket]:
    """The PostgreSQL of this test, by its port or its socket."""
    facts = connection.settings_dict
    host, port = facts["OPTIONS"].get("host") or facts["HOST"] or "127.0.0.1", int(facts["PORT"] or 5432)
    return to_unix(f"{host}/.s.PGSQL.{port}") if host.startswith("/") else to_tcp(host, port)
