"""The home page: the sync's own blocks and the watch's, in one order, and the route by which they keep themselves new.

It stands here because it puts two apps together that know nothing of each other's pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from django.contrib import admin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from inventory.admin.integrity import home as integrity
from inventory.admin.panels import Block
from inventory.days import shared_zone
from inventory.status import integrity_totals
from monitoring.causes import gather, judge
from monitoring.dashboard import blocks as watched
from monitoring.dashboard.periods import PERIODS, Period, period_of
from zoho_sync import status
from zoho_sync.admin.home import MOST, home_blocks
from zoho_sync.admin.home_truth import note as truth_note

SECONDS = 15  # between two looks for something new


def dashboard(request: HttpRequest, context: dict) -> dict:
    """What the index template draws; people who may see none of it get the plain list of what they may open."""
    period = chosen_period(request)
    found = list(blocks(request, period, timezone.now()))
    live = {
        "url": f"{reverse('home-live')}?period={period.key}",
        "seconds": SECONDS,
    }
    return context | {"blocks": found, "live": live} | ({"title": _("Home")} if found else {})


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """{"blocks": {id: HTML}, "at": a time of day in words} of the page as it is now; 304 when nothing has changed."""
    period = chosen_period(request)
    found = {
        block.id: render_to_string("admin/dashboard/block.html", {"block": block}, request)
        for block in blocks(request, period, timezone.now())
    }
    if not found:
        raise PermissionDenied
    told = "\0".join(part for pair in found.items() for part in pair)
    etag = f'"{salted_hmac("tsh_erp.home", told).hexdigest()[:32]}"'
    answer: HttpResponse = get_conditional_response(request, etag=etag) or JsonResponse({"blocks": found})
    answer["ETag"], answer["Cache-Control"] = etag, "private, no-cache"
    patch_vary_headers(answer, ("Accept-Language", "Cookie"))
    return answer


live_view = admin.site.admin_view(live, cacheable=True)  # it says itself how long it holds


def chosen_period(request: HttpRequest) -> Period:
    """As the address says. Raises BadRequest, naming what it does not know."""
    if strange := sorted(set(request.GET) - {"period"}):
        raise BadRequest(_("Unknown parameter: %(names)s") % {"names": ", ".join(strange)})
    try:
        return period_of(request.GET.get("period", ""))
    except LookupError:
        known = ", ".join(period.key for period in PERIODS)
        raise BadRequest(_("period has to be one of: %(known)s") % {"known": known}) from None


def blocks(request: HttpRequest, period: Period, now: datetime) -> Iterator[Block]:
    """What the visitor may see, in the order of the page."""
    may = request.user.has_perm
    facts = gather()
    organizations = facts.organizations[:MOST]
    sees_truth = may("zoho_sync.view_truthcheck")
    truths = {each.pk: status.truth(each) for each in organizations} if sees_truth else {}
    right = [truth_note(*truths.values())] if len(truths) == 1 else []
    findings = integrity_totals(organizations) if may("inventory.view_finding") else None
    if findings is not None:
        right.append(integrity.note(findings))
    notes = {"right": " ".join(each for each in right if each)}
    of_sync = {block.id: block for block in home_blocks(request, facts, truths)}
    of_watch = [
        watched.answers_block(may, facts, judge(facts), notes),
        watched.alerts_block(may, facts),
        integrity.block(findings) if findings is not None else None,
        watched.flow_block(may, now),
        watched.charts_block(may, period, now, shared_zone(organizations)),
    ]
    shown = of_sync | {block.id: block for block in of_watch if block is not None}
    yield from (shown[name] for name in _in_order(list(of_sync)) if name in shown)


def _in_order(names: list[str]) -> list[str]:
    """names: of the sync's blocks, some of which there are once for each organisation."""

    def of_each(*kinds: str) -> list[str]:
        return [name for name in names if name.partition("-")[0] in kinds]

    return [
        "answers",
        "steps",
        "alerts",
        *of_each("fresh"),
        "waiting",
        "flow",
        *of_each("truth", "budget"),
        "integrity",
        *of_each("runs"),
        "charts",
    ]
