"""Step 10: the usual schedules, what each costs a day, and a switch for all of them."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Table

from ... import schedules
from ...schedule_costs import UsualCost, schedule_costs
from ..words import about_calls, entity_name
from .frame import Form, Page, Visit, unconnected
from .progress import Standing


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = []
    told = schedule_costs(standing.organization) if standing.organization else []
    a_day = sum(each.calls_a_day for each in told)
    shown.append(
        Table(
            title=_("The usual schedules"),
            headers=[_("what"), _("when"), _("switched on"), _("calls a day, about")],
            rows=[
                [entity_name(each.entity), cells.ltr(each.cron), state(each), cells.number(each.calls_a_day)]
                for each in told
            ],
            numeric=frozenset({3}),
            empty=_("Known when an organisation is connected."),
            note=_(
                "Together about %(calls)s of the %(limit)s calls that a day has. Counted from what is mirrored now; it "
                "grows with the first sync."
            )
            % {
                "calls": cells.decimal_text(a_day),
                "limit": cells.decimal_text(settings.ZOHO["CALLS_PER_DAY"]),
            }
            if told
            else "",
            more_url=reverse("admin:django_q_schedule_changelist"),
            more=_("Change the times, or switch single ones off"),
        )
    )
    missing = [each for each in told if not each.is_on]
    shown.append(
        Form(
            verb="turn_on",
            title=_("Let it sync by itself"),
            sentences=[
                _(
                    "Schedules that are missing are made, those that are switched off are switched on, and times that "
                    "somebody changed stay."
                )
            ],
            submit=_("Switch the schedules on"),
            cost=_("%(calls)s a day") % {"calls": about_calls(a_day)} if a_day else "",
            reason=unconnected(standing)
            or ("" if may_schedule(visit.request) else _("You may not change schedules.")),
            is_main=bool(missing),
        )
    )
    if told and not missing:
        shown.append(
            Banner(
                text=_("All done: the copy keeps itself up to date."),
                mood="good",
                url=reverse("admin:index"),
                action=_("Home"),
            )
        )
    return shown


def state(told: UsualCost) -> object:
    return cells.yes_no(told.is_on) if told.is_made else cells.tag(_("not made yet"))


def may_schedule(request: HttpRequest) -> bool:
    return request.user.has_perms(["django_q.add_schedule", "django_q.change_schedule"])


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if standing.organization is None or not may_schedule(request):
        messages.error(request, unconnected(standing) or _("You may not change schedules."))
        return None
    schedules.turn_on(schedules.name_needed(standing.organization))
    messages.success(request, _("The schedules are on."))
    return None


PAGE = Page(panels, act, ("turn_on",))
