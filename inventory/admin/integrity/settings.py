"""One check: what it looks for, how it went last, and what administrators may set of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from ...integrity import registry
from ...integrity.base import Check
from ...integrity.parameters import Parameter, chosen, read_all
from ...integrity.runs import states_of
from ...integrity.settings import change
from ...integrity.totals import Totals, totals
from ...models import CheckState, Finding, Organization
from .. import cells
from ..panels import Banner, Custom, Figure, Figures
from .desk import MOST
from .words import about, check_url, desk_url, list_url, severity_tag

CONFIGURE = "inventory.configure_finding"
State = Finding.State


def urls(page: Any) -> list[URLPattern]:
    wrap = page.admin_site.admin_view
    view = wrap(lambda request, key: show(page, request, key))
    return [path("desk/<slug:key>/", view, name="inventory_finding_check")]


def show(page: Any, request: HttpRequest, key: str) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    check = registry.find(key)
    if check is None:
        raise Http404
    problems: Mapping[str, str] = {}
    if request.method == "POST":
        if not request.user.has_perm(CONFIGURE):
            raise PermissionDenied
        problems = save(request, check)
        if not problems:
            return redirect(check_url(key))
    context = page.admin_site.each_context(request) | {
        "title": str(check.title),
        "panels": list(panels(request, check, problems)),
    }
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/integrity/page.html", context)


def save(request: HttpRequest, check: Check) -> Mapping[str, str]:
    """What is wrong, by the parameter's name; nothing is kept then."""
    key = request.POST.get("organization", "")
    organization = get_object_or_404(Organization, pk=key if key.isdecimal() and len(key) < 19 else 0)
    kept, problems = read_all(check.parameters, request.POST.dict())
    if problems:
        messages.error(request, _("Nothing was saved: some of it cannot be."))
        return problems
    is_on = request.POST.get("is_on") == "yes"
    if change(check, organization, is_on=is_on, parameters=kept):
        LogEntry.objects.create(
            user_id=request.user.pk,
            content_type=ContentType.objects.get_for_model(CheckState),
            object_repr=check.key,
            action_flag=CHANGE,
            change_message=f"on: {is_on}; parameters: {kept}",
        )
        messages.success(request, _("Saved. The check is queued, and looks again with what you have set."))
    else:
        messages.info(request, _("Nothing is another than before."))
    return {}


def panels(request: HttpRequest, check: Check, problems: Mapping[str, str]) -> Iterable[object]:
    organizations = list(Organization.objects.order_by("pk")[:MOST])
    found = totals(organizations)
    told = format_html(
        _("What is ignored is open again when this changes: {what}."), what=check.material_words
    )
    yield about(check, str(check.title), [severity_tag(check.severity), told], desk_url())
    for organization in organizations:
        state = states_of(organization, [check])[check.key]
        several = len(organizations) > 1
        yield from banners(state)
        yield figures(
            check, state, found.get((organization.pk, check.key), Totals()), organization if several else None
        )
        yield form(
            request, check, state, organization, problems if _is_meant(request, organization) else {}, several
        )


def _is_meant(request: HttpRequest, organization: Organization) -> bool:
    return request.POST.get("organization") == str(organization.pk)


def banners(state: CheckState) -> Iterable[Banner]:
    if state.error:
        told = _("It failed %(when)s, so nothing it has found was closed or opened since: %(error)s")
        facts = {"when": cells.moment_text(state.error_at) if state.error_at else "", "error": state.error}
        yield Banner(text=told % facts, mood="bad")
    if state.is_cut:
        told = _(
            "More was found than can be kept, so nothing is closed by itself. Set the check so that it finds less."
        )
        yield Banner(text=told, mood="warn")


def figures(check: Check, state: CheckState, told: Totals, organization: Organization | None) -> Figures:
    seconds = (
        "" if state.seconds is None else _("in %(seconds)s seconds") % {"seconds": f"{state.seconds:.1f}"}
    )
    return Figures(
        title=str(organization or _("How it stands")),
        tiles=[
            Figure(
                name=_("open"),
                value=cells.number(told.open),
                url=list_url(check=check.key),
                mood="warn" if told.open else "good",
            ),
            Figure(name=_("new today"), value=cells.number(told.new)),
            Figure(
                name=_("accepted"),
                value=cells.number(told.accepted),
                url=list_url(check=check.key, state=State.ACCEPTED),
            ),
            Figure(
                name=_("ignored"),
                value=cells.number(told.ignored),
                url=list_url(check=check.key, state=State.IGNORED),
            ),
            Figure(
                name=_("last run"),
                value=cells.age(state.good_at) if state.good_at else _("never"),
                note=seconds,
            ),
        ],
    )


def form(
    request: HttpRequest,
    check: Check,
    state: CheckState,
    organization: Organization,
    problems: Mapping[str, str],
    several: bool,
) -> Custom:
    values = chosen(check.parameters, state.parameters)
    may = request.user.has_perm(CONFIGURE)
    title = _("What is set")
    return Custom(
        template="admin/integrity/form.html",
        values={
            "title": f"{title}: {organization}" if several else title,
            "id": organization.pk,
            "organization": organization.pk,
            "is_on": state.is_on,
            "entries": [
                entry(request, each, values[each.name], problems.get(each.name)) for each in check.parameters
            ],
            "may": may,
            "may_run": request.user.has_perm("inventory.decide_finding"),
            "now_url": reverse("admin:inventory_finding_check_now"),
            "key": check.key,
        },
    )


def entry(request: HttpRequest, parameter: Parameter, value: Any, problem: str | None) -> dict[str, Any]:
    shown = request.POST.get(parameter.name, "") if problem else parameter.shown(value)
    usual = parameter.shown(parameter.default)
    return {
        "name": parameter.name,
        "label": parameter.label,
        "kind": parameter.kind,
        "unit": getattr(parameter, "unit", ""),
        "help": parameter.help,
        "value": shown,
        "usual": usual if parameter.kind == "number" and usual and usual != shown else "",
        "problem": problem or "",
    }
