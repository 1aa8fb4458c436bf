from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action, display

from inventory.admin import cells
from inventory.admin.pages import PageAdmin
from inventory.admin.panels import Banner
from zoho_sync.admin.confirm import Entry, Question, ask

from .. import alerts
from ..models import Alert
from ..overview import GRADE, looked
from . import alert_page
from .alert_words import entity_words, in_hand, severity_tag, state_tag

State = Alert.State
MORNING = 8  # o'clock, in the zone of the settings
LONGEST_NOTE = 1000


@admin.register(Alert)
class AlertAdmin(PageAdmin):
    """Open ones first, the worst of them first. Nothing here is edited: the buttons ask, and their form acts."""

    when_empty = gettext_lazy("No alert was ever opened: nothing was found wrong. There is nothing to do.")
    list_display = (
        "severity_cell",
        "title_cell",
        "state",
        "entity_cell",
        "began",
        "concerned",
        "in_hand_cell",
    )
    list_display_links = ("title_cell",)
    list_filter = ("state", "severity", "rule")
    list_select_related = ("rule", "acknowledged_by")
    list_before_template = "admin/panels/above.html"
    search_fields = ("fingerprint", "entity", "organization")
    search_help_text = gettext_lazy("Cause, entity or organisation")
    actions_detail = ("acknowledge_one", "snooze_one", "resolve_one", "reopen_one")
    has_bar = True
    ordering = ("state", GRADE.desc(), "-pk")

    def has_handle_permission(self, request: HttpRequest, object_id: object = None) -> bool:
        return request.user.has_perm("monitoring.handle_alert")

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        above = {"panels_above": list(nobody_watches())}
        return super().changelist_view(request, (extra_context or {}) | above)

    # --- List ------------------------------------------------------------------------------------

    @display(description=gettext_lazy("severity"))
    def severity_cell(self, alert) -> object:
        return severity_tag(alert.severity)

    @display(description=gettext_lazy("alert"))
    def title_cell(self, alert) -> object:
        return cells.stacked(cells.words(alert.title), cells.words(alert.message))

    @display(description=gettext_lazy("state"), ordering="state")
    def state(self, alert) -> object:
        return state_tag(alert)

    @display(description=gettext_lazy("entity"), ordering="entity")
    def entity_cell(self, alert) -> object:
        return entity_words(alert.entity)

    @display(description=gettext_lazy("since"), ordering="first_seen_at")
    def began(self, alert) -> object:
        return cells.age(alert.since or alert.first_seen_at)

    @display(description=gettext_lazy("concerned"), ordering="records_count")
    def concerned(self, alert) -> object:
        return cells.number(alert.records_count)

    @display(description=gettext_lazy("acknowledged by"))
    def in_hand_cell(self, alert) -> object:
        return in_hand(alert)

    # --- One alert -------------------------------------------------------------------------------

    def get_panels(self, request: HttpRequest, obj: Alert) -> Iterable[object]:
        return alert_page.panels(obj)

    def get_lower_panels(self, request: HttpRequest, obj: Alert) -> Iterable[object]:
        return alert_page.lower_panels(obj)

    def refusals(self, request: HttpRequest, object_id: object) -> dict[str, str]:
        """What the alert's state does not allow."""
        key = str(object_id)
        alert = Alert.objects.filter(pk=key).first() if key.isdecimal() else None
        if alert is None:
            return {}
        if alert.state != State.OPEN:
            over = _("The alert is over. Reopen it first.")
            return dict.fromkeys(("acknowledge_one", "snooze_one", "resolve_one"), over)
        refused = {"reopen_one": _("The alert is open already.")}
        if alert.acknowledged_at is not None:
            refused["acknowledge_one"] = _("Somebody has it in hand already; the page says who.")
        return refused

    # --- Buttons ---------------------------------------------------------------------------------

    @action(description=gettext_lazy("Acknowledge this alert"), permissions=["handle"], icon="front_hand")
    def acknowledge_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        meaning = _("Others see that you have it in hand, and it is not told again more urgently.")
        return self._noted(request, object_id, alerts.acknowledge, _("Acknowledge this alert"), meaning)

    @action(description=gettext_lazy("Resolve this alert"), permissions=["handle"], icon="task_alt")
    def resolve_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        meaning = _(
            "It counts as over. If its cause is still there after the minutes for which its rule wants it to be good, "
            "it is opened again."
        )
        return self._noted(request, object_id, alerts.resolve, _("Resolve this alert"), meaning, danger=True)

    @action(description=gettext_lazy("Reopen this alert"), permissions=["handle"], icon="undo")
    def reopen_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        meaning = _("It was not over after all: people are told again.")
        return self._noted(request, object_id, alerts.reopen, _("Reopen this alert"), meaning)

    @action(description=gettext_lazy("Snooze this alert"), permissions=["handle"], icon="snooze")
    def snooze_one(self, request: HttpRequest, object_id: str) -> HttpResponse:
        alert = _alert_or_404(object_id)
        problem = ""
        if request.method == "POST":
            until = snoozed_until(request.POST, timezone.now())
            if until is None:
                problem = _("Say until when: a date and a time.")
            else:
                try:
                    note = request.POST.get("note", "")[:LONGEST_NOTE]
                    return self._done(request, alert, lambda: alerts.snooze(alert, until, request.user, note))
                except alerts.SenselessTime as error:
                    problem = str(error)
        question = Question(
            title=f"{alert.title}: {_('Snooze this alert')}",
            sentences=[
                _("Nobody is told anything of it until then. If it is still bad at that time, they are.")
            ],
            choices=[("until", _("Until"), snooze_choices())],
            entries=[
                Entry(
                    name="time",
                    label=_("Another time"),
                    kind="datetime-local",
                    value=request.POST.get("time", ""),
                    required=False,
                    problem=problem,
                    left_to_right=True,
                ),
                _note(request),
            ],
            submit=_("Snooze this alert"),
            cancel_url=_page(alert),
        )
        return ask(request, question)

    def _noted(
        self,
        request: HttpRequest,
        object_id: str,
        verb: Callable,
        name: str,
        meaning: str,
        danger: bool = False,
    ) -> HttpResponse:
        alert = _alert_or_404(object_id)
        if request.method == "POST":
            note = request.POST.get("note", "")[:LONGEST_NOTE]
            return self._done(request, alert, lambda: verb(alert, request.user, note))
        question = Question(
            title=f"{alert.title}: {name}",
            sentences=[cells.words(alert.message), meaning],
            entries=[_note(request)],
            submit=name,
            cancel_url=_page(alert),
            danger=danger,
        )
        return ask(request, question)

    def _done(self, request: HttpRequest, alert: Alert, verb: Callable) -> HttpResponse:
        """Its refusal becomes a message, never a broken page."""
        try:
            verb()
        except alerts.AlertStateError as error:
            messages.warning(request, str(error))
        else:
            event = alert.events.select_related("by").order_by("-pk")[0]
            self.log_change(request, alert, f"{event.what}: {event.note}".rstrip(": "))
            told = _("Done: %(what)s.") % {"what": event.get_what_display()}
            messages.success(
                request, format_html("{} {}", told, cells.link_to(alert, cells.words(alert.title)))
            )
        return redirect(_page(alert))


