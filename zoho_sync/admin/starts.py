"""Starting runs: every entity with its two buttons, each with its cost, and the page that asks before it starts."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from inventory.models import Organization

from .. import services
from ..costs import usual_of_all
from ..estimates import Counted
from ..options import SyncMode, SyncOptions, Trigger
from ..processors import registry
from .confirm import Question, ask
from .first_load import COUNT, count_button, first_load_facts, tell_counting
from .outcome import attempt, run_url, tell_started
from .words import about_calls, entity_name, with_cost

EVERYTHING, DOCUMENTS = GROUPS = ("all", "documents")
MODES = (SyncMode.FULL, SyncMode.INCREMENTAL)


_DETAILS_FOLLOW = gettext_lazy(
    "This cost is for the lists. The lines of each new or changed document take one call more; they are read newest "
    "first with the calls that nobody else needs, over several days where there are many, and the start page says how "
    "many are left."
)


def may_start(request: HttpRequest) -> bool:
    return request.user.has_perm("zoho_sync.start_syncrun")


def start_url(entity: str, mode: str) -> str:
    return reverse("admin:zoho_sync_syncrun_start_entity", args=[entity, mode])


def entities_together(group: str = EVERYTHING) -> list[str]:
    """What one button starts together: "everything" is what the shop needs at once; documents are read apart."""
    return registry.documents() if group == DOCUMENTS else registry.together()


def _entities_of(name: str) -> list[str]:
    return entities_together(name) if name in GROUPS else [name]


def group_name(name: str) -> str:
    """Of an entity, or of several that are started together."""
    known = {EVERYTHING: _("Everything"), DOCUMENTS: _("All documents")}
    return known.get(name) or entity_name(name)


def cost_in_words(organizations: Sequence[Organization], entity: str, mode: str) -> str:
    """About how many calls; empty while no organisation is known, as nothing can be counted yet."""
    told = costs_in_words(organizations[0] if organizations else None, [(entity, SyncMode(mode))])
    return told.get((entity, mode), "")


def costs_in_words(
    organization: Organization | None, wanted: Sequence[tuple[str, SyncMode]]
) -> dict[tuple[str, str], str]:
    """The same for several at once; what runs really cost is asked once, and each estimate is made once."""
    if organization is None:
        return {}
    names = list(dict.fromkeys(name for entity, _mode in wanted for name in _entities_of(entity)))
    usual, counted = usual_of_all(organization, names), Counted(organization, names)

    def cost(entity: str, mode: SyncMode) -> int:
        if (entity, mode) not in usual:
            usual[entity, mode] = services.estimate_calls(organization, entity, mode, counted=counted)
        return usual[entity, mode]

    return {
        (entity, mode): about_calls(sum(cost(name, mode) for name in _entities_of(entity)))
        for entity, mode in wanted
    }


def shortage_in_words(organizations: Sequence[Organization], entity: str, mode: str) -> str:
    """What to know when the day's calls will not do; "" when they will."""
    wanted = [SyncOptions(entity=name, mode=SyncMode(mode)) for name in _entities_of(entity)]
    return next(filter(None, (str(services.weigh(each, wanted).in_words) for each in organizations)), "")


def start_page(request: HttpRequest) -> HttpResponse:
    """Every entity with its buttons. Shows, starts nothing."""
    if not may_start(request):
        raise PermissionDenied
    names = (EVERYTHING, *registry.together(), DOCUMENTS, *_apart())
    costs = costs_in_words(Organization.objects.first(), [(name, mode) for name in names for mode in MODES])
    rows = [
        {
            "label": group_name(name),
            "buttons": [
                {
                    "text": mode_button(mode),
                    "url": start_url(name, mode),
                    "cost": (cost := costs.get((name, mode), "")),
                    "said": with_cost(action_words(name, mode), cost),
                    "main": name in GROUPS,
                }
                for mode in MODES
            ],
        }
        for name in names
    ]
    request.current_app = admin.site.name
    context = admin.site.each_context(request) | {"title": _("Start a sync"), "rows": rows}
    return TemplateResponse(request, "admin/zoho_sync/start.html", context)


