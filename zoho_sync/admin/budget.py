"""The page "Budget of calls": what is spent and by whom, whether it will last, and what each schedule costs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Custom, Facts, Figure, Figures, Table
from inventory.models import Organization

from .. import status
from ..models import ApiUsage
from ..options import Priority, SyncMode, Trigger
from ..status import Forecast, ScheduleCost, Spending
from .run_page import usage_table
from .schedules import mode_name
from .words import about_calls, entity_name

DAYS = 14
PAGE = "zoho_sync_oauthtoken_budget"


def urls(page) -> list:
    def show(request: HttpRequest) -> HttpResponse:
        return budget_page(page, request)

    return [path("budget/", page.admin_site.admin_view(show), name=PAGE)]


def budget_page(page, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    from .connection import not_connected_banner

    panels: list[object] = []
    organizations = list(Organization.objects.all()[:20])
    for organization in organizations:
        panels += panels_of(request, organization, several=len(organizations) > 1)
    context = page.admin_site.each_context(request) | {
        "title": _("Budget of calls"),
        "panels": panels or [not_connected_banner()],
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/overview.html", context)


def panels_of(request: HttpRequest, organization: Organization, *, several: bool) -> Iterable[object]:
    from .connection import budget_panels, sums_by_endpoint

    told = status.forecast(organization)
    yield outlook(told, organization if several else None)
    yield from budget_panels(organization)
    yield figures(told)
    yield still_to_come(told)
    yield schedules_table(request, told)
    yield spenders_table(told)
    today = ApiUsage.objects.filter(organization=organization, day=status.today(organization))
    yield usage_table(_("Calls today"), sums_by_endpoint(today.order_by("api", "endpoint", "run_number")))
    yield last_days(organization, told)
    yield rules(told)


def outlook(told: Forecast, organization: Organization | None) -> Banner:
    """The one sentence, and what to do."""
    facts = {
        "expected": cells.decimal_text(told.expected_at_day_end),
        "ceiling": cells.decimal_text(told.ceiling),
    }
    name = f"{organization}: " if organization else ""
    if told.runs_out_at is None:
        text = _("The day's calls will last: about %(expected)s of %(ceiling)s will be used when it ends.")
        return Banner(text=name + text % facts, mood="good")
    facts["time"] = clock_time(told.runs_out_at)
    if told.used >= told.ceiling:
        text = _(
            "What normal work may use today is spent. Syncs rest until %(end)s; webhooks and chosen records go on."
        )
        facts["end"] = clock_time(told.day_ends_at)
    else:
        text = _(
            "At about %(time)s normal work will have to stop: about %(expected)s calls would be needed until the day "
            "ends, and %(ceiling)s may be used."
        )
    url = reverse("admin:django_q_schedule_changelist")
    return Banner(
        text=f"{name}{text % facts} {advice(told)}".strip(), mood="warn", url=url, action=_("Schedules")
    )


def advice(told: Forecast) -> str:
    """The schedule that costs most, as long as the schedules are what costs."""
    dearest = max(told.schedules, key=lambda each: each.calls_a_day, default=None)
    if dearest is None or not dearest.calls_a_day:
        return ""
    text = _("Sync less often: the schedule of %(entity)s costs %(calls)s a day, more than any other.")
    return text % {"entity": dearest.label, "calls": about_calls(dearest.calls_a_day)}


def clock_time(moment) -> str:
    return formats.date_format(timezone.localtime(moment), "TIME_FORMAT")


def figures(told: Forecast) -> Figures:
    runs_out = told.runs_out_at
    tiles = [
        Figure(name=_("used today"), value=cells.number(told.used)),
        Figure(
            name=_("left for syncs"),
            value=cells.number(max(0, told.ceiling - told.used)),
            mood="" if told.used < told.ceiling else "bad",
        ),
        Figure(
            name=_("expected when the day ends"),
            value=cells.number(told.expected_at_day_end),
            mood="warn" if runs_out else "good",
            note=_("of %(limit)s") % {"limit": cells.decimal_text(told.limit)},
        ),
        Figure(
            name=_("runs out at"),
            value=clock_time(runs_out) if runs_out else _("not today"),
            mood="warn" if runs_out else "good",
        ),
        Figure(name=_("the day ends"), value=cells.age(told.day_ends_at)),
    ]
    return Figures(tiles=tiles, title=_("Budget of calls"))


def still_to_come(told: Forecast) -> Table:
    rows = [
        (_("runs under way"), told.waiting, _("what they still need, going by earlier runs of their kind")),
        (_("schedules that still fire today"), told.scheduled, _("each at the median of its last ten runs")),
        (
            _("webhooks and checks"),
            told.unplanned,
            _("as many as on the last days, for the rest of this one"),
        ),
    ]
    return Table(
        title=_("What the rest of the day will cost"),
        headers=[_("for"), _("calls"), _("counted from")],
        rows=[[name, cells.number(calls), source] for name, calls, source in rows],
        numeric=frozenset({1}),
        note=_("Syncs that people start are in none of these figures: nobody can foretell them."),
    )


def schedules_table(request: HttpRequest, told: Forecast) -> Table:
    costs = sorted(told.schedules, key=lambda each: -each.calls_a_day)
    may_change = request.user.has_perm("django_q.change_schedule")
    return Table(
        title=_("What each schedule costs"),
        headers=[
            _("schedule"), _("mode"), _("next run"), _("still today"), _("calls each"), _("calls still today"),
            _("calls a day"),
        ],
        rows=[
            [
                schedule_cell(each, may_change),
                mode_name(each.mode),
                cells.moment(each.next_at) if each.next_at else cells.tag(_("off"), "quiet"),
                cells.number(each.times),
                cells.number(each.calls),
                cells.number(each.calls_left),
                cells.number(each.calls_a_day),
            ]
            for each in costs
        ],
        numeric=frozenset({3, 4, 5, 6}),
        empty=_("No schedule is set up, so nothing is synced by itself. Run: manage.py setup_schedules"),
        note=_("To spend less, let the dearest one run less often, or as an incremental sync."),
    )  # fmt: skip


def schedule_cell(cost: ScheduleCost, may_change: bool) -> object:
    if not may_change:
        return cost.label
    return cells.link(reverse("admin:django_q_schedule_change", args=[cost.id]), cost.label)


def spenders_table(told: Forecast) -> Table:
    return Table(
        title=_("Who has used today's calls"),
        headers=[_("started by"), _("entity"), _("mode"), _("part of the budget"), _("calls"), _("failed")],
        rows=[
            [
                origin(each),
                entity_name(each.entity) if each.entity else cells.UNKNOWN,
                str(SyncMode(each.mode).label) if each.mode in SyncMode else cells.UNKNOWN,
                str(Priority(each.priority).label) if each.priority else cells.UNKNOWN,
                cells.number(each.calls),
                cells.number(each.failed),
            ]
            for each in told.spendings
        ],
        numeric=frozenset({4, 5}),
        empty=_("No call has been made today. There is nothing to do."),
    )


def origin(spending: Spending) -> object:
    if spending.trigger is None:
        return _("a run that is forgotten")
    if not spending.trigger:
        return _("no run: checks and comparisons")
    trigger = str(Trigger(spending.trigger).label) if spending.trigger in Trigger else spending.trigger
    return cells.stacked(trigger, cells.words(spending.person) if spending.person else "")


def last_days(organization: Organization, told: Forecast) -> Custom:
    today = status.today(organization)
    used = status.calls_by_day(organization, today - timedelta(days=DAYS - 1))
    most = max([told.limit, *used.values()])
    days = [today - timedelta(days=back) for back in range(DAYS)]
    return Custom(
        template="admin/zoho_sync/days.html",
        values={
            "title": _("The last 14 days"),
            "most": most,
            "days": [
                {"day": cells.moment(day), "calls": used.get(day, 0), "words": cells.number(used.get(day, 0))}
                for day in days
            ],
        },
    )


def rules(told: Forecast) -> Facts:
    """Who may spend what, in words."""
    number = cells.decimal_text
    normal = _(
        "Syncs that people, programs and schedules start may use the first %(ceiling)s calls of the day. A start that "
        "would need more is refused with its figures, or put off until the next day when a schedule asks; who wants "
        "it anyway may say so."
    )
    reserve = _(
        "%(reserve)s calls are kept for what cannot wait: webhooks, and records that somebody refreshes. Only they may "
        "use the last calls of a day. (ZOHO_REALTIME_RESERVE_PERCENT is %(percent)s.)"
    )
    background = _(
        "Work that nobody waits for, such as the customers' details, stops when %(ceiling)s calls are used by anybody, "
        "and goes on the next day. (ZOHO_BACKGROUND_FLOOR_PERCENT is %(percent)s.)"
    )
    return Facts(
        title=_("How the day's calls are shared out"),
        pairs=[
            (_("normal work"), normal % {"ceiling": number(told.ceiling)}),
            (
                _("the reserve"),
                reserve
                % {
                    "reserve": number(told.reserve),
                    "percent": settings.ZOHO["REALTIME_RESERVE_PERCENT"],
                },
            ),
            (
                _("background work"),
                background
                % {
                    "ceiling": number(told.background_ceiling),
                    "percent": settings.ZOHO["BACKGROUND_FLOOR_PERCENT"],
                },
            ),
            (
                _("all together"),
                _("Zoho grants %(limit)s calls a day, as ZOHO_CALLS_PER_DAY says; the day ends at %(time)s.")
                % {"limit": number(told.limit), "time": clock_time(told.day_ends_at)},
            ),
        ],
    )
