"""Connect to Zoho with the one-time code of a self client; test the connection; or revoke it."""

from __future__ import annotations

import getpass
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.db import DatabaseError
from django.utils.translation import gettext as _

from inventory.models import Organization
from zoho_sync import connections
from zoho_sync.connections import ChooseOrganization, FoundOrganization
from zoho_sync.errors import SyncError
from zoho_sync.management.spoken import SpokenCommand
from zoho_sync.mixing import OtherOrganization


class Command(SpokenCommand):
    help = _(
        "Connect to Zoho: make a self client in the API console of your data centre, generate a code with READ "
        "scopes, and give it here within its few minutes. Values that are not given are taken from the "
        "environment (ZOHO_CLIENT_ID, ZOHO_CLIENT_SECRET, ZOHO_REGION, ZOHO_ORGANIZATION_ID) or asked for."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--code", help=_("the self client's one-time code"))
        what.add_argument(
            "--test", action="store_true", help=_("test the present connection, and change nothing")
        )
        what.add_argument(
            "--revoke", action="store_true", help=_("revoke the present connection, and forget it")
        )
        parser.add_argument("--client-id", help=_("the self client's id"))
        parser.add_argument(
            "--client-secret", help=_("the self client's secret; better left to be asked for")
        )
        parser.add_argument(
            "--region", choices=connections.REGION_NAMES, help=_("the data centre of the organisation")
        )
        parser.add_argument("--organization", metavar="ID", help=_("the organisation's number in Zoho"))
        parser.add_argument(
            "--another",
            action="store_true",
            help=_("connect it although another organisation is mirrored here; each keeps rows of its own"),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stored = options["test"] or options["revoke"]
        if stored and any(options[name] for name in ("client_id", "client_secret", "region", "another")):
            raise CommandError(
                _("--test and --revoke concern the present connection; they take --organization only."),
                returncode=2,
            )
        wanted = options["organization"] or ""
        if wanted and not (wanted.isascii() and wanted.isdigit() and len(wanted) <= 64):
            raise CommandError(
                _("--organization takes the organisation's number, such as 10234695."), returncode=2
            )
        try:
            if options["test"]:
                self._test(wanted)
            elif options["revoke"]:
                self._revoke(wanted)
            else:
                self._connect(options, wanted or settings.ZOHO["ORGANIZATION_ID"])
        except ChooseOrganization as error:
            self._list(error.found)
            raise CommandError(
                _("%(problem)s The code is used up; make a new one.") % {"problem": error}
            ) from None
        except OtherOrganization as error:
            raise CommandError(
                _(
                    "%(problem)s With --another it is connected all the same; schedules and webhooks then need its "
                    "number."
                )
                % {"problem": error}
            ) from None
        except SyncError as error:
            raise CommandError(str(error)) from None
        except DatabaseError as error:
            raise CommandError(
                _("The database cannot be used (%(problem)s). Run `manage.py migrate` first.")
                % {"problem": error}
            ) from None

    def _connect(self, options: dict[str, Any], external_id: str) -> None:
        region = options["region"] or settings.ZOHO["REGION"]
        address = connections.stand_in(region)
        if address:
            self.stderr.write(
                _("%(address)s stands in for Zoho (ZOHO_ACCOUNTS_URL, or ZOHO_SANDBOX).")
                % {"address": address}
            )
        organization = connections.connect(
            client_id=self._value(options, "client_id", "CLIENT_ID", _("Client id: "), ask=input),
            client_secret=self._value(options, "client_secret", "CLIENT_SECRET", _("Client secret: ")),
            code=self._value(options, "code", "", _("Code: ")),
            region=region,
            external_id=external_id,
            choose=self._choose if sys.stdin.isatty() else None,
            beside=options["another"],
        )
        self._describe(organization)
        if connections.environment_rules():
            self.stdout.write(
                _(
                    "The ZOHO_… variables of the environment name a connection too, and go before this one. Remove "
                    "ZOHO_REFRESH_TOKEN from the environment to use the new one."
                )
            )
        self.stdout.write(_("Next: `manage.py sync_all --mode full`, then `manage.py setup_schedules`."))

    def _value(
        self, options: dict[str, Any], option: str, variable: str, prompt: str, ask=getpass.getpass
    ) -> str:
        given = options[option] or (settings.ZOHO[variable] if variable else "")
        if not given and sys.stdin.isatty():
            try:
                given = ask(prompt)
            except (EOFError, KeyboardInterrupt):
                raise CommandError(_("Nothing was changed.")) from None
        if not given.strip():
            raise CommandError(
                _("%(option)s is missing.") % {"option": f"--{option.replace('_', '-')}"}, returncode=2
            )
        return given.strip()

    def _choose(self, found: list[FoundOrganization]) -> str:
        self._list(found)
        try:
            return input(_("Organisation: ")).strip()
        except (EOFError, KeyboardInterrupt):
            raise ChooseOrganization(found) from None

    def _list(self, found: list[FoundOrganization]) -> None:
        self.stdout.write(_("These credentials read:"))
        for each in found:
            mark = _(" (default)") if each.is_default else ""
            self.stdout.write(f"  {each.external_id}  {each.name}{mark}")

    def _test(self, external_id: str) -> None:
        self._describe(connections.test(connections.organization_for(external_id or None)))

    def _revoke(self, external_id: str) -> None:
        organization = connections.organization_for(external_id or None)
        if connections.revoke(organization):
            self.stdout.write(
                _("The connection to %(organization)s is revoked.") % {"organization": organization}
            )
        else:
            self.stdout.write(
                _("Zoho did not know the token of %(organization)s any more; it is forgotten here too.")
                % {"organization": organization}
            )
        if connections.environment_rules():
            self.stdout.write(_("Remove ZOHO_REFRESH_TOKEN from the environment: it does not work any more."))

    def _describe(self, organization: Organization) -> None:
        self.stdout.write(
            self.style.SUCCESS(
                _("Connected to %(name)s (%(id)s), base currency %(currency)s, time zone %(zone)s.")
                % {
                    "name": organization.name,
                    "id": organization.external_id,
                    "currency": organization.currency_code or "?",
                    "zone": organization.time_zone or "?",
                }
            )
        )
