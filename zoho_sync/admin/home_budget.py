"""The day's calls: how many are used, by whom, whether they will last, and what comes next."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.panels import Custom

from .. import status
from ..documents_left import DocumentsLeft
from ..options import SyncMode, Trigger
from .connection import budget_values
from .words import about_calls, entity_name

_SPENDERS, _NEXT = 5, 5


def budget_panel(
    budget: status.Budget, forecast: status.Forecast, left: DocumentsLeft | None, title: str
) -> Custom:
    spenders = [[spender(each), cells.number(each.calls)] for each in forecast.spendings[:_SPENDERS]]
    rest = sum(each.calls for each in forecast.spendings[_SPENDERS:])
    if rest:
        spenders.append([_("others"), cells.number(rest)])
    values = budget_values(budget) | {
        "title": _("Budget of calls") + title,
        "expected": min(forecast.limit, forecast.expected_at_day_end),
        "outlook": outlook(forecast),
        "documents_left": documents_in_words(left) if left and left.calls else "",
        "runs_out": forecast.runs_out_at is not None,
        "spenders": spenders,
        "more_url": reverse("admin:zoho_sync_oauthtoken_budget"),
        "next": [
            {"name": name, "at": cells.age(at), "calls": about_calls(calls)}
            for name, at, calls in forecast.next_runs[:_NEXT]
        ],
    }
    return Custom(template="admin/dashboard/budget.html", values=values)


def documents_in_words(left: DocumentsLeft) -> str:
    """Whose lines are still to be read, what that costs, and how long it takes at least."""
    told = ngettext(
        "The lines of %(count)s document are still to be read, at one call each, newest first.",
        "The lines of %(count)s documents are still to be read, at one call each, newest first.",
        left.calls,
    ) % {"count": cells.decimal_text(left.calls)}
    if left.days <= 1:
        return told
    facts = {"calls": cells.decimal_text(left.calls_a_day), "days": cells.decimal_text(left.days)}
    return f"{told} " + _("At most %(calls)s calls a day are left to them: at least %(days)s days.") % facts


def outlook(forecast: status.Forecast) -> str:
    facts = {
        "expected": cells.decimal_text(forecast.expected_at_day_end),
        "limit": cells.decimal_text(forecast.limit),
    }
    if forecast.runs_out_at is None:
        return _("They will last: about %(expected)s of %(limit)s by the end of the day.") % facts
    if forecast.runs_out_at <= timezone.now():
        return _("What was free to use is used up; the rest is kept for real-time work.")
    facts["time"] = formats.date_format(timezone.localtime(forecast.runs_out_at), "TIME_FORMAT")
    return _("They run out at about %(time)s: about %(expected)s of %(limit)s would be needed.") % facts


def spender(spending) -> str:
    """ "Schedule: Products, incremental"."""
    if spending.trigger is None:
        return _("runs that are forgotten")
    if not spending.trigger:
        return _("checks and comparisons")
    trigger = str(Trigger(spending.trigger).label) if spending.trigger in Trigger else spending.trigger
    mode = str(SyncMode(spending.mode).label) if spending.mode in SyncMode else spending.mode
    parts: Sequence[str] = [part for part in (entity_name(spending.entity), mode) if part]
    who = spending.person or trigger
    return f"{who}: {_(', ').join(parts)}" if parts else who
