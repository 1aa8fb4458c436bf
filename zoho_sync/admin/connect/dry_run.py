"""Step 9: the first dry run. It reads everything as a full sync would, and writes a plan instead of rows; exactly that
plan can then be applied."""

from __future__ import annotations

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from inventory.admin import cells
from inventory.admin.buttons import not_allowed
from inventory.admin.panels import Banner, Table

from ... import services, status
from ...admission import Weighed
from ...options import SyncMode, SyncOptions, Trigger
from ..outcome import attempt, run_link, tell_started
from ..starts import EVERYTHING, entities_together, may_start, start_url
from ..words import about_calls, entity_name, state_tag
from .frame import Form, Page, Visit, unconnected
from .progress import DONE, Standing


def panels(visit: Visit) -> Sequence[object]:
    standing = visit.standing
    shown: list[object] = []
    if standing.organization is not None and not status.worker_alive():
        text = _("No worker gives a sign of life, so a run would wait. Start one: make worker.")
        shown.append(Banner(text=text, mood="warn"))
    if standing.dry_runs:
        shown.append(
            Table(
                title=_("Dry runs"),
                headers=[
                    _("run"),
                    _("what"),
                    _("state"),
                    _("calls used"),
                    _("would create"),
                    _("would change"),
                    _("when"),
                ],
                rows=[
                    [
                        run_link(run.pk),
                        entity_name(run.entity),
                        state_tag(run),
                        cells.number(run.calls_count),
                        cells.number(run.created_count),
                        cells.number(run.updated_count),
                        cells.age(run.created_at),
                    ]
                    for run in standing.dry_runs
                ],
                numeric=frozenset({3, 4, 5}),
            )
        )
    if standing.states["dry_run"] == DONE:
        shown.append(apply_form(visit))
        shown.append(
            Banner(
                text=_("Or go on with a full sync: it asks Zoho again, and writes what is true then."),
                mood="busy",
                url=start_url(EVERYTHING, SyncMode.FULL),
                action=_("Full sync of everything"),
            )
        )
    weighed = weigh(standing)
    shortage = str(weighed.in_words) if weighed else ""
    shown.append(
        Form(
            verb="start",
            title=_("Start the dry run"),
            sentences=[
                _(
                    "Everything is read as in a full sync, and nothing is written. A run's page shows what it would do."
                ),
                *([shortage] if shortage else []),
            ],
            checks=[("anyway", _("Start anyway: it rests when the day's calls are spent"))]
            if shortage
            else [],
            submit=_("Start the dry run"),
            cost=cost(weighed),
            reason=unconnected(standing),
            is_main=standing.states["dry_run"] != DONE,
        )
    )
    return shown


def apply_form(visit: Visit) -> Form:
    """To write just what the last dry run has planned."""
    plans = [services.plan_of(run) for run in visit.standing.plans]
    left, ends = sum(plan.left for plan in plans), [plan.ends_at for plan in plans if plan.ends_at]
    until = (
        [(_("The plan may be applied until %(time)s.") % {"time": cells.moment_text(min(ends))})]
        if ends
        else []
    )
    words = ngettext("Apply exactly this: %(count)s row", "Apply exactly this: %(count)s rows", left)
    return Form(
        verb="apply",
        title=_("Does the plan look right?"),
        sentences=[
            _("Exactly the rows of this plan are written, and nothing else. Zoho is not asked again."),
            _("A row that has changed since the plan was made is refused, left as it is, and shown."),
            *until,
        ],
        submit=words % {"count": cells.decimal_text(left)},
        cost=_("no call"),
        reason=(reason := objection(visit, plans)),
        is_main=not reason,
    )


def objection(visit: Visit, plans: Sequence[services.Plan]) -> str:
    """Why the plan cannot be applied now; "" when it can."""
    if not may_start(visit.request):
        return not_allowed()
    if not any(plan.total for plan in plans) and all(run.is_ended for run in visit.standing.plans):
        return _("The dry run has planned nothing: there is nothing to apply.")
    # One that has planned nothing is passed over, unless it has not come to its end.
    standing = zip(visit.standing.plans, plans, strict=True)
    return next((str(plan.objection) for run, plan in standing if plan.total or not run.is_ended), "")


def weigh(standing: Standing) -> Weighed | None:
    if standing.organization is None:
        return None
    wanted = [SyncOptions(entity=name, mode=SyncMode.FULL) for name in entities_together()]
    return services.weigh(standing.organization, wanted)


def cost(weighed: Weighed | None) -> str:
    """About how many calls; before everything was read once nobody knows, and what it depends on is said."""
    if weighed is None:
        return ""
    if weighed.is_sure:
        return about_calls(weighed.calls)
    return _("one call for each 200 items or contacts, and one for each price list")


def act(request: HttpRequest, standing: Standing, verb: str) -> HttpResponse | None:
    if verb == "apply":
        return _apply(request, standing)
    runs = attempt(
        request,
        lambda: services.start_all(
            SyncMode.FULL,
            trigger=Trigger.ADMIN,
            organization=standing.organization,
            user=request.user,
            dry_run=True,
            anyway=request.POST.get("anyway") == "yes",
        ),
    )
    if runs:
        tell_started(request, runs)
    return None


def _apply(request: HttpRequest, standing: Standing) -> HttpResponse | None:
    if not may_start(request):
        raise PermissionDenied
    plans = standing.plans
    runs = attempt(request, lambda: services.apply_plans(plans, trigger=Trigger.ADMIN, user=request.user))
    if runs:
        tell_started(request, runs)
    return redirect("admin:zoho_sync_syncrun_changelist") if runs else None


PAGE = Page(panels, act, ("start", "apply"))
