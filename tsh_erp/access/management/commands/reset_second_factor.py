from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tsh_erp.access.second_factor import reset
from zoho_sync.management.plain import PlainCommand, WrongUsage


class Command(PlainCommand):
    help = gettext_lazy(
        "Take somebody's second factor away, for instance because the phone is lost, and end his logins."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="NAME")

    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise WrongUsage(_("There is no such user."))
        had_one = reset(user)
        self.answer({"user": user.get_username(), "had_one": had_one})
        told = _("The second factor of %(user)s is gone.") if had_one else _("%(user)s has no second factor.")
        self.screen.say(told % {"user": user.get_username()}, "green" if had_one else "")
