"""The integrity desk: one row for each check, how it stands, and the button that looks again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from ...integrity import registry
from ...integrity.base import Check
from ...integrity.runs import states_of
from ...integrity.settings import check_now
from ...integrity.totals import Totals, totals
from ...models import CheckState, Finding, Organization
from .. import cells
from ..panels import Banner, Custom, Figure, Figures, Table
from .words import check_cell, desk_url, list_url, severity_tag

LIVE_SECONDS = 3
MOST = 20  # organisations on one page
State = Finding.State


def address() -> str:
    return desk_url()


def urls(page: Any) -> list[URLPattern]:
    wrap = page.admin_site.admin_view
    return [
        path("desk/", wrap(lambda request: show(page, request)), name="inventory_finding_desk"),
        path("desk/live/", wrap(live), name="inventory_finding_desk_live"),
        path("desk/now/", wrap(now), name="inventory_finding_check_now"),
    ]


def show(page: Any, request: HttpRequest) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    organizations = list(Organization.objects.order_by("pk")[:MOST])
    context = page.admin_site.each_context(request) | {
        "title": _("Integrity desk"),
        "panels": list(panels(request, organizations)),
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/integrity/page.html", context)


def live(request: HttpRequest) -> HttpResponse:
    """What the page asks every few seconds while checks run; it loads itself anew when they are done."""
    if not request.user.has_perm("inventory.view_finding"):
        raise PermissionDenied
    if request.method not in ("GET", "HEAD"):
        return HttpResponseNotAllowed(["GET", "HEAD"])
    told = progress()
    return JsonResponse(told | {"ended": told["state"] == "done"})


def now(request: HttpRequest) -> HttpResponse:
    """Queue one check (`check`) or all."""
    if not request.user.has_perm("inventory.decide_finding"):
        raise PermissionDenied
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    key = request.POST.get("check", "")
    try:
        count = check_now([key] if key else [])
    except registry.UnknownCheck:
        count = 0
    if count:
        told = ngettext("%(count)s check is queued.", "%(count)s checks are queued.", count)
        messages.success(request, told % {"count": count})
    else:
        messages.warning(request, _("There is nothing to run: the check is switched off, or not known."))
    back = "admin:inventory_finding_check" if key and registry.find(key) else "admin:inventory_finding_desk"
    return redirect(reverse(back, args=[key] if back.endswith("_check") else []))


def progress() -> dict[str, Any]:
    """{"state": "going" or "done", "words", "percent"}: of the checks that somebody asked for last."""
    asked = CheckState.objects.filter(asked_at__isnull=False)
    times: list[tuple[Any, Any]] = list(asked.values_list("asked_at", "started_at"))
    if not times:
        return {"state": "done", "words": "", "percent": 100}
    first = min(at for at, _started in times)
    done = CheckState.objects.filter(is_on=True, asked_at=None, good_at__gte=first).count()
    running = sum(started is not None for _at, started in times)
    told = _("%(done)s of %(all)s checks are done.") % {"done": done, "all": done + len(times)}
    if not done and not running:
        told = _("The checks wait for a worker.")
    return {"state": "going", "words": told, "percent": 100 * done // (done + len(times))}


# --- Panels ------------------------------------------------------------------------------------------


def panels(request: HttpRequest, organizations: Sequence[Organization]) -> Iterable[object]:
    found = totals(organizations)
    yield verbs(request)
    yield figures(request, found.values())
    for organization in organizations:
        title = _("Checks: %(name)s") % {"name": organization} if len(organizations) > 1 else _("Checks")
        yield table(organization, found, title)
    if not organizations:
        yield Banner(text=_("No company is connected yet, so there is nothing to look over."), mood="busy")


def verbs(request: HttpRequest) -> Custom:
    told = progress()
    return Custom(
        template="admin/integrity/verbs.html",
        values=told
        | {
            "is_going": told["state"] == "going",
            "live_url": reverse("admin:inventory_finding_desk_live"),
            "seconds": LIVE_SECONDS,
            "now_url": reverse("admin:inventory_finding_check_now"),
            "may": request.user.has_perm("inventory.decide_finding"),
            "list_url": list_url(),
            "intro": _(
                "The checks look over what is mirrored, every night and a few minutes after it has changed. They ask "
                "nothing of the source, and change nothing there."
            ),
        },
    )


def figures(request: HttpRequest, found: Iterable[Totals]) -> Figures:
    known = list(found)
    mine = Finding.objects.filter(owner=request.user.pk, state=State.OPEN).count()
    opened = sum(each.open for each in known)
    return Figures(
        title=_("Findings"),
        tiles=[
            Figure(
                name=_("open"),
                value=cells.number(opened),
                note=_("nobody has decided about them"),
                mood="warn" if opened else "good",
                url=list_url(),
            ),
            Figure(name=_("new today"), value=cells.number(sum(each.new for each in known))),
            Figure(name=_("mine"), value=cells.number(mine), url=list_url(owner="me")),
            Figure(
                name=_("accepted"),
                value=cells.number(sum(each.accepted for each in known)),
                note=_("true, and known"),
                url=list_url(state=State.ACCEPTED),
            ),
            Figure(
                name=_("ignored"),
                value=cells.number(sum(each.ignored for each in known)),
                url=list_url(state=State.IGNORED),
            ),
        ],
    )


def table(organization: Organization, found: dict[tuple[int, str], Totals], title: str) -> Table:
    checks = registry.checks()
    states = states_of(organization, checks)
    return Table(
        title=title,
        headers=[
            _("check"), _("severity"), _("open"), _("new today"), _("accepted"), _("ignored"), _("oldest"), _("owners"),
            _("last run"),
        ],
        rows=[_row(check, states[check.key], found.get((organization.pk, check.key), Totals())) for check in checks],
        numeric=frozenset({2, 3, 4, 5}),
    )  # fmt: skip


def _row(check: Check, state: CheckState, told: Totals) -> list[object]:
    owners = [
        format_html("{} {}", cells.words(name), cells.number(count))
        for name, count in sorted(told.owners.items())
    ]
    return [
        cells.stacked(
            check_cell(check.key),
            format_html('<small class="tsh-check-meaning" title="{0}">{0}</small>', check.meaning),
        ),
        severity_tag(check.severity),
        counted(check, told.open, ""),
        cells.number(told.new),
        counted(check, told.accepted, State.ACCEPTED),
        counted(check, told.ignored, State.IGNORED),
        cells.age(told.oldest),
        cells.stacked(*owners) if owners else cells.UNKNOWN,
        last_run(state),
    ]


def counted(check: Check, count: int, state: str) -> object:
    if not count:
        return cells.number(0)
    query = {"check": check.key} | ({"state": state} if state else {})
    return cells.link(list_url(**query), cells.number(count))


def last_run(state: CheckState) -> object:
    if not state.is_on:
        return cells.tag(_("switched off"))
    parts = [cells.age(state.good_at) if state.good_at else _("never")]
    if state.started_at:
        parts.append(cells.tag(_("running"), "busy"))
    elif state.asked_at:
        parts.append(cells.tag(_("queued"), "busy"))
    if state.error:
        parts.append(cells.tag(_("failed"), "bad"))
    if state.is_cut:
        parts.append(cells.tag(_("not all of it"), "warn"))
    return cells.inline(*parts)
