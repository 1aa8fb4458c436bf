from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich import box
from rich.table import Table
from rich.text import Text

from zoho_sync import connections, services
from zoho_sync.first_load import countable
from zoho_sync.models import SourceCount
from zoho_sync.processors import registry
from zoho_sync.services import FirstLoad

from ..figures import label
from ..plain import Failed, PlainCommand, WrongUsage


class Command(PlainCommand):
    help = gettext_lazy(
        "Ask Zoho how many documents there are, in a few calls, and tell what reading them for the first time takes."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "entities",
            nargs="*",
            metavar="entity",
            help=_("One or more of %(names)s; all without.")
            % {"names": ", ".join(countable(registry.names()))},
        )
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        known = countable(registry.names())
        wanted = list(dict.fromkeys(options["entities"])) or known
        if unknown := [each for each in wanted if each not in known]:
            raise WrongUsage(
                _("There is no entity %(names)s. Known: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(known)}
            )
        organization = connections.organization_for(options["organization"] or None)
        if not self.is_quiet:
            self.screen.say(_("Asking Zoho …"))
        done = services.count_at_source(organization, wanted)
        first = services.first_load(organization, wanted)
        self.answer(_facts(done, first))
        self.screen.print(_table(done))
        self.screen.say(_first_load_in_words(first))
        if refused := [label(name) for name, row in done.items() if row.message]:
            raise Failed(_("Not counted: %(names)s.") % {"names": ", ".join(refused)})


def _facts(done: dict[str, SourceCount], first: FirstLoad | None) -> dict[str, Any]:
    return {
        "counts": {name: None if row.message else row.count for name, row in done.items()},
        "problems": {name: str(row.message) for name, row in done.items() if row.message},
        "first_load": first
        and {
            "records": first.records,
            "calls": first.calls,
            "calls_for_lists": first.lists,
            "calls_for_lines": first.details,
            "calls_a_day": first.calls_a_day,
            "days": first.days,
        },
    }


def _table(done: dict[str, SourceCount]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for title in ("", _("records at Zoho")):
        table.add_column(
            Text(title), justify="right" if title else "left", no_wrap=not title, overflow="fold"
        )
    for name, row in done.items():
        table.add_row(Text(label(name)), Text(str(row.message) if row.message else f"{row.count:,}"))
    return table


def _first_load_in_words(first: FirstLoad | None) -> str:
    if first is None:
        return _("All of them were read to their end before; the next run reads what has changed.")
    facts = {"calls": f"{first.calls:,}", "lists": f"{first.lists:,}", "details": f"{first.details:,}"}
    told = _(
        "The first load takes about %(calls)s calls: %(lists)s for the lists, %(details)s for the lines."
    )
    days = ngettext("That is at least %(count)s day.", "That is at least %(count)s days.", first.days)
    return f"{told % facts} {days % {'count': f'{first.days:,}'}}"
