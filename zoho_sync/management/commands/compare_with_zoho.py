from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from inventory.models import Organization
from zoho_sync import connections, services
from zoho_sync.errors import Paused
from zoho_sync.processors import registry

from ..figures import label
from ..plain import Failed, PlainCommand, WrongUsage, printable

_SHOWN = {0: 0, 1: 20}  # differences per entity, by verbosity; more of it shows all


class Command(PlainCommand):
    help = gettext_lazy(
        "Ask Zoho, and report for each entity where our tables differ; exit code 1 when they do. Nothing is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        known = ", ".join(_comparable())
        parser.add_argument(
            "entities",
            nargs="*",
            metavar="entity",
            help=_("One or more of %(names)s; all without.") % {"names": known},
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
        wanted, known = options["entities"], _comparable()
        if unknown := [each for each in wanted if each not in known]:
            raise WrongUsage(
                _("There is no entity %(names)s. Known: %(known)s.")
                % {"names": ", ".join(unknown), "known": ", ".join(known)}
            )
        if options["sample"] is not None and options["sample"] < 1:
            raise WrongUsage(_("--sample must be at least 1, not %(value)s.") % {"value": options["sample"]})
        organization = connections.organization_for(options["organization"] or None)
        reports = []
        for entity in (each for each in known if not wanted or each in wanted):
            if not self.is_quiet:
                self.screen.say(_("Comparing %(entity)s …") % {"entity": label(entity)})
            reports.append(self._compare(organization, entity, options["sample"]))
        self._finish(reports)

    def _compare(self, organization: Organization, entity: str, sample: int | None) -> Any:
        try:
            return services.compare(organization, entity, sample=sample)
        except Paused as error:
            raise Failed(_("%(reason)s Nothing was compared further.") % {"reason": error}) from error

    def _finish(self, reports: list[Any]) -> None:
        self.answer(
            {
                "equal": all(_is_equal(each) for each in reports),
                "entities": [_facts(each) for each in reports],
            }
        )
        self.screen.print(_table(reports))
        limit = _SHOWN.get(self._options["verbosity"])
        for report in reports:
            for line in _lines(report, limit):
                self.screen.say(line)
        different = [label(each.entity) for each in reports if not _is_equal(each)]
        if different:
            raise Failed(
                _("Our tables differ from Zoho in: %(names)s. A full run mends that.")
                % {"names": ", ".join(different)}
            )
        self.screen.say(_("Everything that was compared is equal."), "green")


def _comparable() -> list[str]:
    """Details in the background are part of the entity that they belong to."""
    return [name for name in registry.names() if not registry.get(name).is_background]


def _is_equal(report: Any) -> bool:
    return not (report.differences or report.missing_here or report.missing_there)


def _facts(report: Any) -> dict[str, Any]:
    names = ("external_id", "label", "field", "ours", "theirs")
    return {
        "entity": report.entity,
        "compared": report.compared,
        "equal": report.equal,
        "differences": [dict(zip(names, each, strict=True)) for each in report.differences],
        "missing_here": list(report.missing_here),
        "missing_there": list(report.missing_there),
        "pending_details": report.pending_details,
    }


def _table(reports: list[Any]) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column("")
    for title in (
        _("compared"),
        _("equal"),
        _("differences"),
        _("missing here"),
        _("missing at Zoho"),
        _("details due"),
    ):
        table.add_column(Text(title), justify="right")
    for each in reports:
        figures = (
            each.compared,
            each.equal,
            len(each.differences),
            len(each.missing_here),
            len(each.missing_there),
            each.pending_details,
        )
        table.add_row(Text(label(each.entity)), *(f"{figure:,}" for figure in figures))
    return table


def _lines(report: Any, limit: int | None) -> list[str]:
    """Each difference, and each record that one side lacks; at most `limit`, None for all."""
    entity = label(report.entity)
    lines = [
        _("%(entity)s %(id)s %(label)s: %(field)s is %(ours)s here, %(theirs)s at Zoho")
        % {"entity": entity, "id": external_id, "label": name, "field": field, "ours": ours, "theirs": theirs}
        for external_id, name, field, ours, theirs in report.differences
    ]
    lines += [
        _("%(entity)s %(id)s is missing here") % {"entity": entity, "id": each}
        for each in report.missing_here
    ]
    lines += [
        _("%(entity)s %(id)s is not at Zoho") % {"entity": entity, "id": each}
        for each in report.missing_there
    ]
    shown = lines if limit is None else lines[:limit]
    if limit and len(lines) > limit:
        shown.append(_("… and %(count)s more; -v 2 shows all.") % {"count": f"{len(lines) - limit:,}"})
    return [printable(line) for line in shown]
