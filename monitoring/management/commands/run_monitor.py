from __future__ import annotations

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from monitoring.watch import look_once, watch


class Command(BaseCommand):
    help = gettext_lazy(
        "The watch: judges the rules, opens and resolves alerts, and sends them. Several may run; one looks."
    )

    def create_parser(self, prog_name: str, subcommand: str, **kwargs):
        self.help = str(self.help)  # argparse wants a text
        return super().create_parser(prog_name, subcommand, **kwargs)

    def add_arguments(self, parser):
        parser.add_argument("--once", action="store_true", help=_("Look once, and end; for cron."))

    def handle(self, *args, once: bool, **options):
        if not once:
            watch()
            return
        connection.ensure_connection()  # an unusable database is said, not only logged
        if not look_once():
            self.stdout.write(_("Another process watches; nothing was judged."))
