from __future__ import annotations

import os
import signal
import tempfile
import time

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.processes import Child, die_with, manage_command, stop_all

_GRACE_SECONDS = 45
_OURS = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID", "API_BASE_URL", "ACCOUNTS_URL")


class Command(SpokenCommand):
    help = gettext_lazy("The whole back office with the sandbox, in a folder that is thrown away at the end.")

    def add_arguments(self, parser):
        parser.add_argument(
            "--with-parent", action="store_true", help=_("End when the calling process ends.")
        )

    def handle(self, *args, with_parent, **options):
        if with_parent:
            die_with(os.getppid(), signal.SIGTERM)
        signals: list[int] = []
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, frame: signals.append(number))
        own = dict.fromkeys((f"ZOHO_{name}" for name in _OURS), "")
        own |= dict.fromkeys(("DATABASE_URL", "DATABASE_POOL", "REDIS_URL"), "")
        own |= {"ENVIRONMENT": "development", "ZOHO_SANDBOX": "true"}
        with tempfile.TemporaryDirectory(prefix="tsh-erp-demo-") as folder:
            self.stdout.write(_("Demo in %(folder)s; it goes away at the end.") % {"folder": folder})
            office = Child(
                "demo", manage_command("run_backoffice"), environment=os.environ | own | {"DATA_DIR": folder}
            )
            while office.exit_code is None and not signals:
                time.sleep(0.1)
            code = office.exit_code
            stop_all([office], _GRACE_SECONDS, is_impatient=lambda: len(signals) > 1)
        if code:
            raise SystemExit(code)
