"""Messages that nobody needs any more: older news of the same alert, and an end of what was never told."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from zoho_sync.sentences import Sentence
from zoho_sync.sentences import sentence as _

from .models import AlertChannel, AlertDelivery, AlertEvent

State, Occasion, What = AlertDelivery.State, AlertDelivery.Occasion, AlertEvent.What


def drop(channel: AlertChannel) -> int:
    """Of what waits for a channel, keep the newest message of each alert. Returns how many are not needed any more."""
    waiting = AlertDelivery.objects.filter(
        channel=channel, state=State.WAITING, occasion=Occasion.ALERT
    ).order_by()
    if not channel.is_on:
        rows = AlertDelivery.objects.filter(channel=channel, state=State.WAITING).exclude(
            occasion=Occasion.TEST
        )
        return _give_up(rows, _("The channel was switched off."))
    newer = waiting.filter(event__alert=OuterRef("event__alert"), pk__gt=OuterRef("pk"))
    reason = _("A newer message about the same alert took its place.")
    dropped = _give_up(waiting.filter(Exists(newer)), reason)
    ends = waiting.filter(event__what=What.RESOLVED)
    for pk, alert in list(ends.values_list("pk", "event__alert")):
        if not _was_told(channel, alert):
            reason = _("It was over before anybody was told of it here.")
            dropped += _give_up(AlertDelivery.objects.filter(pk=pk, state=State.WAITING), reason)
    return dropped


def _was_told(channel: AlertChannel, alert_id: int) -> bool:
    """Is the last that was told here of this alert, or is being told, something else than its end?"""
    told = AlertDelivery.objects.filter(
        channel=channel, event__alert=alert_id, state__in=[State.SENT, State.SENDING]
    )
    last = told.order_by("-pk").values_list("event__what", flat=True).first()
    return last is not None and last != What.RESOLVED


def _give_up(rows, reason: Sentence) -> int:
    return rows.update(state=State.DROPPED, next_attempt_at=None, last_error=reason)
