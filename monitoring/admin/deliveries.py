from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner, Facts, Raw
from zoho_sync.admin.confirm import Question, ask

from ..attempts import MOST_ATTEMPTS
from ..deliveries import send_again
from ..models import AlertDelivery
from .alert_words import severity_tag
from .channel_page import delivery_tag, seconds_words, subject_words

State = AlertDelivery.State


@admin.register(AlertDelivery)
class AlertDeliveryAdmin(PageAdmin):
    """Messages, the newest first: what was sent to whom, and what was not."""

    when_empty = gettext_lazy(
        "No message was sent yet. The first one comes with an alert, or with the test of a channel."
    )
    heavy_fields = ("text",)
    list_display = (
        "subject_cell",
        "channel_cell",
        "severity_cell",
        "state_cell",
        "made",
        "tries",
        "again",
        "error",
    )
    list_display_links = ("subject_cell",)
    list_filter = ("state", "channel", "occasion", "severity")
    list_select_related = ("channel", "event__alert")
    search_fields = ("subject",)
    actions_detail = ("again_one",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).defer("channel__secrets")

    def has_again_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("monitoring.handle_alert") or request.user.has_perm(
            "monitoring.change_alertchannel"
        )

    def refusals(self, request: HttpRequest, object_id: object) -> dict[str, str]:
        key = int(str(object_id)) if str(object_id).isdecimal() else 0
        rows = AlertDelivery.objects.filter(pk=key, state=State.DEAD)
        return {} if rows.exists() else {"again_one": _("Only what was given up can be sent again.")}

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("message"))
    def subject_cell(self, delivery) -> object:
        return subject_words(delivery)

    @display(description=gettext_lazy("channel"), ordering="channel__name")
    def channel_cell(self, delivery) -> object:
        return cells.words(delivery.channel.name)

    @display(description=gettext_lazy("severity"))
    def severity_cell(self, delivery) -> object:
        return severity_tag(delivery.severity)

    @display(description=gettext_lazy("state"), ordering="state")
    def state_cell(self, delivery) -> object:
        return delivery_tag(delivery)

    @display(description=gettext_lazy("made at"), ordering="created_at")
    def made(self, delivery) -> object:
        return cells.age(delivery.created_at)

    @display(description=gettext_lazy("attempts"), ordering="attempts_count")
    def tries(self, delivery) -> object:
        return cells.number(delivery.attempts_count)

    @display(description=gettext_lazy("next attempt"))
    def again(self, delivery) -> object:
        return cells.age(delivery.next_attempt_at)

    @display(description=gettext_lazy("last error"))
    def error(self, delivery) -> object:
        return cells.words(delivery.last_error)

    # --- One message -----------------------------------------------------------------------------

    def page_title(self, obj: AlertDelivery) -> str:
        return obj.subject or str(obj.event.alert.title if obj.event else obj.get_occasion_display())

    def get_panels(self, request: HttpRequest, obj: AlertDelivery) -> Iterable[object]:
        yield Banner(text=cells.words(what_became_of_it(obj)), mood=MOODS[State(obj.state)])
        alert = obj.event.alert if obj.event else None
        yield Facts(
            title=_("On its way"),
            pairs=[
                (_("state"), delivery_tag(obj)),
                (_("channel"), cells.link_to(obj.channel)),
                (_("alert"), cells.link_to(alert, cells.words(alert.title)) if alert else cells.UNKNOWN),
                (_("about"), obj.event.get_what_display() if obj.event else obj.get_occasion_display()),
                (_("severity"), severity_tag(obj.severity)),
                (_("made at"), cells.moment(obj.created_at)),
                (
                    _("attempts"),
                    cells.inline(cells.number(obj.attempts_count), "/", cells.number(MOST_ATTEMPTS)),
                ),
                (_("next attempt"), cells.moment(obj.next_attempt_at)),
                (_("sent at"), cells.moment(obj.sent_at)),
                (_("last duration"), seconds_words(obj.seconds)),
                (_("last error"), cells.words(obj.last_error)),
            ],
        )

    def get_lower_panels(self, request: HttpRequest, obj: AlertDelivery) -> Iterable[object]:
        if obj.text:
            yield Raw(title=_("The text as it was sent"), text=obj.text, folded=False)

    @action(description=gettext_lazy("Send this message again"), permissions=["again"], icon="replay")
    def again_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        rows = AlertDelivery.objects.select_related("channel").defer("channel__secrets")
        delivery = get_object_or_404(rows, pk=object_id if str(object_id).isdigit() else 0)
        page = reverse("admin:monitoring_alertdelivery_change", args=[delivery.pk])
        if request.method != "POST":
            question = Question(
                title=f"{delivery.channel.name}: {_('Send this message again')}",
                sentences=[_("It waits again, as if it were new, and is tried within seconds.")],
                facts=[
                    (_("message"), subject_words(delivery)),
                    (_("last error"), cells.words(delivery.last_error)),
                ],
                submit=_("Send this message again"),
                cancel_url=page,
            )
            return ask(request, question)
        if send_again(delivery):
            self.log_change(request, delivery, "sent again")
            link = cells.link_to(delivery, subject_words(delivery))
            messages.success(request, format_html("{} {}", _("It is sent again:"), link))
        else:
            messages.warning(request, _("Only what was given up can be sent again."))
        return redirect(page)


MOODS = {
    State.WAITING: "busy",
    State.SENDING: "busy",
    State.SENT: "good",
    State.DEAD: "bad",
    State.DROPPED: "good",
}


def what_became_of_it(delivery: AlertDelivery) -> str:
    if delivery.state == State.SENT:
        return _("The other side has taken it.")
    if delivery.state == State.DEAD:
        return _("It was given up: %(reason)s Mend the channel, then send it again.") % {
            "reason": delivery.last_error
        }
    if delivery.state == State.DROPPED:
        return _("Nobody needs it any more: %(reason)s") % {"reason": delivery.last_error}
    if delivery.last_error:
        return _("It is tried again: %(reason)s") % {"reason": delivery.last_error}
    return _("It is on its way. The process that watches sends it; it runs with `make run`.")
