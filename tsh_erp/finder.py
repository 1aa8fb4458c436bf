"""The search over everything, from records to alerts and actions; as a page, and as what its dialog shows.

It stands here because it puts the apps together, and the pages of the sidebar. A kind that somebody may not see is not
even looked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_safe

from inventory.admin.finding import MOST, Asked, Found, Hit, mirrored
from inventory.integrity import registry as checks
from inventory.reports import registry as reports
from inventory.searching import TooManyWords, folded
from tsh_erp.found_alerts import of_watch
from tsh_erp.unfold import SIDEBAR, may
from zoho_sync.admin.finding import of_sync

LEAST = 2  # letters, before pages are offered
BESIDE = (  # pages that no link of the sidebar names: title, icon, name of the address, permission
    (gettext_lazy("Start a sync"), "play_circle", "admin:zoho_sync_syncrun_start", "zoho_sync.start_syncrun"),
    (gettext_lazy("Change password"), "password", "admin:password_change", ""),
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The whole page, for those whose browser runs no scripts, and for a search that is sent to somebody."""
    if refusal := strange(request):
        return refusal
    found = answer(request)
    context = admin.site.each_context(request) | found | {"title": _("Search")}
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/find/page.html", context)


@require_safe
def results(request: HttpRequest) -> HttpResponse:
    """HTML of the options under the field, and a sentence that says how many."""
    return strange(request) or TemplateResponse(request, "admin/find/options.html", answer(request))


page_view, results_view = admin.site.admin_view(page), admin.site.admin_view(results)


def strange(request: HttpRequest) -> HttpResponse | None:
    """The refusal of parameters that it does not know, by name."""
    names = sorted(set(request.GET) - {"q"})
    if not names:
        return None
    text = _("Unknown parameter: %(names)s") % {"names": ", ".join(names)}
    return HttpResponseBadRequest(text, content_type="text/plain; charset=utf-8")


def answer(request: HttpRequest) -> dict:
    """{"typed", "groups": of Found, "said": a sentence}."""
    asked = Asked(request.GET.get("q", "").replace("\x00", " "))
    try:
        groups = sorted(everything(request, asked), key=lambda each: not each.has_exact)
    except TooManyWords as problem:
        return {"typed": asked.typed, "groups": [], "said": str(problem)}
    return {"typed": asked.typed, "groups": groups, "said": in_words(asked, groups)}


def everything(request: HttpRequest, asked: Asked) -> Iterable[Found]:
    """In the order in which they are shown; those with an exact hit go before the others."""
    if not asked.words:
        return
    yield from mirrored(request.user.has_perm, asked)
    yield from of_sync(request.user.has_perm, asked)
    if alerts := of_watch(request.user.has_perm, asked):
        yield alerts
    if found := pages(request, asked):
        yield found


def in_words(asked: Asked, groups: list[Found]) -> str:
    count = sum(len(each.hits) for each in groups)
    if not asked.words:
        return _(
            "Type a name, SKU, barcode, Zoho id, #number of a run or an alert, or words of a page or an action."
        )
    if not count:
        return _("Nothing is found for “%(typed)s”. Try fewer words, or a whole code.") % {
            "typed": asked.typed[:60]
        }
    return ngettext("%(count)s result", "%(count)s results", count) % {"count": count}


def pages(request: HttpRequest, asked: Asked) -> Found | None:
    if sum(map(len, asked.words)) < LEAST:
        return None
    hits = []
    for place, (group, title, _icon, link, allowed) in enumerate(_places()):
        said = _said_in_every_language(place)
        if all(word in said for word in asked.words) and allowed(request):
            is_exact = folded(str(title)) == " ".join(asked.words)
            hits.append(Hit(title=str(title), url=str(link), note=str(group), is_exact=is_exact))
    hits.sort(key=lambda hit: not hit.is_exact)
    return Found(kind="page", name=_("Pages"), icon="web_asset", hits=hits[:MOST]) if hits else None


def _places() -> list[tuple]:
    """(group, title, icon, link, who may open it) of every page that has a name in the sidebar, and of some beside."""
    groups: list[dict[str, Any]] = SIDEBAR
    listed = [
        (group["title"], item["title"], item["icon"], item["link"], item.get("permission", _everybody))
        for group in groups
        for item in group["items"]
    ]
    beside = [
        ("", title, icon, reverse(name), may(permission) if permission else _everybody)
        for title, icon, name, permission in BESIDE
    ]
    told = [
        (
            gettext_lazy("Reports"),
            each.title,
            each.icon,
            reverse("report", args=[each.key]),
            may(each.permission),
        )
        for each in reports.every()
    ]
    return [*listed, *beside, *_checks(), *told]


def _checks() -> list[tuple]:
    """The page of each check of the integrity desk."""
    group, allowed = gettext_lazy("Integrity desk"), may("inventory.view_finding")
    return [
        (group, each.title, "fact_check", reverse("admin:inventory_finding_check", args=[each.key]), allowed)
        for each in checks.checks()
    ]


def _everybody(request: HttpRequest) -> bool:
    return True


@lru_cache(maxsize=256)
def _said_in_every_language(place: int) -> str:
    """The title and its group, folded: a word of one language finds the page in another."""
    group, title, *_rest = _places()[place]
    said = []
    for code, _name in settings.LANGUAGES:
        with override(code):
            said += [str(title), str(group)]
    return folded(" ".join(said))