def nobody_watches() -> Iterator[Banner]:
    """An empty list may mean that all is well, or that nobody has looked."""
    last = looked()
    if last.is_lately:
        return
    if last.at is None:
        text = _(
            "Nobody has judged the rules yet, so an empty list says nothing: start `manage.py run_monitor`."
        )
    else:
        time = date_format(localtime(last.at), "SHORT_DATETIME_FORMAT")
        text = _("Nobody watches since %(time)s: start `manage.py run_monitor`.") % {"time": time}
    yield Banner(text=text, mood="bad")


def snooze_choices() -> list[tuple[str, str]]:
    return [
        ("1h", _("in 1 hour")),
        ("4h", _("in 4 hours")),
        ("tomorrow", _("tomorrow, 8:00")),
        ("time", _("the time below")),
    ]


def snoozed_until(posted, now: datetime) -> datetime | None:
    """What the form says, in the zone of the settings; None: nothing that is a time."""
    hours = {"1h": 1, "4h": 4}
    chosen = posted.get("until", "")
    if chosen in hours:
        return now + timedelta(hours=hours[chosen])
    if chosen == "tomorrow":
        day = timezone.localtime(now) + timedelta(days=1)
        return timezone.make_aware(datetime(day.year, day.month, day.day, MORNING))
    try:
        told = datetime.fromisoformat(posted.get("time", ""))
    except ValueError:
        return None
    return timezone.make_aware(told) if told.tzinfo is None else told


def _note(request: HttpRequest) -> Entry:
    return Entry(name="note", label=_("Note"), value=request.POST.get("note", ""), required=False)


def _alert_or_404(object_id: str) -> Alert:
    return get_object_or_404(
        Alert.objects.select_related("rule"), pk=object_id if str(object_id).isdigit() else 0
    )


def _page(alert: Alert) -> str:
    return reverse("admin:monitoring_alert_change", args=[alert.pk])
