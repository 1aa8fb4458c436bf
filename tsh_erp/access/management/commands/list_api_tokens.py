from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from tsh_erp.access.models import ApiToken
from tsh_erp.access.tokens import State, in_state, state_of
from zoho_sync.management.plain import PlainCommand, printable


class Command(PlainCommand):
    help = gettext_lazy("Tell which tokens there are, whose they are, and when they were used last.")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="USER", help=_("Only those of this user."))
        parser.add_argument("--state", choices=State.values, help=_("Only those in this state."))

    def handle(self, *args: Any, **options: Any) -> None:
        tokens = in_state(ApiToken.objects.select_related("user"), options["state"])
        if options["user"] is not None:
            tokens = tokens.filter(user__username=options["user"])
        self.answer({"tokens": [_facts(token) for token in tokens]})
        if self.is_quiet:
            return
        if not tokens:
            self.screen.say(
                _("There is no such token.") if _narrowed(options) else _("There is no token yet.")
            )
            return
        self.screen.print(_table(list(tokens)))


def _narrowed(options: dict[str, Any]) -> bool:
    return bool(options["user"] is not None or options["state"])


def _facts(token: ApiToken) -> dict[str, Any]:
    return {
        "prefix": token.prefix,
        "name": token.name,
        "user": token.user.get_username(),
        "scope": token.scope,
        "state": state_of(token),
        "created_at": token.created_at,
        "expires_at": token.expires_at,
        "revoked_at": token.revoked_at,
        "last_used_at": token.last_used_at,
        "last_used_from": token.last_used_from,
    }


def _table(tokens: list[ApiToken]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for title in (
        _("prefix"),
        _("name"),
        _("user"),
        _("scope"),
        _("state"),
        _("valid until"),
        _("last used"),
    ):
        table.add_column(title)
    for token in tokens:
        cells = [
            token.prefix,
            token.name,
            token.user.get_username(),
            token.get_scope_display(),
            State(state_of(token)).label,
            _moment(token.expires_at) or _("revoked only"),
            _moment(token.last_used_at) or _("never"),
        ]
        table.add_row(*(Text(printable(cell)) for cell in cells))
    return table


def _moment(value: Any) -> str:
    return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT") if value else ""
