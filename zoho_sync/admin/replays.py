"""Replaying deliveries: one, chosen ones, all that a filter shows, and every dead letter. Each asks first."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Max, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from inventory.admin import cells
from inventory.admin.buttons import not_allowed
from inventory.admin.panels import Banner

from ..models import WebhookDelivery
from ..webhooks.replay import replay
from .confirm import Question, ask
from .failures import selection
from .webhook_words import open_query

Status = WebhookDelivery.Status
LIST = "admin:zoho_sync_webhookdelivery_changelist"
SHOWING_ONLY = {"p", "o", "all", "e"}  # of the list's query string: how it is shown, not what
MEANING = gettext_lazy(
    "They wait again as if they had just come, and their records are read anew from Zoho. What is being applied at "
    "the moment is left alone."
)


def may_replay(request: HttpRequest) -> bool:
    return request.user.has_perm("zoho_sync.replay_webhookdelivery")


def dead_letters(organization=None) -> QuerySet:
    rows = WebhookDelivery.objects.filter(status=Status.DEAD)
    return rows.filter(organization=organization) if organization else rows


def dead_banner(request: HttpRequest) -> Banner | None:
    """How many dead letters there are, and the button that tries them again."""
    count = dead_letters().count()
    if not count:
        return None
    text = ngettext(
        "%(count)s dead letter: it was tried as often as is sensible.",
        "%(count)s dead letters: they were tried as often as is sensible.",
        count,
    ) % {"count": cells.decimal_text(count)}
    url = reverse("admin:zoho_sync_webhookdelivery_replay_dead")
    refused = "" if may_replay(request) else not_allowed()
    return Banner(text=text, mood="bad", url=url, action=_("Try all dead letters again"), refused=refused)


class ReplayMixin:
    """The buttons and pages of replaying, for the page of deliveries."""

    model: Any
    admin_site: Any

    def has_replay_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return may_replay(request)

    def replay_urls(self) -> list:
        wrap = self.admin_site.admin_view
        return [
            path("replay/", wrap(self.replay_matching), name="zoho_sync_webhookdelivery_replay_matching"),
            path("replay/dead/", wrap(self.replay_dead), name="zoho_sync_webhookdelivery_replay_dead"),
        ]

    def matching_banner(self, request: HttpRequest, changelist) -> Banner | None:
        """With a filter or a search on: everything that it shows, on all pages, may be replayed at once."""
        count = changelist.result_count
        is_narrowed = any(value for name, value in request.GET.items() if name not in SHOWING_ONLY)
        if not may_replay(request) or not count or not is_narrowed:
            return None
        text = ngettext("%(count)s delivery matches.", "%(count)s deliveries match.", count)
        url = f"{reverse('admin:zoho_sync_webhookdelivery_replay_matching')}?{request.GET.urlencode()}"
        return Banner(
            text=text % {"count": cells.decimal_text(count)},
            mood="busy",
            url=url,
            action=_("Replay everything in this filter"),
        )

    @admin.action(description=gettext_lazy("Replay: read their records again"), permissions=["replay"])
    def replay_selected(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        if request.POST.get("confirmed") == "yes":
            self._replay(request, queryset)
            return None
        hidden = [("action", "replay_selected"), ("confirmed", "yes"), *selection(request, queryset)]
        return self._ask(request, queryset, request.get_full_path(), hidden)

    @action(description=gettext_lazy("Replay this delivery"), permissions=["replay"], icon="replay")
    def replay_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        page = reverse("admin:zoho_sync_webhookdelivery_change", args=[object_id])
        chosen = WebhookDelivery.objects.filter(pk=object_id if str(object_id).isdecimal() else 0)
        if not chosen.exists():
            raise Http404
        if request.method != "POST":
            return self._ask(request, chosen, page)
        self._replay(request, chosen)
        return redirect(page)

    def replay_matching(self, request: HttpRequest) -> HttpResponse:
        """Everything that the list shows under the same query string, up to the newest that was there when asked."""
        if not may_replay(request):
            raise PermissionDenied
        wanted = request.GET.copy()
        wanted.pop("p", None)
        request.GET = wanted  # type: ignore[assignment]
        back = f"{reverse(LIST)}?{wanted.urlencode()}"
        try:
            changelist = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            return redirect(LIST)
        return self._all_of(request, changelist.get_queryset(request), back)

    def replay_dead(self, request: HttpRequest) -> HttpResponse:
        if not may_replay(request):
            raise PermissionDenied
        return self._all_of(
            request, dead_letters(), f"{reverse(LIST)}?{urlencode({'status__exact': Status.DEAD})}"
        )

    def _all_of(self, request: HttpRequest, rows: QuerySet, back: str) -> HttpResponse:
        if request.method != "POST":
            newest = rows.order_by().aggregate(newest=Max("pk"))["newest"] or 0
            return self._ask(request, rows, back, [("up_to", str(newest))])
        up_to = request.POST.get("up_to", "")
        self._replay(request, rows.filter(pk__lte=int(up_to)) if up_to.isdecimal() else rows.none())
        return redirect(back)

    def _ask(self, request: HttpRequest, rows: QuerySet, back: str, hidden=()) -> HttpResponse:
        count = rows.exclude(status=Status.PROCESSING).count()
        question = Question(
            title=_("Replay deliveries"),
            sentences=[MEANING],
            facts=[
                (_("deliveries"), cells.number(count)),
                (_("cost"), _("one call for each record at most, fewer where many are read at a time")),
            ],
            hidden=hidden,
            submit=_("Replay deliveries"),
            cancel_url=back,
        )
        return ask(request, question)

    def _replay(self, request: HttpRequest, rows: QuerySet) -> None:
        count = replay(rows, user=request.user)
        if not count:
            messages.warning(request, _("Nothing was replayed: they are being applied, or are gone."))
            return
        told = ngettext("%(count)s delivery waits again.", "%(count)s deliveries wait again.", count)
        link = cells.link(f"{reverse(LIST)}?{open_query()}", _("See what waits"))
        words = told % {"count": cells.decimal_text(count)}
        messages.success(request, format_html("{} {}", words, link))