def _apart() -> list[str]:
    return [name for name in registry.names() if registry.get(name).is_background]


def action_words(entity: str, mode: str) -> str:
    """Verb and object, such as "Sync in full: Price lists"."""
    label = group_name(entity)
    if mode == SyncMode.FULL:
        return _("Sync in full: %(entity)s") % {"entity": label}
    return _("Sync what changed: %(entity)s") % {"entity": label}


def mode_button(mode: str) -> str:
    return _("Full sync") if mode == SyncMode.FULL else _("Incremental sync")


def start_entity(request: HttpRequest, entity: str, mode: str) -> HttpResponse:
    """GET asks, POST starts."""
    if not may_start(request):
        raise PermissionDenied
    if entity not in (*GROUPS, *registry.names()) or mode not in MODES:
        raise Http404
    if request.method == "POST":
        return _start(request, entity, SyncMode(mode))
    return ask(request, _question(entity, mode))


def _question(entity: str, mode: str) -> Question:
    organizations = list(Organization.objects.all()[:50])
    label = group_name(entity)
    if mode == SyncMode.FULL:
        meaning = _("Reads every record. What is no longer at the source is marked as removed.")
    else:
        meaning = _("Reads what has changed since the last good run.")
    shortage = shortage_in_words(organizations, entity, mode)
    several = [(each.external_id, str(each)) for each in organizations] if len(organizations) > 1 else []
    cost = cost_in_words(organizations, entity, mode)
    first = services.first_load(organizations[0], _entities_of(entity)) if organizations else None
    return Question(
        title=f"{label}: {mode_button(mode)}",
        sentences=[
            meaning,
            _("Notes, selling flags and everything else that is ours stay as they are."),
            *([_DETAILS_FOLLOW] if entity == DOCUMENTS or entity in registry.documents() else []),
            *([shortage] if shortage else []),
        ],
        facts=[(_("cost"), cost or _("known after the first sync")), *first_load_facts(first)],
        choices=[("organization", _("Organisation"), several)] if several else [],
        checks=[
            ("dry_run", _("Dry run: only show what would change")),
            *([("anyway", _("Start anyway: it rests when the day's calls are spent"))] if shortage else []),
        ],
        submit=with_cost(action_words(entity, mode), cost),
        also=count_button(first),
        cancel_url=reverse("admin:zoho_sync_syncrun_start"),
    )


def _start(request: HttpRequest, entity: str, mode: SyncMode) -> HttpResponse:
    chosen = request.POST.get("organization")
    organization = Organization.objects.filter(external_id=chosen).first() if chosen else None
    if organization is None and Organization.objects.count() == 1:
        organization = Organization.objects.get()
    if request.POST.get("do") == COUNT:
        tell_counting(request, organization or Organization.objects.first(), _entities_of(entity))
        return redirect(request.path)
    is_dry, anyway = request.POST.get("dry_run") == "yes", request.POST.get("anyway") == "yes"
    if entity in GROUPS:
        runs = attempt(
            request,
            lambda: services.start_all(
                mode,
                trigger=Trigger.ADMIN,
                organization=organization,
                user=request.user,
                dry_run=is_dry,
                anyway=anyway,
                entities=entities_together(entity),
            ),
        )
    else:
        options = SyncOptions(entity=entity, mode=mode, dry_run=is_dry)
        runs = attempt(
            request,
            lambda: [
                services.start_run(
                    options,
                    trigger=Trigger.ADMIN,
                    organization=organization,
                    user=request.user,
                    anyway=anyway,
                )
            ],
        )
    if not runs:
        return redirect(request.path)
    tell_started(request, runs)
    return redirect(run_url(runs[0].pk)) if len(runs) == 1 else redirect("admin:zoho_sync_syncrun_changelist")
