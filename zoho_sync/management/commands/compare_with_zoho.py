from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from inventory.models import Organization
from zoho_sync import connections, services, status
from zoho_sync.errors import Paused
from zoho_sync.processors import registry
from zoho_sync.services import ComparisonReport

from ..differing import line, missing
from ..figures import label
from ..plain import Failed, PlainCommand, WrongUsage

DOCUMENTS = "documents"  # all of them
_SHOWN = {0: 0, 1: 20}  # differences per entity, by verbosity; more of it shows all


class Command(PlainCommand):
    help = gettext_lazy(
        "Ask Zoho, and report for each entity where our tables differ; exit code 1 when they do. Nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join([*_comparable(), DOCUMENTS])
        parser.add_argument(
            "entities",
            nargs="*",
            metavar="entity",
            help=_("One or more of %(names)s. Without: the catalogue, stock, prices and customers.")
            % {"names": known},
        )
        parser.add_argument(
            "--sample",
            type=int,
            metavar="N",
            help=_("Compare about N records of each entity, chosen by chance, not all."),
        )
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        wanted, known = _wanted(options["entities"]), _comparable()
        if unknown := [each for each in wanted if each not in known]:
            raise WrongUsage(
                _("There is no entity %(names)s. Known: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join([*known, DOCUMENTS])}
            )
        if options["sample"] is not None and options["sample"] < 1:
            raise WrongUsage(_("--sample must be at least 1, not %(value)s.") % {"value": options["sample"]})
        organization = connections.organization_for(options["organization"] or None)
        chosen, reports = [each for each in known if each in wanted], []
        if options["sample"] is None:
            _refuse_too_many(organization, chosen)
        for entity in chosen:
            if not self.is_quiet:
                self.screen.say(_("Comparing %(entity)s …") % {"entity": label(entity)})
            reports.append(self._compare(organization, entity, options["sample"]))
        self._finish(reports)

    def _compare(self, organization: Organization, entity: str, sample: int | None) -> ComparisonReport:
        try:
            return services.compare(organization, entity, sample=sample)
        except Paused as error:
            raise Failed(_("%(reason)s Nothing was compared further.") % {"reason": error}) from error

    def _finish(self, reports: list[ComparisonReport]) -> None:
        self.answer(
            {
                "is_equal": all(each.is_equal for each in reports),
                "entities": [_facts(each) for each in reports],
            }
        )
        self.screen.print(_table(reports))
        limit = _SHOWN.get(self._options["verbosity"])
        for report in reports:
            for told in _lines(report, limit):
                self.screen.say(told)
        different = [label(each.entity) for each in reports if not each.is_equal]
        if different:
            raise Failed(
                _("Our tables differ from Zoho in: %(names)s. A full run mends that.")
                % {"names": ", ".join(different)}
            )
        if any(each.pending_details for each in reports):
            self.screen.say(
                _("Details that are still to be read in the background were not compared."), "yellow"
            )
        self.screen.say(_("Everything that was compared is equal."), "green")


def _comparable() -> list[str]:
    """Details in the background are part of the entity that they belong to."""
    return [*registry.together(), *registry.documents()]


def _wanted(named: list[str]) -> list[str]:
    """Documents only by name: each of them is a call."""
    if not named:
        return registry.together()
    return [each for name in named for each in (registry.documents() if name == DOCUMENTS else [name])]


def _refuse_too_many(organization: Organization, chosen: list[str]) -> None:
    """What does not fit into the day would take the calls that syncs need, and end without a result."""
    calls = sum(services.calls_of_all(organization, each) for each in chosen)
    left = status.budget(organization).left
    if calls > left:
        raise Failed(
            _(
                "About %(calls)s calls are needed, and %(left)s are left today. Compare a part of them: --sample 50."
            )
            % {"calls": f"{calls:,}", "left": f"{left:,}"}
        )


def _facts(report: ComparisonReport) -> dict[str, Any]:
    return asdict(report) | {"is_equal": report.is_equal}


def _table(reports: list[ComparisonReport]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("")
    figures = {
        "compared": _("compared"),
        "equal": _("equal"),
        "differing": _("different"),
        "missing_here": _("missing here"),
        "missing_there": _("missing in Zoho"),
        "unreadable": _("unreadable"),
        "pending_details": _("details to come"),
        "calls": _("calls"),
    }
    for title in figures.values():
        table.add_column(Text(title), justify="right", no_wrap=True, overflow="fold")
    for each in reports:
        counts = [getattr(each, name) for name in figures]
        cells = (f"{len(count) if isinstance(count, list) else count:,}" for count in counts)
        table.add_row(Text(label(each.entity)), *cells)
    return table


def _lines(report: ComparisonReport, limit: int | None) -> list[str]:
    """Each difference, and what could not be read; at most `limit`, None for all that the report keeps."""
    entity = label(report.entity)
    lines = [f"{entity}, {_line(each)}" for each in report.differences]
    lines += [
        _("%(entity)s, cannot be compared: %(reason)s") % {"entity": entity, "reason": each}
        for each in report.unreadable
    ]
    shown = lines if limit is None else lines[:limit]
    if limit and len(lines) > limit:
        shown.append(_("… and %(count)s more; -v 2 shows all.") % {"count": f"{len(lines) - limit:,}"})
    return shown


def _line(each: Any) -> str:
    name = " ".join(part for part in (each.table, each.external_id, each.label) if part)
    return missing(name, each.field) or line(name, each.field, each.ours, each.theirs)
