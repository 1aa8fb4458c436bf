from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import revoke
from zoho_sync.management.plain import PlainCommand, WrongUsage


class Command(PlainCommand):
    help = gettext_lazy("End a token for good, at once.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("prefix", metavar="PREFIX", help=_("As `list_api_tokens` tells it: tsh_PREFIX_…"))

    def handle(self, *args: Any, **options: Any) -> None:
        token = ApiToken.objects.filter(prefix=options["prefix"]).first()
        if token is None:  # the argument is not repeated: somebody may have pasted the whole token
            raise WrongUsage(_("There is no token of this prefix. See `manage.py list_api_tokens`."))
        was_live = revoke(token, by=None)
        token.refresh_from_db()
        self.answer({"prefix": token.prefix, "was_revoked_now": was_live, "revoked_at": token.revoked_at})
        told = (
            _("The token %(token)s is revoked.") if was_live else _("The token %(token)s was revoked before.")
        )
        self.screen.say(told % {"token": token}, "green" if was_live else "")
