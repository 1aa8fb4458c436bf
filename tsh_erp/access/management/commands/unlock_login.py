from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tsh_erp.access.guesses import folded, lift
from tsh_erp.access.models import LoginLock
from tsh_erp.access.throttles import network_of
from zoho_sync.management.plain import PlainCommand


class Command(PlainCommand):
    help = gettext_lazy("Let people log in again who were refused for too many wrong passwords or codes.")

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--user", metavar="NAME", help=_("This user, from wherever."))
        which.add_argument("--address", metavar="IP", help=_("Whoever comes from this address."))
        which.add_argument("--all", action="store_true", help=_("Everybody."))

    def handle(self, *args: Any, **options: Any) -> None:
        locks = LoginLock.objects.all()
        if options["user"] is not None:
            locks = locks.filter(username=folded(options["user"]))
        elif options["address"] is not None:
            locks = locks.filter(network=network_of(options["address"].strip()))
        count = lift(locks)
        self.answer({"lifted": count})
        told = ngettext("%(count)s login lock lifted.", "%(count)s login locks lifted.", count)
        self.screen.say(told % {"count": count}, "green" if count else "")
