"""A test delivery to ourselves, through real HTTP, and a page that shows each of its stages until the last."""

from __future__ import annotations

import uuid

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Custom, Table
from inventory.models import Organization

from .. import status
from ..models import WebhookDelivery
from ..subjects import SUBJECTS
from ..webhooks.trial import send_test, stages
from .outcome import attempt
from .replays import may_replay
from .webhook_setup import SETUP, base_url

POLL_SECONDS = 1
MOODS = {"done": "good", "failed": "bad", "waiting": "busy"}


def urls(page) -> list:
    wrap = page.admin_site.admin_view

    def send(request: HttpRequest) -> HttpResponse:
        return send_page(page, request)

    def follow(request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
        return stages_page(page, request, event_id)

    def live(request: HttpRequest, event_id: uuid.UUID) -> JsonResponse:
        return live_values(page, request, event_id)

    name = "zoho_sync_webhookdelivery_trial"
    return [
        path("setup/trial/", wrap(send), name=name),
        path("setup/trial/<uuid:event_id>/", wrap(follow), name=f"{name}_stages"),
        path("setup/trial/<uuid:event_id>/live/", wrap(live), name=f"{name}_live"),
    ]


def send_page(page, request: HttpRequest) -> HttpResponse:
    """POST sends; a GET has nothing to show, and sends nothing."""
    if not may_replay(request):
        raise PermissionDenied
    subject = request.POST.get("subject", "item")
    if request.method != "POST" or subject not in SUBJECTS:
        return redirect(SETUP)
    organization = chosen_organization(request)
    if organization is None:
        raise Http404
    trial = attempt(request, lambda: send_test(organization, url=base_url(request), subject=subject))
    if trial is None:
        return redirect(SETUP)
    if trial.event_id and WebhookDelivery.objects.filter(event_id=trial.event_id).exists():
        return redirect("admin:zoho_sync_webhookdelivery_trial_stages", trial.event_id)
    found = stages(trial.event_id) if trial.event_id else trial.stages  # taken, but not by this database
    return shown(page, request, found, live_url="")


def chosen_organization(request: HttpRequest) -> Organization | None:
    chosen = request.POST.get("organization", "")
    if chosen:
        return Organization.objects.filter(pk=chosen).first() if chosen.isdecimal() else None
    found = list(Organization.objects.all()[:2])
    return found[0] if len(found) == 1 else None


def stages_page(page, request: HttpRequest, event_id: uuid.UUID) -> HttpResponse:
    if not page.has_view_permission(request):
        raise PermissionDenied
    delivery = tested(event_id)
    live = (
        "" if is_settled(delivery) else reverse("admin:zoho_sync_webhookdelivery_trial_live", args=[event_id])
    )
    return shown(page, request, stages(str(event_id)), live_url=live, delivery=delivery)


def live_values(page, request: HttpRequest, event_id: uuid.UUID) -> JsonResponse:
    """What the open page asks for; it draws itself anew when a stage has changed."""
    if not page.has_view_permission(request):
        raise PermissionDenied
    delivery = tested(event_id)
    return JsonResponse({"state": signature(stages(str(event_id))), "ended": is_settled(delivery)})


def tested(event_id: uuid.UUID) -> WebhookDelivery:
    known = WebhookDelivery.objects.filter(event_id=event_id, is_test=True).defer("body", "headers")
    delivery = known.first()
    if delivery is None:
        raise Http404
    return delivery


def is_settled(delivery: WebhookDelivery) -> bool:
    """FAILED is not the end: it is tried again."""
    return delivery.status not in WebhookDelivery.OPEN


def signature(found) -> str:
    return " ".join(f"{each.name}:{each.state}" for each in found)


def shown(page, request: HttpRequest, found, *, live_url: str, delivery=None) -> HttpResponse:
    panels = [verdict(found, delivery), stages_table(found, delivery)]
    if live_url:
        values = {"url": live_url, "seconds": POLL_SECONDS, "state": signature(found)}
        panels.append(Custom(template="admin/zoho_sync/trial_live.html", values=values))
    context = page.admin_site.each_context(request) | {"title": _("Test delivery"), "panels": panels}
    request.current_app = page.admin_site.name
    return TemplateResponse(request, "admin/zoho_sync/overview.html", context)


def verdict(found, delivery: WebhookDelivery | None) -> Banner:
    """One sentence: did it work?"""
    again = {"url": reverse(SETUP), "action": _("Back to the set-up")}
    if delivery is None:
        return Banner(text=_("The test delivery was not taken. The stages say why."), mood="bad", **again)
    if delivery.status == WebhookDelivery.Status.APPLIED:
        return Banner(
            text=_("The test delivery came through every stage: webhooks work."), mood="good", **again
        )
    if delivery.status == WebhookDelivery.Status.IGNORED:
        text = _(
            "The test delivery was taken and understood: webhooks come in. Nothing that is mirrored changes by it."
        )
        return Banner(text=text, mood="good", **again)
    if delivery.status == WebhookDelivery.Status.DEAD:
        return Banner(text=cells.words(delivery.reason), mood="bad", **again)
    if not status.worker_alive():
        text = _(
            "The test delivery is stored. No worker gives a sign of life, so it waits. Start one: make worker."
        )
        return Banner(text=text, mood="warn", **again)
    return Banner(text=_("The test delivery is under way. This page follows it."), mood="busy", **again)


def stages_table(found, delivery: WebhookDelivery | None) -> Table:
    return Table(
        title=_("Stages"),
        headers=[_("stage"), _("state"), _("at"), _("what happened")],
        rows=[
            [stage_name(each.name), stage_tag(each.state), cells.moment(each.at), cells.words(each.words)]
            for each in found
        ],
        more_url=reverse("admin:zoho_sync_webhookdelivery_change", args=[delivery.pk]) if delivery else "",
        more=_("The delivery itself"),
    )


def stage_name(name: str) -> str:
    known = {
        "sent": _("Sent"),
        "answered": _("Answered"),
        "stored": _("Stored"),
        "queued": _("Queued"),
        "read": _("Read from Zoho"),
        "applied": _("Applied"),
    }
    return known.get(name, name)


def stage_tag(state: str) -> object:
    known = {"done": _("done"), "failed": _("failed"), "waiting": _("waiting")}
    return cells.tag(known.get(state, state), MOODS.get(state, "quiet"))
