"""What the page of one alert shows: what happened, what it means, what to do, its history, and who was told."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Facts, Table

from ..causes import CAUSES
from ..causes.explained import EXPLAINED
from ..models import Alert, AlertDelivery
from ..troubles import Severity
from .alert_words import MOODS, entity_words, in_hand, severity_tag, state_tag

MOST_EVENTS = 100
MOST_DELIVERIES = 50


def panels(alert: Alert) -> Iterable[object]:
    is_open = alert.state == Alert.State.OPEN
    yield Banner(
        text=cells.stacked(cells.words(alert.message or alert.title), cells.words(alert.what_to_do)),
        mood=MOODS[Severity(alert.severity)] if is_open else "good",
        url=alert.page,
        action=_("Go there") if alert.page else "",
    )
    if explained := what_it_means(alert):
        yield explained
    yield what_it_is(alert)
    yield history(alert)


def lower_panels(alert: Alert) -> Iterable[object]:
    yield deliveries(alert)


def what_it_means(alert: Alert) -> Facts | None:
    """None for a figure's alert, whose rule says what it means."""
    word = alert.fingerprint.partition(":")[0]
    cause, told = CAUSES.get(word), EXPLAINED.get(word)
    if cause is None or told is None:
        return None
    return Facts(
        title=_("What it means"),
        pairs=[
            (_("what happened"), cause.meaning),
            (_("what it means for stock and prices"), told.meaning),
            (_("what was already tried"), told.tried),
            (_("what to do"), cells.words(alert.what_to_do)),
        ],
    )


def what_it_is(alert: Alert) -> Facts:
    return Facts(
        title=_("What it is"),
        pairs=[
            (_("state"), state_tag(alert)),
            (_("severity"), severity_tag(alert.severity)),
            (_("rule"), cells.link_to(alert.rule, cells.words(alert.rule)) if alert.rule else cells.UNKNOWN),
            (_("cause"), cells.ltr(alert.fingerprint)),
            (_("organisation"), cells.ltr(alert.organization)),
            (_("entity"), entity_words(alert.entity)),
            (_("concerned"), cells.number(alert.records_count)),
            (
                _("value"),
                cells.ltr(f"{round(alert.value, 2):g}") if alert.value is not None else cells.UNKNOWN,
            ),
            (_("since"), cells.moment(alert.since)),
            (_("first seen"), cells.moment(alert.first_seen_at)),
            (_("last seen"), cells.moment(alert.last_seen_at)),
            (_("seen"), cells.number(alert.count)),
            (_("good since"), cells.moment(alert.good_since)),
            (_("acknowledged by"), in_hand(alert)),
            (_("snoozed until"), cells.moment(alert.snoozed_until)),
            (_("resolved at"), cells.moment(alert.resolved_at)),
            (_("reopened"), cells.number(alert.reopened_count)),
        ],
    )


def history(alert: Alert) -> Table:
    """The newest first; who: empty when it happened by itself."""
    events = alert.events.select_related("by").order_by("-pk")
    return Table(
        title=_("History"),
        headers=[_("at"), _("what"), _("severity"), _("person"), _("note")],
        rows=[
            [
                cells.moment(event.at),
                event.get_what_display(),
                severity_tag(event.severity),
                cells.words(event.by) if event.by else _("by itself"),
                cells.stacked(
                    cells.words(event.note) if event.note else "",
                    cells.inline(_("until"), cells.moment(event.until)) if event.until else "",
                ),
            ]
            for event in events[:MOST_EVENTS]
        ],
    )


def deliveries(alert: Alert) -> Table:
    rows = AlertDelivery.objects.filter(event__alert=alert).select_related("channel", "event").order_by("-pk")
    rows = rows.defer("channel__secrets")
    return Table(
        title=_("Who was told"),
        headers=[_("channel"), _("about"), _("state"), _("sent"), _("attempts"), _("last error")],
        rows=[
            [
                cells.link_to(each.channel),
                each.event.get_what_display() if each.event else cells.UNKNOWN,
                each.get_state_display(),
                cells.moment(each.sent_at),
                cells.number(each.attempts_count),
                cells.words(each.last_error),
            ]
            for each in rows[:MOST_DELIVERIES]
        ],
        numeric=frozenset({4}),
        empty=_(
            "Nobody: no channel takes it, its rule is in its quiet hours, or it is snoozed. Channels are set up under "
            "Alert channels."
        ),
    )
