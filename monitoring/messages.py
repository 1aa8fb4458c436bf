"""From the rows of an alert to the plain values that a channel is given, in the language of the channel."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from zoho_sync import status

from .channels.message import AlertMessage, headline
from .digest import digest_of
from .models import Alert, AlertChannel, AlertDelivery, AlertEvent
from .models.rules import SEVERITIES
from .troubles import Severity

Occasion = AlertDelivery.Occasion
SUMMARY_LINES = 25


def message_of(delivery_id: int, language: str, others: Sequence[int] = ()) -> AlertMessage:
    """The message of a delivery; of it and `others` together where they are summed up.

    To be called while `language` is active: stored sentences are said when they are loaded.
    """
    delivery = AlertDelivery.objects.select_related("event__alert").get(pk=delivery_id)
    if others:
        return _summary(delivery, language, others)
    if delivery.occasion == Occasion.ALERT and delivery.event is not None:
        return _of_event(delivery, delivery.event, language)
    if delivery.occasion == Occasion.DIGEST:
        told = digest_of(delivery.created_at)
        return AlertMessage(
            occasion=Occasion.DIGEST,
            title=told.title,
            message=told.text,
            url=absolute(reverse("admin:index")),
            language=language,
            delivery_id=str(delivery.pk),
        )
    name = AlertChannel.objects.values_list("name", flat=True).get(pk=delivery.channel_id)
    return AlertMessage(
        occasion=Occasion.TEST,
        title=_("TSH ERP: a test of the channel “%(name)s”") % {"name": name},
        message=_("If you read this, alerts arrive here. There is nothing to do."),
        url=absolute(reverse("admin:index")),
        language=language,
        delivery_id=str(delivery.pk),
    )


def _of_event(delivery: AlertDelivery, event: AlertEvent, language: str) -> AlertMessage:
    alert = event.alert
    return AlertMessage(
        occasion=Occasion.ALERT,
        what=event.what,
        what_word=str(AlertEvent.What(event.what).label),
        severity=delivery.severity,
        severity_word=severity_word(delivery.severity),
        title=alert.title,
        message=alert.message,
        what_to_do=alert.what_to_do,
        since=alert.since or alert.first_seen_at,
        count=alert.count,
        entity=status.label_of(alert.entity) if alert.entity else "",
        organisation=alert.organization,
        url=page_of(alert),
        language=language,
        event_id=str(event.pk),
        alert_id=str(alert.pk),
        delivery_id=str(delivery.pk),
    )


def _summary(delivery: AlertDelivery, language: str, others: Sequence[int]) -> AlertMessage:
    """One message for many alerts, the worst first; what does not fit is counted."""
    pks = [delivery.pk, *others]
    rows = AlertDelivery.objects.filter(pk__in=pks).select_related("event__alert")
    order = list(Severity)
    told = [_of_event(each, each.event, language) for each in rows if each.event is not None]
    told.sort(key=lambda each: (each.is_over, -order.index(Severity(each.severity)), int(each.delivery_id)))
    lines = [headline(each) for each in told[:SUMMARY_LINES]]
    if left := len(told) - len(lines):
        lines.append(ngettext("and %(count)s more", "and %(count)s more", left) % {"count": left})
    count = len(told)
    return AlertMessage(
        occasion=Occasion.ALERT,
        what="summary",
        severity=max((each.severity for each in told), key=lambda each: order.index(Severity(each))),
        title=ngettext(
            "%(count)s alert changed while nothing could be sent here",
            "%(count)s alerts changed while nothing could be sent here",
            count,
        )
        % {"count": count},
        message="\n".join(lines),
        url=absolute(reverse("admin:index")),
        language=language,
        delivery_id=str(delivery.pk),
    )


def severity_word(severity: str) -> str:
    word = str(dict(SEVERITIES).get(severity, severity))
    return word[:1].upper() + word[1:]


def page_of(alert: Alert) -> str:
    """Where the alert is shown: there it can be acknowledged, and from there a link leads to what it speaks of."""
    return absolute(reverse("admin:monitoring_alert_change", args=[alert.pk]))


def absolute(path: str) -> str:
    """Empty where nobody has said (PUBLIC_URL) under which address people reach the back office."""
    root = settings.WEBHOOKS["PUBLIC_URL"]
    return f"{root}{path}" if root and path.startswith("/") else ""
