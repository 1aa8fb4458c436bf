"""What a person may do on the page "Truth": compare some records now, and read drifted ones again. Each asks first."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.models import Organization

from .. import services, status
from ..models import TruthCheck
from ..options import Trigger
from ..truth.drifts import latest_drifts
from .confirm import Question, ask
from .outcome import attempt, tell_started
from .starts import may_start
from .words import about_calls, entity_name, with_cost

COUNT = 20
MOST = 1000  # records that "all" reads again; what is left comes with the next press
PAGE = "admin:zoho_sync_truthcheck_truth"


def urls(page) -> list:
    def check(request: HttpRequest) -> HttpResponse:
        return _check(request, _may(page, request))

    def refresh(request: HttpRequest) -> HttpResponse:
        return _refresh_all(request, _may(page, request))

    wrap = page.admin_site.admin_view
    return [
        path("truth/check/", wrap(check), name="zoho_sync_truthcheck_check"),
        path("truth/refresh/", wrap(refresh), name="zoho_sync_truthcheck_refresh"),
    ]


def _may(page, request: HttpRequest) -> Organization:
    """The organisation that is named, or the only one. Raises PermissionDenied, Http404."""
    if not (page.has_view_permission(request) and may_start(request)):
        raise PermissionDenied
    named = request.GET.get("organization") or ""
    rows = Organization.objects.all()
    found = list((rows.filter(external_id=named) if named else rows)[:2])
    if len(found) != 1:
        raise Http404
    return found[0]


# --- Compare some now -------------------------------------------------------------------------------


def _check(request: HttpRequest, organization: Organization) -> HttpResponse:
    if request.method == "POST":
        services.queue_check(organization, COUNT)
        told = _("A worker compares about %(count)s records now. Load this page again in a minute.")
        link = cells.link(reverse("admin:zoho_sync_truthcheck_changelist"), _("See all comparisons"))
        messages.success(request, format_html("{} {}", told % {"count": COUNT}, link))
        return redirect(PAGE)
    cost = services.cost_of_check(organization, COUNT)
    sentences = [
        _("About %(count)s records are drawn at random and compared with Zoho, field by field.")
        % {"count": COUNT},
        _("Nothing that is mirrored is changed."),
    ]
    if not cost:
        sentences.append(
            _(
                "As things are nothing would be asked: there are no records yet, or no calls left for this today."
            )
        )
    if not status.worker_alive():
        sentences.append(_("No worker gives a sign of life, so it will wait. Start one: make worker."))
    question = Question(
        title=check_words(cost),
        sentences=sentences,
        facts=[(_("cost"), about_calls(cost))],
        submit=check_words(cost),
        cancel_url=reverse(PAGE),
    )
    return ask(request, question)


def check_words(calls: int = COUNT) -> str:
    """Verb, object and cost; a record costs one call, as a rule."""
    return with_cost(_("Compare %(count)s records") % {"count": COUNT}, about_calls(calls))


# --- Read drifted ones again ------------------------------------------------------------------------


def _refresh_all(request: HttpRequest, organization: Organization) -> HttpResponse:
    drifts = latest_drifts(organization, MOST)
    if not drifts:
        messages.info(request, _("No record is known to differ from Zoho."))
        return redirect(PAGE)
    return _ask_or_refresh(request, organization, drifts) or redirect(PAGE)


def refresh_check(request: HttpRequest, key: str, back: str) -> HttpResponse | None:
    """The page that asks, or None once the record's run was started. Raises Http404."""
    check = TruthCheck.objects.select_related("organization").filter(pk=key if key.isdecimal() else 0).first()
    if check is None:
        raise Http404
    return _ask_or_refresh(request, check.organization, [check])


def _ask_or_refresh(
    request: HttpRequest, organization: Organization, drifts: list[TruthCheck]
) -> HttpResponse | None:
    if request.method != "POST":
        return ask(request, _question(drifts))
    runs = attempt(
        request,
        lambda: services.refresh_drifts(organization, drifts, trigger=Trigger.ADMIN, user=request.user),
    )
    if runs:
        tell_started(request, runs)
    return None


def _question(drifts: list[TruthCheck]) -> Question:
    counts = Counter(each.entity for each in drifts)
    what = ", ".join(f"{entity_name(entity)}: {count}" for entity, count in counts.items())
    return Question(
        title=_("Refresh from Zoho"),
        sentences=[_("The records are read again from Zoho, now, before everything else that waits.")],
        facts=[
            (_("what"), cells.words(what)),
            (
                _("cost"),
                about_calls(sum(services.calls_of_ids(entity, count) for entity, count in counts.items())),
            ),
        ],
        submit=_("Refresh from Zoho"),
        cancel_url=reverse(PAGE),
    )
