from __future__ import annotations

from typing import Any

from django.core.management import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich import box
from rich.table import Table
from rich.text import Text

from zoho_sync import connections, services, status
from zoho_sync.models import TruthCheck
from zoho_sync.services import Round
from zoho_sync.truth.estimate import as_percent

from ..differing import line, missing
from ..figures import label
from ..plain import Failed, PlainCommand, WrongUsage

_SHOWN = {0: 0, 1: 20}  # differences, by verbosity; more of it shows all
Verdict = TruthCheck.Verdict


class Command(PlainCommand):
    help = gettext_lazy(
        "Compare records drawn at random with Zoho, field by field; exit code 1 when one has drifted. "
        "Nothing mirrored is written."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--count",
            type=int,
            metavar="N",
            help=_("Compare about N records; as many as an hour brings by itself without."),
        )
        parser.add_argument(
            "--organization", metavar="ID", help=_("Zoho's id of the organisation, when there are several.")
        )

    def handle(self, *args: Any, **options: Any) -> None:
        count = options["count"]
        if count is not None and count < 1:
            raise WrongUsage(_("--count must be at least 1, not %(value)s.") % {"value": count})
        organization = connections.organization_for(options["organization"] or None)
        if not self.is_quiet:
            self.screen.say(_("Comparing with Zoho …"))
        found = services.check_truth(organization, count)
        truth = status.truth(organization)
        self.answer(_facts(found, truth))
        self.screen.print(_table(found))
        for text in _lines(found, _SHOWN.get(self._options["verbosity"])):
            self.screen.say(text)
        self._finish(found, truth)

    def _finish(self, found: Round, truth: status.Truth) -> None:
        if found.reason:
            self.screen.say(str(found.reason), "yellow")
        if truth.share is not None:
            words = {
                "share": _percent(truth.share),
                "low": _percent(truth.low),
                "high": _percent(truth.high, up=True),
            }
            told = _(
                "Of the last 7 days' %(count)s records %(share)s were right (95 %%: %(low)s to %(high)s)."
            )
            self.screen.say(told % (words | {"count": f"{truth.checked:,}"}))
        drifts = found.count(Verdict.DRIFT)
        if drifts:
            raise Failed(
                _("Records that have drifted: %(count)s. Refresh them, or start a full run.")
                % {"count": drifts}
            )
        if not found.checks:
            raise Failed(_("Nothing was compared."))
        self.screen.say(_("No record that was compared has drifted."), "green")


def _percent(share: float | None, *, up: bool = False) -> str:
    return "—" if share is None else f"{as_percent(share, up=up)} %"


def _facts(found: Round, truth: status.Truth) -> dict[str, Any]:
    return {
        "compared": len(found.checks),
        "calls": found.calls,
        "reason": str(found.reason),
        "verdicts": {str(verdict): found.count(verdict) for verdict in Verdict},
        "drifts": [
            {"entity": each.entity, "record": each.external_id, "differences": each.differences}
            for each in found.checks
            if each.verdict == Verdict.DRIFT
        ],
        "truth": {
            "hours": truth.hours,
            "checked": truth.checked,
            "equal": truth.equal,
            "share": truth.share,
            "low": truth.low,
            "high": truth.high,
            "open_drifts": truth.drifts,
        },
    }


def _table(found: Round) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    titles = [_("compared"), _("equal"), _("changed since"), _("different"), _("unreadable")]
    for title in ("", *titles):
        table.add_column(Text(title), justify="right" if title else "left", no_wrap=True, overflow="fold")
    verdicts = (Verdict.EQUAL, Verdict.LAG, Verdict.DRIFT, Verdict.UNREADABLE)
    for entity in dict.fromkeys(each.entity for each in found.checks):
        checks = found.of(entity)
        counts = [sum(1 for each in checks if each.verdict == verdict) for verdict in verdicts]
        table.add_row(Text(label(entity)), *(f"{count:,}" for count in (len(checks), *counts)))
    return table


def _lines(found: Round, limit: int | None) -> list[str]:
    """The fields that differ, and what could not be read; at most `limit`, None for all that is kept."""
    lines = [
        f"{label(check.entity)}, {_line(each)}"
        for check in found.checks
        for each in check.differences
        if check.verdict == Verdict.DRIFT
    ]
    told = _("%(entity)s, cannot be compared: %(reason)s")
    lines += [
        told % {"entity": label(check.entity), "reason": f"{check.external_id}: {check.reason}"}
        for check in found.checks
        if check.verdict == Verdict.UNREADABLE
    ]
    shown = lines if limit is None else lines[:limit]
    if limit and len(lines) > limit:
        shown.append(_("… and %(count)s more; -v 2 shows all.") % {"count": f"{len(lines) - limit:,}"})
    return shown


def _line(each: dict[str, Any]) -> str:
    name = " ".join(part for part in (each["table"], each["record"], each["label"]) if part)
    return missing(name, each["field"]) or line(name, each["field"], each["here"], each["there"])
