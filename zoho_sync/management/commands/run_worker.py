from __future__ import annotations

import fcntl
import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import broker
from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.processes import die_with
from zoho_sync.supervisor import supervise


class Command(SpokenCommand):
    help = gettext_lazy(
        "Work queued runs: the queue's processes under a supervisor that replaces them when they die or hang."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--log-file", type=Path, help=_("Where the queue's processes write; default: here.")
        )
        parser.add_argument(
            "--with-parent", action="store_true", help=_("End when the calling process ends.")
        )

    def handle(self, *args, log_file, with_parent, **options):
        if with_parent:
            die_with(os.getppid(), 15)
        connection.ensure_connection()  # an unusable database is said at once, not every five seconds
        self._find_queue()
        lock = self._take_name()
        try:
            supervise(log_file)
        finally:
            os.close(lock)

    def _find_queue(self) -> None:
        try:
            broker.check()
        except broker.QueueAway as error:
            raise CommandError(
                _("The queue cannot be used: %(why)s. See REDIS_URL.") % {"why": str(error).rstrip(".")}
            ) from error

    def _take_name(self) -> int:
        """Two supervisors under one name would answer for each other's canaries."""
        name = settings.WORKER["NAME"]
        digest = hashlib.sha256(name.encode()).hexdigest()[:16]
        path = settings.DATA_DIR / f"worker-{digest}.lock"
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise CommandError(
                _("The data folder cannot be written: %(reason)s.") % {"reason": error}
            ) from error
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(lock)
            raise CommandError(
                _("A worker named %(name)s runs already. Give this one another name: WORKER_NAME=second.")
                % {"name": name}
            ) from error
        return lock
