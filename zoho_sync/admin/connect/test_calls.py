"""Step 5: one call to everything that is mirrored, and what came of each, in words."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Table

from ... import connection_checks
from ...connection_checks import CHECKS
from ...models import ConnectionCheck
from ..words import about_calls
from .frame import Form, Page, Visit, unconnected
from .progress import Standing

Verdict = ConnectionCheck.Verdict
MOODS: dict[str, str] = {
    Verdict.GOOD: "good", Verdict.MISSING: "quiet", Verdict.LATER: "warn", Verdict.BAD: "bad",
}  # fmt: skip


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    return [
        Table(
            title=_("What can be read"),
            headers=[_("what"), _("result"), _("in words"), _("tried")],
            rows=[row(check, standing.checks.get(check.name)) for check in CHECKS],
        ),
        Form(
            verb="test",
            title=_("Try it"),
            sentences=[
                _("Everything that is mirrored is asked for once. Nothing is written to the catalogue.")
            ],
            submit=_("Make the test calls"),
            cost=about_calls(connection_checks.COST),
            reason=unconnected(standing),
        ),
    ]


def row(check: connection_checks.Check, told: ConnectionCheck | None) -> list[object]:
    if told is None:
        return [str(check.label), cells.tag(_("not tried yet"), "quiet"), cells.UNKNOWN, cells.UNKNOWN]
    return [
        str(check.label),
        cells.tag(told.get_verdict_display(), MOODS.get(told.verdict, "quiet")),
        cells.words(told.message),
        cells.age(told.checked_at),
    ]


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if standing.organization is None:
        messages.warning(request, unconnected(standing))
        return None
    done = connection_checks.run_checks(standing.organization)
    bad = [each for each in done if each.verdict in (Verdict.BAD, Verdict.LATER)]
    if bad:
        messages.warning(request, _("Not everything can be read. The table says what to do."))
    else:
        messages.success(request, _("Everything that is mirrored can be read."))
    return None


PAGE = Page(panels, act, ("test",))
