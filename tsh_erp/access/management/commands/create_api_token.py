from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_variables

from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import TokenRefused, make_token
from zoho_sync.management.plain import Failed, PlainCommand, WrongUsage

LONGEST_DAYS = 3650


class Command(PlainCommand):
    help = gettext_lazy(
        "Make a token with which a program may use the API in a user's name. It is shown once."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help=_("In whose name the program acts."))
        parser.add_argument("--name", required=True, help=_("Which program it is for."))
        parser.add_argument(
            "--scope",
            required=True,
            choices=ApiToken.Scope.values,
            help=_("read: look only; sync: also start, decide, retry; admin: also whatever configures."),
        )
        until = parser.add_mutually_exclusive_group(required=True)
        until.add_argument("--expires-days", type=int, metavar="N", help=_("It is valid for so many days."))
        until.add_argument("--never-expires", action="store_true", help=_("It is valid until it is revoked."))

    @sensitive_variables("text")
    def handle(self, *args: Any, **options: Any) -> None:
        user = get_user_model().objects.filter(username=options["user"]).first()
        if user is None:
            raise WrongUsage(_("There is no user %(name)s.") % {"name": repr(options["user"][:80])})
        try:
            token, text = make_token(
                user=user,
                name=options["name"],
                scope=options["scope"],
                expires_at=_end(options["expires_days"]),
                maker=None,  # whoever may run this may do everything
            )
        except TokenRefused as error:
            raise Failed(str(error)) from error
        self.answer(
            {
                "token": text,
                "prefix": token.prefix,
                "user": user.get_username(),
                "scope": token.scope,
                "expires_at": token.expires_at,
            }
        )
        self.screen.say(_("Copy it now; it is never shown again:"))
        if not options["json"]:
            self.screen.say(text, "bold")


def _end(days: int | None):
    if days is None:
        return None
    if not 1 <= days <= LONGEST_DAYS:
        raise WrongUsage(_("--expires-days must be from 1 to %(most)s.") % {"most": LONGEST_DAYS})
    return timezone.now() + timedelta(days=days)
