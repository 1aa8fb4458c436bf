"""What the list and the page of channels say: how each one does, and what to do when it fails or there is none."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from inventory.admin import cells
from inventory.admin.panels import Banner, Facts, Table
from zoho_sync.encryption import SecretUnreadable

from .. import channel_config
from ..channels.email import no_server
from ..models import AlertChannel, AlertDelivery
from ..models.rules import SEVERITIES
from .channel_form import kind_of

State = AlertDelivery.State
MOST = 20
MOODS = {
    State.WAITING: "busy",
    State.SENDING: "busy",
    State.SENT: "good",
    State.DEAD: "bad",
    State.DROPPED: "quiet",
}


def who_is_told(may_add: bool) -> Iterable[Banner]:
    """Above the list: is anybody told anything?"""
    on = list(AlertChannel.objects.filter(is_on=True))
    if not [each for each in on if each.kind != "log"]:
        text = _(
            "No alert reaches anybody yet who does not look here: add a channel, such as e-mail or Telegram, and "
            "send a test."
        )
        url = reverse("admin:monitoring_alertchannel_add") if may_add else ""
        yield Banner(text=text, mood="warn", url=url, action=_("Add a channel") if may_add else "")
    if [each for each in on if each.kind == "email"] and not settings.EMAIL_HOST:
        yield Banner(text=no_server(), mood="bad")
    if not settings.WEBHOOKS["PUBLIC_URL"]:
        text = _("Messages hold no links, as PUBLIC_URL does not say where people reach this back office.")
        yield Banner(text=text, mood="busy")


def panels(channel: AlertChannel) -> Iterable[object]:
    kind = kind_of(channel.kind)
    if kind is None:
        text = _("The program knows no channel of the kind “%(kind)s” any more.") % {"kind": channel.kind}
        yield Banner(text=text, mood="bad")
    elif channel.kind == "email" and not settings.EMAIL_HOST:
        yield Banner(text=no_server(), mood="bad")
    elif channel.failing_since:
        text = _(
            "It fails since %(time)s: %(reason)s What waits is tried again; mend its settings, then send a test."
        )
        facts = {
            "time": date_format(localtime(channel.failing_since), "SHORT_DATETIME_FORMAT"),
            "reason": channel.last_error,
        }
        yield Banner(text=cells.words(text % facts), mood="bad")
    elif channel.last_sent_at is None:
        yield Banner(text=_("Nothing was sent through it yet. Send a test."), mood="warn")
    counts = dict(channel.deliveries.order_by().values_list("state").annotate(Count("pk")))
    yield Facts(
        title=_("How it does"),
        pairs=[
            (_("kind"), kind_words(channel)),
            (_("state"), state_tag(channel)),
            (_("takes"), severities_words(channel)),
            *setting_pairs(channel),
            (_("last sent"), cells.age(channel.last_sent_at) if channel.last_sent_at else _("never")),
            (_("last duration"), seconds_words(channel.last_seconds)),
            (_("last failed"), cells.age(channel.last_failed_at) if channel.last_failed_at else _("never")),
            (_("failing since"), cells.moment(channel.failing_since)),
            (_("last error"), cells.words(channel.last_error)),
            (_("waiting"), cells.number(counts.get(State.WAITING, 0) + counts.get(State.SENDING, 0))),
            (_("given up"), cells.number(counts.get(State.DEAD, 0))),
        ],
        note=_("Secrets are kept encrypted and are never shown again."),
    )


def setting_pairs(channel: AlertChannel) -> list[tuple[str, object]]:
    """Its own fields, for those too who may not change them; of a secret only whether it is set."""
    kind = kind_of(channel.kind)
    if kind is None:
        return []
    try:
        secrets = channel_config.secrets_of(channel)
    except SecretUnreadable:
        secrets = {}
    pairs: list[tuple[str, object]] = []
    for field in kind.fields:
        if field.is_secret:
            is_set = field.name in secrets
            pairs.append(
                (
                    str(field.label),
                    cells.tag(_("is set") if is_set else _("missing"), "good" if is_set else "bad"),
                )
            )
        else:
            pairs.append((str(field.label), cells.ltr(channel.config.get(field.name, ""))))
    return pairs


def lower_panels(channel: AlertChannel) -> Iterable[object]:
    rows = channel.deliveries.defer("text").select_related("event__alert").order_by("-pk")[:MOST]
    yield Table(
        title=_("Its last messages"),
        headers=[_("message"), _("state"), _("made at"), _("attempts"), _("seconds"), _("last error")],
        rows=[
            [
                cells.link_to(each, subject_words(each)),
                delivery_tag(each),
                cells.age(each.created_at),
                cells.number(each.attempts_count),
                seconds_words(each.seconds),
                cells.words(each.last_error),
            ]
            for each in rows
        ],
        numeric=frozenset({3, 4}),
        empty=_("There was none yet. Send a test message to see one."),
        more_url=f"{reverse('admin:monitoring_alertdelivery_changelist')}?channel__id__exact={channel.pk}",
        more=_("All messages"),
    )


def kind_words(channel: AlertChannel) -> object:
    kind = kind_of(channel.kind)
    return str(kind.label) if kind else cells.ltr(channel.kind)


def state_tag(channel: AlertChannel) -> object:
    if not channel.is_on:
        return cells.tag(_("off"), "quiet")
    if channel.failing_since:
        since = cells.inline(_("since"), cells.age(channel.failing_since))
        return cells.stacked(cells.tag(_("fails"), "bad"), since)
    return cells.tag(_("works"), "good") if channel.last_sent_at else cells.tag(_("not tried yet"), "warn")


def delivery_tag(delivery: AlertDelivery) -> object:
    return cells.tag(delivery.get_state_display(), MOODS[State(delivery.state)])


def severities_words(channel: AlertChannel) -> object:
    words = dict(SEVERITIES)
    chosen = [str(words[each]) for each in words if each in channel.severities]
    return cells.joined(chosen) if chosen else _("every severity")


def subject_words(delivery: AlertDelivery) -> object:
    """As it was sent; before that, the alert it is about."""
    if delivery.subject:
        return cells.words(delivery.subject)
    about = delivery.event.alert.title if delivery.event else delivery.get_occasion_display()
    return cells.words(about)


def seconds_words(seconds: float | None) -> object:
    return cells.UNKNOWN if seconds is None else cells.ltr(f"{seconds:.1f} s")
