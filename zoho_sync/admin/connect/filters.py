"""Step 6: what Zoho obeys. It answers 200 and the whole list to a filter that it ignores, so each is tried."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Table

from ... import connection_checks
from ...connection_checks import MODIFIED, Trial
from ...models import FilterVerdict
from ..words import about_calls, entity_name
from .frame import Form, Page, Visit, unconnected
from .progress import Standing

Verdict = FilterVerdict.Verdict
MOODS: dict[str, str] = {Verdict.WORKS: "good", Verdict.IGNORED: "warn", Verdict.REFUSED: "warn"}


def panels(visit: Visit) -> Sequence[object]:
    standing, tried = visit.standing, connection_checks.trials()
    known = standing.verdicts
    return [
        Table(
            title=_("What Zoho obeys"),
            headers=[_("list"), _("tried"), _("verdict"), _("what incremental runs do"), _("when")],
            rows=[row(each, known.get((each.resource, each.name)), known) for each in tried],
            note=_(
                "A verdict on a filter counts for a week; then the next incremental run tries it again by itself. A "
                "verdict on sorting counts for a week too, and every page is looked at whether it is sorted."
            ),
        ),
        Form(
            verb="try",
            title=_("Try it"),
            sentences=[
                _(
                    "Each list is asked for what has changed since tomorrow, which is nothing, and for its newest "
                    "changes first."
                )
            ],
            submit=_("Try the filters"),
            cost=about_calls(len(tried)),
            reason=unconnected(standing),
        ),
    ]


def row(trial: Trial, told: FilterVerdict | None, known: dict) -> list[object]:
    what = _("only what has changed") if trial.name == MODIFIED else _("newest changes first")
    if told is None:
        unknown = cells.tag(_("not tried yet"), "quiet")
        return [entity_name(trial.entity), what, unknown, consequence(trial, "", known), cells.UNKNOWN]
    return [
        entity_name(trial.entity),
        what,
        cells.tag(told.get_verdict_display(), MOODS.get(told.verdict, "quiet")),
        consequence(trial, told.verdict, known),
        cells.age(told.probed_at),
    ]


def consequence(trial: Trial, verdict: str, known: dict) -> str:
    """What follows from a verdict, for the calls of the runs."""
    if trial.name == MODIFIED:
        return {
            "": _("The first one tries it by itself."),
            Verdict.WORKS: _("They ask only for what has changed."),
        }.get(verdict, _("They read the newest changes first, and stop at the first page without one."))
    by_filter = known.get((trial.resource, MODIFIED))
    if by_filter and by_filter.verdict == Verdict.WORKS:
        return _("Not needed: the filter works.")
    return {
        "": _("They look at every page whether it is sorted."),
        Verdict.WORKS: _("They stop at the first page without a change."),
        Verdict.IGNORED: _("They read the whole list each time, which costs as much as a full run."),
    }.get(verdict, _("They ask without sorting and read the whole list, which costs as much as a full run."))


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if standing.organization is None:
        messages.warning(request, unconnected(standing))
        return None
    done = connection_checks.run_trials(standing.organization)
    short = [trial for trial, verdict in done if not verdict]
    if short:
        names = ", ".join(sorted({entity_name(each.entity) for each in short}))
        text = _("Tried. Too few records to tell how a list is sorted: %(names)s.") % {"names": names}
        messages.warning(request, text)
    else:
        messages.success(request, _("Tried. Incremental runs go by these verdicts from now on."))
    return None


PAGE = Page(panels, act, ("try",))
