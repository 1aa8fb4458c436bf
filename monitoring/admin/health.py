"""The health page: every probe, what it looks at and why, what it found, since when, and what to do."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Custom, Facts, Table

from ..health import PROBES, Finding, Health, Probe, examine, worst
from ..models import Watch

LIVE_SECONDS = 10
MOODS = {Health.OK: "good", Health.DEGRADED: "warn", Health.DOWN: "bad", Health.UNKNOWN: "quiet"}


@admin.register(Watch)
class HealthAdmin(PageAdmin):
    """One page instead of a list: the watch is only one of the things that are looked at."""

    list_select_related = False

    def get_urls(self) -> list:
        live = path("live/", self.admin_site.admin_view(self.live), name="monitoring_watch_live")
        return [live, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        findings = examine()
        context = self.admin_site.each_context(request) | {
            "title": _("Health"),
            "panels": list(panels(request, findings)),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/zoho_sync/overview.html", context)

    def live(self, request: HttpRequest) -> HttpResponse:
        """What the page asks every few seconds; with another state it loads itself anew."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        findings = examine()
        return JsonResponse(values(findings) | {"state": state(findings), "ended": False})

    def get_panels(self, request: HttpRequest, obj: Watch) -> Iterable[object]:
        yield Facts(
            title=_("Watch"),
            pairs=[
                (_("process"), cells.ltr(obj.owner)),
                (_("last looked"), cells.age(obj.looked_at)),
                (_("seconds of a round"), cells.ltr(f"{obj.seconds:.2f}" if obj.seconds is not None else "")),
            ],
        )


def panels(request: HttpRequest, findings: Sequence[Finding]) -> Iterable[object]:
    yield Custom(
        template="admin/monitoring/health_live.html",
        values=values(findings)
        | {"url": reverse("admin:monitoring_watch_live"), "seconds": LIVE_SECONDS, "state": state(findings)},
    )
    yield summary(findings)
    yield Table(
        title=_("Probes"),
        headers=[_("probe"), _("state"), _("found"), _("since"), _("what to do")],
        rows=[row(request, probe, found) for probe, found in paired(findings)],
        note=_(
            "Everything here is computed from what happened. Where nothing has happened yet, it says so: unknown is "
            "neither good nor bad."
        ),
    )
    yield Facts(
        title=_("What each probe means"),
        pairs=[(str(probe.title), probe.meaning) for probe in PROBES],
        note=_(
            "Load balancers ask /health/live and /health/ready: they are told 503 only when no visitor can be served."
        ),
        folded=True,
    )


def summary(findings: Sequence[Finding]) -> Banner:
    bad = [str(probe.title) for probe, found in paired(findings) if found and found.health in _WRONG]
    if worst(findings) is Health.DOWN:
        return Banner(
            text=_("No visitor can be served: %(names)s.") % {"names": _(", ").join(bad)}, mood="bad"
        )
    if bad:
        text = _("Visitors are served, but something does not do its work: %(names)s.")
        return Banner(text=text % {"names": _(", ").join(bad)}, mood="warn")
    return Banner(text=_("Everything that can be told is well."), mood="good")


_WRONG = (Health.DEGRADED, Health.DOWN)


def paired(findings: Sequence[Finding]) -> list[tuple[Probe, Finding | None]]:
    """Every probe with what it found; None: it was not asked, as one before it was down."""
    found = {each.probe: each for each in findings}
    return [(probe, found.get(probe.name)) for probe in PROBES]


def row(request: HttpRequest, probe: Probe, found: Finding | None) -> list[object]:
    name = (
        cells.link(reverse(probe.page), probe.title)
        if probe.page and may_open(request, probe)
        else probe.title
    )
    if found is None:
        return [name, cells.tag(_("not asked"), "quiet"), cells.UNKNOWN, cells.UNKNOWN, cells.UNKNOWN]
    told = cells.stacked(cells.words(found.message) if found.message else "", found.figure)
    return [
        name,
        cells.tag(health_words(found.health), MOODS[found.health]),
        told if found.message or found.figure else cells.UNKNOWN,
        cells.age(found.since),
        found.what_to_do or (_("Nothing.") if found.health is Health.OK else cells.UNKNOWN),
    ]


def may_open(request: HttpRequest, probe: Probe) -> bool:
    return request.user.has_perm(probe.permission)


def health_words(health: Health) -> str:
    return {
        Health.OK: _("well"),
        Health.DEGRADED: _("degraded"),
        Health.DOWN: _("down"),
        Health.UNKNOWN: _("unknown"),
    }[health]


def values(findings: Sequence[Finding]) -> dict[str, str]:
    """What changes on the page without loading it anew."""
    now = formats.time_format(timezone.localtime(), "H:i:s")
    return {"looked": _("Looked at %(time)s; it looks again by itself.") % {"time": now}}


def state(findings: Sequence[Finding]) -> str:
    """Changes with whatever would be worth loading the page anew for."""
    told = [(each.probe, each.health, each.message) for each in findings]
    return hashlib.sha256(repr((get_language(), told)).encode()).hexdigest()[:16]
