from __future__ import annotations

import os
import secrets
import signal
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zoho_sync import schedules
from zoho_sync.backoffice import BackOffice, StartFailed, Stopped, reachable_address, services, taken_port
from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.models import SyncRun
from zoho_sync.options import SyncMode
from zoho_sync.processes import die_with, manage_command


class Command(SpokenCommand):
    help = gettext_lazy(
        "Bring up the whole back office on this machine, and keep it up: what `make run` calls."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--with-parent", action="store_true", help=_("End when the calling process ends.")
        )
        parser.add_argument(
            "--no-first-sync", action="store_true", help=_("Start without the first full sync.")
        )

    def handle(self, *args, with_parent, no_first_sync, **options):
        if with_parent:
            die_with(os.getppid(), signal.SIGTERM)
        self._refuse_taken_ports()
        logs = self._make_folders()
        office = BackOffice(services(logs), self.say)
        office.listen_to_signals()
        try:
            password = self._prepare()
            self.say(_("Starting %(names)s ...") % {"names": ", ".join(s.label for s in office.group)})
            office.start()
            if not no_first_sync:
                self._first_sync(office)
            self._announce(logs, password)
            office.watch()
        except Stopped:
            pass
        except StartFailed as error:
            raise CommandError(str(error)) from error
        finally:
            if office.is_stopping:
                self.say(_("Stopping; the page in hand is finished first. Once more stops at once."))
            office.stop()
        self.say(_("Stopped. Nothing is left running; the data stays."))

    def say(self, line: str) -> None:
        try:
            self.stdout.write(line)
            self.stdout.flush()
        except OSError:  # the terminal has gone
            pass

    def _refuse_taken_ports(self) -> None:
        wanted = {"PORT": (settings.BIND_ADDRESS, settings.PORT)}
        if settings.ZOHO_SANDBOX:
            wanted["SANDBOX_PORT"] = ("127.0.0.1", settings.SANDBOX_PORT)
        if settings.ZOHO_SANDBOX and settings.PORT == settings.SANDBOX_PORT:
            raise CommandError(_("PORT and SANDBOX_PORT are the same. Give them two different numbers."))
        for name, (address, port) in wanted.items():
            if taken_port(address, port):
                raise CommandError(
                    _(
                        "Port %(port)s of %(address)s cannot be used: another program holds it, or it is not allowed. "
                        "Stop that program, or choose another: %(name)s=%(other)s make run."
                    )
                    % {"port": port, "address": address, "name": name, "other": port % 60000 + 1}
                )

    def _make_folders(self) -> Path:
        logs = settings.DATA_DIR / "logs"
        try:
            settings.DATA_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
            logs.mkdir(exist_ok=True)
            probe = settings.DATA_DIR / ".writable"
            probe.write_text("")
            probe.unlink()
        except OSError as error:
            raise CommandError(
                _(
                    "The data folder %(folder)s cannot be written (%(reason)s). Make it yours, or set DATA_DIR."
                )
                % {"folder": settings.DATA_DIR, "reason": error.strerror}
            ) from error
        return logs

    def _prepare(self) -> str:
        """Tables, static files, schedules, administrator; returns the password if one was invented."""
        call_command("migrate", interactive=False, verbosity=0)
        try:
            call_command("collectstatic", interactive=False, verbosity=0)
        except OSError as error:
            raise CommandError(
                _("The folder %(folder)s cannot be written (%(reason)s). Make it yours.")
                % {"folder": settings.STATIC_ROOT, "reason": error.strerror}
            ) from error
        schedules.set_up("")
        return self._make_administrator()

    def _make_administrator(self) -> str:
        users = get_user_model().objects
        if users.filter(is_superuser=True).exists():
            return ""
        given = settings.ADMIN_PASSWORD
        if given and settings.IS_PRODUCTION:
            try:
                validate_password(given)
            except ValidationError as error:
                raise CommandError(
                    _("ADMIN_PASSWORD is weak: %(why)s") % {"why": " ".join(error.messages)}
                ) from error
        if users.filter(username=settings.ADMIN_USERNAME).exists():
            raise CommandError(
                _("A user named %(name)s exists and is no administrator. Set ADMIN_USERNAME to another name.")
                % {"name": settings.ADMIN_USERNAME}
            )
        password = given or secrets.token_urlsafe(12)
        users.create_superuser(settings.ADMIN_USERNAME, password=password)
        return "" if given else password

    def _first_sync(self, office: BackOffice) -> None:
        """Fetch everything, once. A run that a former start has begun goes on by itself."""
        runs = SyncRun.objects.filter(mode=SyncMode.FULL, is_dry=False)
        if runs.filter(status__in=SyncRun.ACTIVE).exists():
            self.say(_("The first full sync goes on where it was stopped; the admin shows how far it is."))
        elif not runs.filter(status__in=[SyncRun.Status.SUCCEEDED, SyncRun.Status.PARTIAL]).exists():
            self.say(_("First full sync:"))
            code = office.run_beside(manage_command("sync_all", "--mode", "full"))
            if code:
                self.say(
                    _(
                        "The first full sync is not complete (see above). Start it again in the admin, or with "
                        "`manage.py sync_all --mode full`."
                    )
                )
            self.say(
                _("Orders, invoices and all other documents follow by themselves; the admin shows how far.")
            )
            office.run_beside(manage_command("sync_documents", "--mode", "full", "--no-wait"))

    def _announce(self, logs: Path, password: str) -> None:
        address = f"http://{reachable_address()}:{settings.PORT}/admin/"
        self.say("")
        self.say(_("The back office is up: %(address)s") % {"address": address})
        if password:
            self.say(
                _("Log in as %(name)s with the password %(password)s (shown only this once).")
                % {"name": settings.ADMIN_USERNAME, "password": password}
            )
        else:
            self.say(_("Log in as an administrator; `manage.py changepassword NAME` sets a new password."))
        self.say(_("Logs: %(folder)s. Ctrl-C stops everything.") % {"folder": logs})
