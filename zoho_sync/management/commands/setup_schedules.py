from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_q.models import Schedule
from rich import box
from rich.table import Table
from rich.text import Text

from zoho_sync import connections, schedules, status

from ..figures import clock
from ..plain import PlainCommand, printable

_OUTCOMES = {"created": gettext_lazy("created"), "kept": gettext_lazy("kept"), "reset": gettext_lazy("reset")}


class Command(PlainCommand):
    help = gettext_lazy(
        "Set up the schedules by which syncs start by themselves. Run again, it creates what is missing and keeps the "
        "times that staff changed."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help=_("Only show what is set up."))
        what.add_argument("--reset", action="store_true", help=_("Set all times back to the usual ones."))
        what.add_argument(
            "--remove", action="store_true", help=_("Remove the schedules that this command makes.")
        )
        parser.add_argument(
            "--organization",
            metavar="ID",
            help=_("Schedules of its own for this organisation, when there are several."),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = options["organization"] or ""
        outcome: dict[str, str] = {}
        if options["remove"]:
            sentence = _("%(count)s schedules removed.") % {"count": schedules.remove(named)}
        elif options["list"]:
            sentence = ""
        else:
            if named:
                connections.organization_for(
                    named
                )  # a schedule for nobody would fail every quarter of an hour
            outcome = schedules.set_up(named, reset=options["reset"])
            counts = {name: list(outcome.values()).count(name) for name in _OUTCOMES}
            sentence = _("Schedules: %(created)s created, %(kept)s kept, %(reset)s reset.") % counts
        found = schedules.rows()
        self.answer({"message": sentence, "schedules": [_facts(row, outcome) for row in found]})
        if not self.is_quiet:
            self._show(found, outcome)
        if sentence:
            self.screen.say(sentence, "green")
        if found and not status.worker_alive():
            self.screen.say(_("No worker is running: nothing starts by itself until one does."), "yellow")

    def _show(self, found: list[Schedule], outcome: dict[str, str]) -> None:
        if not found:
            self.screen.say(_("No schedule is set up."))
            return
        table = Table(box=box.SIMPLE, pad_edge=False)
        for title in (_("Schedule"), _("Starts"), _("Times"), _("Next"), ""):
            table.add_column(title, overflow="fold")
        for row in found:
            what = row.args or (_("the sweep of lost runs") if row.func == schedules.SWEEP else row.func)
            done = str(_OUTCOMES.get(outcome.get(row.name or "", ""), ""))
            cells = (row.name or f"#{row.pk}", what, _times(row), _next(row), done)
            table.add_row(*(Text(printable(each)) for each in cells))
        self.screen.print(table)


def _times(row: Schedule) -> str:
    return row.cron or "" if row.schedule_type == Schedule.CRON else str(row.get_schedule_type_display())


def _next(row: Schedule) -> str:
    return clock(row.next_run) if row.next_run and row.repeats != 0 else _("never")


def _facts(row: Schedule, outcome: dict[str, str]) -> dict[str, Any]:
    return {
        "name": row.name,
        "func": row.func,
        "args": row.args,
        "cron": row.cron,
        "next_run": row.next_run if row.repeats != 0 else None,
        "outcome": outcome.get(row.name or "", ""),
    }
