"""Gunicorn's configuration: `python -m gunicorn -c tsh_erp/webserver.py tsh_erp.wsgi`.

Threads, because a few calls wait (for a run that a visitor wants to see end) while others must be answered at once.
"""

from __future__ import annotations

import os
import signal
import socket
import struct
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsh_erp.settings")
os.environ.setdefault("LOG_LEVEL", "INFO")

from django.conf import settings

from tsh_erp.pool import use_pool
from zoho_sync.processes import die_with

# Before anything connects, and only here: the application is loaded after the fork, so that each process has its own.
use_pool(settings.DATABASES["default"], settings.DATABASE_POOL)
preload_app = False

bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
timeout = 90  # longer than the longest wait a visitor may ask for
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # nobody steers it by a socket; the supervisor and signals do
forwarded_allow_ips = "127.0.0.1,::1"


# Without a byte in mid-request: Zoho itself waits no longer for an answer. And while a visitor takes no byte of his.
STALLED_SECONDS = {socket.SO_RCVTIMEO: 10, socket.SO_SNDTIMEO: 30}


def when_ready(server) -> None:
    """Let no visitor who has gone silent keep a thread: a handful of them would be all there are.

    Gunicorn knows no such limit; the kernel does, and connections inherit it from the socket that accepts them.
    """
    for listener in server.LISTENERS:
        for way, seconds in STALLED_SECONDS.items():
            listener.sock.setsockopt(socket.SOL_SOCKET, way, struct.pack("ll", seconds, 0))


def post_fork(server, worker) -> None:
    die_with(server.pid)


def post_worker_init(worker) -> None:
    """The application is ready: this process says from now on that it could take webhooks."""
    from zoho_sync.webhooks import door_beat  # needs the models, which the application has loaded just now

    door_beat.start()
    _answer_who_waits_when_told_to_stop()


def _answer_who_waits_when_told_to_stop() -> None:
    """Else whoever waits for a run would hold the stopping server, until its patience ends and he gets no answer."""
    from zoho_sync.api.waiting import send_everybody_home  # needs the models too

    usual: Any = signal.getsignal(signal.SIGTERM)

    def stop(number: int, frame: Any) -> None:
        send_everybody_home()
        usual(number, frame)

    signal.signal(signal.SIGTERM, stop)
