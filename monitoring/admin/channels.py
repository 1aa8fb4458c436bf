from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.debug import sensitive_post_parameters
from unfold.admin import ModelAdmin
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner
from zoho_sync.admin.confirm import Question, ask

from ..channels import base
from ..models import AlertChannel, AlertDelivery
from ..trying import send_test
from . import channel_page
from .channel_form import COMMON, form_for, kind_of, setting_names

State = AlertDelivery.State
LIST = "admin:monitoring_alertchannel_changelist"


@admin.register(AlertChannel)
class AlertChannelAdmin(PageAdmin):
    """Channels and how they do. No secret is ever read into a page."""

    when_empty = gettext_lazy(
        "No channel is set up, so nobody is told anything who does not look here. Add one, then send a test."
    )
    list_display = ("name_cell", "kind_cell", "state", "takes", "sent", "took", "error")
    list_display_links = ("name_cell",)
    list_filter = ("is_on",)
    list_select_related = False
    list_before_template = "admin/panels/above.html"
    search_fields = ("name",)
    actions_detail = ("test_one",)
    local_fields = ("name",)  # there is a form

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return ModelAdmin.has_add_permission(self, request)

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return ModelAdmin.has_delete_permission(self, request, obj)

    def has_test_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("monitoring.change_alertchannel")

    # --- List ------------------------------------------------------------------------------------

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        banners = list(channel_page.who_is_told(self.has_add_permission(request)))
        return super().changelist_view(request, (extra_context or {}) | {"panels_above": banners})

    @display(description=gettext_lazy("name"), ordering="name")
    def name_cell(self, channel) -> object:
        return cells.words(channel.name)

    @display(description=gettext_lazy("kind"), ordering="kind")
    def kind_cell(self, channel) -> object:
        return channel_page.kind_words(channel)

    @display(description=gettext_lazy("state"))
    def state(self, channel) -> object:
        return channel_page.state_tag(channel)

    @display(description=gettext_lazy("takes"))
    def takes(self, channel) -> object:
        digest = cells.tag(_("daily digest"), "quiet") if channel.takes_digest else ""
        return cells.stacked(channel_page.severities_words(channel), digest)

    @display(description=gettext_lazy("last sent"), ordering="last_sent_at")
    def sent(self, channel) -> object:
        return cells.age(channel.last_sent_at) if channel.last_sent_at else _("never")

    @display(description=gettext_lazy("last duration"))
    def took(self, channel) -> object:
        return channel_page.seconds_words(channel.last_seconds)

    @display(description=gettext_lazy("last error"))
    def error(self, channel) -> object:
        return cells.words(channel.last_error)

    # --- One channel -----------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: AlertChannel) -> Iterable[object]:
        return channel_page.panels(obj)

    def get_lower_panels(self, request: HttpRequest, obj: AlertChannel) -> Iterable[object]:
        return channel_page.lower_panels(obj)

    def get_form(
        self, request: HttpRequest, obj: AlertChannel | None = None, change: bool = False, **more: Any
    ):
        kind = kind_of(obj.kind if obj else request.GET.get("kind", ""))
        if kind is not None:
            more["form"] = form_for(kind)
        return super().get_form(request, obj, change, **more)

    def get_fieldsets(self, request: HttpRequest, obj: object = None) -> list:
        kind = kind_of(obj.kind if isinstance(obj, AlertChannel) else request.GET.get("kind", ""))
        may = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if kind is None or not may:
            return []
        ours = [(kind.label, {"fields": setting_names(kind)})] if kind.fields else []
        return [(None, {"fields": list(COMMON)}), *ours]

    @method_decorator(sensitive_post_parameters())
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        return super().changeform_view(request, object_id, form_url, extra_context)

    @method_decorator(sensitive_post_parameters())
    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None):
        """First which kind, then its fields."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        kind = kind_of(request.GET.get("kind", ""))
        if kind is None:
            return self._choose(request)
        title = _("Add a channel: %(kind)s") % {"kind": kind.label}
        hint = [Banner(text=kind.hint, mood="busy")] if getattr(kind, "hint", "") else []
        more = {"title": title, "subtitle": None, "panels_above": hint, "show_save_and_add_another": False}
        return super().add_view(request, form_url, (extra_context or {}) | more)

    def _choose(self, request: HttpRequest) -> HttpResponse:
        kinds = [
            {"url": f"?kind={name}", "label": kind.label, "hint": getattr(kind, "hint", "")}
            for name, kind in base.kinds().items()
        ]
        context = self.admin_site.each_context(request) | {
            "title": _("Add a channel: how shall people be told?"),
            "kinds": kinds,
            "cancel_url": reverse(LIST),
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "monitoring/channel_kinds.html", context)

    def response_add(self, request: HttpRequest, obj: AlertChannel, post_url_continue: str | None = None):
        """On to its page, where it can be tried."""
        told = _("The channel “%(name)s” is there. Send a test to see that it works.") % {"name": obj.name}
        url = reverse("admin:monitoring_alertchannel_test_one", args=[obj.pk])
        messages.success(request, format_html("{} {}", told, cells.link(url, _("Send a test message"))))
        return redirect(page_of(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> tuple:
        """Its messages go with it; there may be thousands, so they are counted and not listed."""
        objs = list(objs)
        count = AlertDelivery.objects.filter(channel__in=objs).count()
        names = AlertDelivery._meta.verbose_name_plural
        lines = [cells.words(str(each)) for each in objs] + [f"{names}: {count}"] * bool(count)
        return lines, {str(names): count}, set(), []

    # --- A test ----------------------------------------------------------------------------------

    @action(description=gettext_lazy("Send a test message"), permissions=["test"], icon="send")
    def test_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        channel = get_object_or_404(known(), pk=object_id if str(object_id).isdigit() else 0)
        if request.method == "POST":
            tell_result(request, send_test(channel))
            return redirect(page_of(channel))
        question = Question(
            title=f"{channel.name}: {_('Send a test message')}",
            sentences=[
                _("A short message goes out through this channel now, and this page waits for its result."),
            ],
            facts=[
                (_("kind"), channel_page.kind_words(channel)),
                (_("last sent"), cells.age(channel.last_sent_at)),
            ],
            submit=_("Send a test message"),
            cancel_url=page_of(channel),
        )
        return ask(request, question)


def known() -> QuerySet[AlertChannel]:
    return AlertChannel.objects.all()


def page_of(channel: AlertChannel) -> str:
    return reverse("admin:monitoring_alertchannel_change", args=[channel.pk])


def tell_result(request: HttpRequest, delivery: AlertDelivery) -> None:
    """With a link to the very message."""
    if delivery.state == State.SENT:
        tell, text = messages.success, _("The test was sent in %(seconds)s s. Look whether it has arrived.")
        text %= {"seconds": f"{delivery.seconds or 0:.1f}"}
    elif delivery.state == State.DEAD:
        tell, text = messages.error, _("The test was not sent: %(reason)s")
        text %= {"reason": delivery.last_error}
    else:
        tell, text = (
            messages.warning,
            _("There is no result yet; it will be in the list of messages below."),
        )
    tell(request, format_html("{} {}", text, cells.link_to(delivery, _("See the message"))))
