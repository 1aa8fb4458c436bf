"""From a run to the next one: its plan applied, or the same again as a dry run. Both ask before they start."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from inventory.admin import cells

from .. import services
from ..models import SyncRun
from ..options import Trigger
from . import run_buttons, run_changes
from .confirm import Question, ask
from .outcome import attempt, run_url, tell_started
from .words import about_calls, entity_name, run_title


def apply_page(request: HttpRequest, run: SyncRun) -> HttpResponse:
    """GET asks, POST starts the run that applies the plan."""
    if request.method == "POST":
        started = attempt(request, lambda: services.apply_plan(run, trigger=Trigger.ADMIN, user=request.user))
        if started is None:
            return redirect(run_url(run.pk))
        tell_started(request, [started])
        return redirect(run_url(started.pk))
    plan = services.plan_of(run)
    if plan.objection:
        attempt(request, lambda: services.apply_plan(run, trigger=Trigger.ADMIN, user=request.user))
        return redirect(run_url(run.pk))
    return ask(request, _question(run, plan))


def _question(run: SyncRun, plan: services.Plan) -> Question:
    counts = [(str(name), run_changes.counted(run, action)) for action, name in run_changes.WOULD.items()]
    return Question(
        title=f"{run_title(run)}: {_('Apply exactly this')}",
        sentences=[
            _("Exactly the rows of this plan are written, and nothing else. Zoho is not asked again."),
            _(
                "A row that has changed since the plan was made is refused, left as it is, and shown on the page of "
                "the new run."
            ),
        ],
        facts=[
            (_("entity"), entity_name(run.entity)),
            (_("still planned"), cells.number(plan.left)),
            *((name, cells.number(count)) for name, count in counts if count),
            (_("planned at"), cells.moment(run.finished_at)),
            (_("may be applied until"), cells.moment(plan.ends_at)),
            (_("cost"), _("no call")),
        ],
        submit=_("Apply exactly this"),
        cancel_url=run_url(run.pk),
        danger=bool(run_changes.counted(run, "remove")),
    )


def again_page(request: HttpRequest, run: SyncRun) -> HttpResponse:
    """GET asks, POST starts a dry run with the options of this one."""
    if run.options.get("plan"):
        return redirect(run_url(run.pk))
    options = replace(run.sync_options, dry_run=True)
    if request.method != "POST":
        shortage = str(services.weigh(run.organization, [options]).in_words)
        return ask(
            request,
            Question(
                title=f"{run_title(run)}: {run_buttons.again_words()}",
                sentences=[
                    _("The same is read from Zoho again, and only a plan of what would change is made."),
                    *([shortage] if shortage else []),
                ],
                facts=[
                    (_("what"), entity_name(run.entity)),
                    (_("cost"), about_calls(run_buttons.cost_again(run))),
                ],
                checks=[("anyway", _("Start anyway: it rests when the day's calls are spent"))]
                if shortage
                else [],
                submit=_("Start the dry run"),
                cancel_url=run_url(run.pk),
            ),
        )
    started = attempt(
        request,
        lambda: services.start_run(
            options,
            trigger=Trigger.ADMIN,
            organization=run.organization,
            user=request.user,
            anyway=request.POST.get("anyway") == "yes",
        ),
    )
    if started is None:
        return redirect(run_url(run.pk))
    tell_started(request, [started])
    return redirect(run_url(started.pk))
