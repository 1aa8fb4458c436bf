from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from inventory.integrity import registry, runs
from inventory.integrity.runs import Outcome
from inventory.integrity.totals import Totals, totals
from inventory.models import Severity
from zoho_sync import connections

from ..plain import Failed, PlainCommand, WrongUsage

_GRADES = [str(Severity.INFO), str(Severity.WARNING), str(Severity.ERROR)]


class Command(PlainCommand):
    help = gettext_lazy(
        "Run the checks of the integrity desk over what is mirrored; nothing is asked of Zoho. Exit code 1 when a "
        "check "
        "fails, or, with --fail-at, when anything so grave is open."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--check",
            action="append",
            default=[],
            metavar="NAME",
            help=_("Only this check; may come more than once. There are: %(names)s.")
            % {"names": ", ".join(registry.names())},
        )
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )
        parser.add_argument(
            "--changed", action="store_true", help=_("Only checks whose records have changed since.")
        )
        parser.add_argument(
            "--fail-at",
            choices=_GRADES,
            metavar="SEVERITY",
            help=_(
                "Exit code 1 when a finding of this severity or a graver one is open: info, warning or error."
            ),
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted = list(dict.fromkeys(options["check"]))
        if unknown := [name for name in wanted if registry.find(name) is None]:
            told = _("There is no check %(names)s. There are: %(known)s.")
            raise WrongUsage(told % {"names": ", ".join(unknown), "known": ", ".join(registry.names())})
        companies = [connections.organization_for(options["organization"])] if options["organization"] else []
        outcomes = list(runs.run(companies, wanted, only_changed=options["changed"]))
        known = totals({each.organization for each in outcomes}) if outcomes else {}
        self.answer({"checks": [_facts(each, _of(known, each)) for each in outcomes]})
        self.screen.print(_table(outcomes, known))
        self._finish(outcomes, known, options["fail_at"])

    def _finish(
        self, outcomes: list[Outcome], known: dict[tuple[int, str], Totals], grade: str | None
    ) -> None:
        if not outcomes:
            raise Failed(_("No company is connected yet, so there is nothing to look over."))
        broken = [f"{each.check.key} ({each.error})" for each in outcomes if each.error]
        if broken:
            raise Failed(_("Checks that failed: %(names)s.") % {"names": ", ".join(broken)})
        if grade is None:
            return
        grave = _GRADES[_GRADES.index(grade) :]
        count = sum(_of(known, each).open for each in outcomes if str(each.check.severity) in grave)
        if count:
            raise Failed(_("Findings that are open and so grave: %(count)s.") % {"count": f"{count:,}"})


def _of(known: dict[tuple[int, str], Totals], outcome: Outcome) -> Totals:
    return known.get((outcome.organization.pk, outcome.check.key), Totals())


def _facts(outcome: Outcome, told: Totals) -> dict[str, Any]:
    counts = outcome.counts
    return {
        "organization": outcome.organization.external_id,
        "check": outcome.check.key,
        "severity": str(outcome.check.severity),
        "skipped": outcome.skipped,
        "error": outcome.error,
        "seconds": round(outcome.seconds, 3),
        "found": counts.found if counts else None,
        "opened": counts.opened + counts.reopened if counts else None,
        "closed": counts.closed if counts else None,
        "open": told.open,
        "accepted": told.accepted,
        "ignored": told.ignored,
    }


def _table(outcomes: list[Outcome], known: dict[tuple[int, str], Totals]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    for title in ("", _("severity")):
        table.add_column(Text(title))
    for title in (_("found"), _("opened"), _("closed"), _("open now"), _("seconds")):
        table.add_column(Text(title), justify="right")
    skipped = {
        "off": _("switched off"),
        "running": _("runs elsewhere"),
        "unchanged": _("nothing has changed"),
    }
    for each in outcomes:
        counts = each.counts
        figures = ["", "", ""]
        if counts:
            figures = [
                f"{value:,}" for value in (counts.found, counts.opened + counts.reopened, counts.closed)
            ]
        told = _("failed") if each.error else skipped.get(each.skipped, f"{each.seconds:.2f}")
        style = "red" if each.error else ""
        table.add_row(
            Text(str(each.check.title)),
            Text(str(Severity(each.check.severity).label)),
            *figures,
            f"{_of(known, each).open:,}",
            Text(told),
            style=style,
        )
    return table
