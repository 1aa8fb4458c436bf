"""Gunicorn's configuration: `python -m gunicorn -c tsh_erp/webserver.py tsh_erp.wsgi`.

Threads, because a few calls wait (for a run that a visitor wants to see end) while others must be answered at once.
"""

from __future__ import annotations

import os
import socket
import struct

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tsh_erp.settings")
os.environ.setdefault("LOG_LEVEL", "INFO")

from django.conf import settings

from zoho_sync.processes import die_with

bind = f"{settings.BIND_ADDRESS}:{settings.PORT}"
worker_class = "gthread"
workers = settings.WEB_PROCESSES
threads = settings.WEB_THREADS
timeout = 90  # longer than the longest wait a visitor may ask for
graceful_timeout = 10
keepalive = 5
control_socket_disable = True  # nobody steers it by a socket; the supervisor and signals do
forwarded_allow_ips = "127.0.0.1,::1"


STALLED_SECONDS = 10  # Zoho itself waits no longer for an answer


def when_ready(server) -> None:
    """Let no visitor who goes silent in mid-request keep a thread: a handful of them would be all there are.

    Gunicorn knows no such limit; the kernel does, and connections inherit it from the socket that accepts them.
    """
    for listener in server.LISTENERS:
        for wait in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, wait, struct.pack("ll", STALLED_SECONDS, 0))


def post_fork(server, worker) -> None:
    die_with(server.pid)


def post_worker_init(worker) -> None:
    """The application is ready: this process says from now on that it could take webhooks."""
    from zoho_sync.webhooks import door_beat  # needs the models, which the application has loaded just now

    door_beat.start()
