"""The integrity desk on the home page: a sentence beside "Is it right?", and the checks that found most."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...integrity import registry
from ...integrity.totals import IntegrityTotals
from .. import cells
from ..panels import Block, Table
from .desk import counted
from .words import check_cell, desk_url, severity_tag

SHOWN = 6
GRADES = ("error", "warning", "info")


def note(told: IntegrityTotals) -> str:
    """For the answer to "Is it right?"; "" while no check has run."""
    if told.checked_at is None and not told.open:
        return ""
    text = ngettext(
        "Integrity desk: %(count)s finding is open.",
        "Integrity desk: %(count)s findings are open.",
        told.open,
    )
    parts = [text % {"count": cells.decimal_text(told.open)}]
    if told.new:
        parts.append(
            ngettext("%(count)s is new today.", "%(count)s are new today.", told.new)
            % {"count": cells.decimal_text(told.new)}
        )
    if told.failing:
        parts.append(_("Checks that fail: %(names)s.") % {"names": _(", ").join(told.failing)})
    return " ".join(parts)


def block(told: IntegrityTotals) -> Block:
    """The checks with most findings, the gravest first."""
    sums = told.by_check
    checks = [each for each in registry.checks() if each.key in sums]
    checks.sort(key=lambda each: (GRADES.index(each.severity), -sums[each.key].open))
    panel = Table(
        title=_("Integrity desk"),
        headers=[_("check"), _("severity"), _("open"), _("new today"), _("oldest")],
        rows=[
            [
                check_cell(each.key),
                severity_tag(each.severity),
                counted(each, sums[each.key].open, ""),
                cells.number(sums[each.key].new),
                cells.age(sums[each.key].oldest),
            ]
            for each in checks[:SHOWN]
        ],
        numeric=frozenset({2, 3}),
        empty=_("Nothing is open."),
        more_url=desk_url(),
        more=_("See the integrity desk"),
    )
    return Block(id="integrity", panels=[panel])
