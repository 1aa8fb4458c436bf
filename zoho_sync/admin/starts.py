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

from inventory.models import Organization

from .. import services
from ..options import SyncMode, SyncOptions, Trigger
from ..processors import registry
from .confirm import Question, ask
from .outcome import attempt, run_url, tell_started
from .words import about_calls, entity_name

EVERYTHING = "all"
MODES = (SyncMode.FULL, SyncMode.INCREMENTAL)


def may_start(request: HttpRequest) -> bool:
    return request.user.has_perm("zoho_sync.start_syncrun")


def start_url(entity: str, mode: str) -> str:
    return reverse("admin:zoho_sync_syncrun_start_entity", args=[entity, mode])


def entities_together() -> list[str]:
    """What "everything" starts: the background lanes follow by themselves."""
    return [name for name in registry.names() if not registry.get(name).is_background]


def cost_in_words(organizations: Sequence[Organization], entity: str, mode: str) -> str:
    """About how many calls; empty while no organisation is known, as nothing can be counted yet."""
    if not organizations:
        return ""
    names = entities_together() if entity == EVERYTHING else [entity]
    return about_calls(sum(services.estimate_calls(organizations[0], name, mode) for name in names))


def start_page(request: HttpRequest) -> HttpResponse:
    """Every entity with its buttons. Shows, starts nothing."""
    if not may_start(request):
        raise PermissionDenied
    organizations = list(Organization.objects.all()[:50])
    rows = [
        {
            "label": entity_name(name) if name != EVERYTHING else _("Everything"),
            "buttons": [
                {
                    "text": mode_button(mode),
                    "url": start_url(name, mode),
                    "cost": cost_in_words(organizations, name, mode),
                    "main": name == EVERYTHING,
                }
                for mode in MODES
            ],
        }
        for name in (EVERYTHING, *registry.names())
    ]
    request.current_app = admin.site.name
    context = admin.site.each_context(request) | {"title": _("Start a sync"), "rows": rows}
    return TemplateResponse(request, "admin/zoho_sync/start.html", context)


def mode_button(mode: str) -> str:
    return _("Full sync") if mode == SyncMode.FULL else _("Incremental sync")


def start_entity(request: HttpRequest, entity: str, mode: str) -> HttpResponse:
    """GET asks, POST starts."""
    if not may_start(request):
        raise PermissionDenied
    if entity not in (EVERYTHING, *registry.names()) or mode not in MODES:
        raise Http404
    if request.method == "POST":
        return _start(request, entity, SyncMode(mode))
    return ask(request, _question(entity, mode))


def _question(entity: str, mode: str) -> Question:
    organizations = list(Organization.objects.all()[:50])
    label = _("Everything") if entity == EVERYTHING else entity_name(entity)
    if mode == SyncMode.FULL:
        meaning = _("Reads every record. What is no longer at the source is marked as removed.")
    else:
        meaning = _("Reads what has changed since the last good run.")
    several = [(each.external_id, str(each)) for each in organizations] if len(organizations) > 1 else []
    return Question(
        title=f"{label}: {mode_button(mode)}",
        sentences=[meaning, _("Notes, selling flags and everything else that is ours stay as they are.")],
        facts=[(_("cost"), cost_in_words(organizations, entity, mode) or _("known after the first sync"))],
        choices=[("organization", _("Organisation"), several)] if several else [],
        checks=[("dry_run", _("Dry run: only show what would change"))],
        submit=_("Start"),
        cancel_url=reverse("admin:zoho_sync_syncrun_start"),
    )


def _start(request: HttpRequest, entity: str, mode: SyncMode) -> HttpResponse:
    chosen = request.POST.get("organization")
    organization = Organization.objects.filter(external_id=chosen).first() if chosen else None
    if organization is None and Organization.objects.count() == 1:
        organization = Organization.objects.get()
    is_dry = request.POST.get("dry_run") == "yes"
    if entity == EVERYTHING:
        runs = attempt(
            request,
            lambda: services.start_all(
                mode, trigger=Trigger.ADMIN, organization=organization, user=request.user, dry_run=is_dry
            ),
        )
    else:
        options = SyncOptions(entity=entity, mode=mode, dry_run=is_dry)
        runs = attempt(
            request,
            lambda: [
                services.start_run(
                    options, trigger=Trigger.ADMIN, organization=organization, user=request.user
                )
            ],
        )
    if not runs:
        return redirect("admin:zoho_sync_syncrun_start")
    tell_started(request, runs)
    return redirect(run_url(runs[0].pk)) if len(runs) == 1 else redirect("admin:zoho_sync_syncrun_changelist")
