"""The way of one delivery: claimed with a lease, tried, and what became of it. Every step is a compare-and-set.

A claim counts as an attempt from its beginning, so that a message which takes its process along is not tried for ever.
"""

from __future__ import annotations

import logging
import random
import time
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Min, Q, QuerySet
from django.utils import timezone, translation

from zoho_sync.encryption import SecretUnreadable
from zoho_sync.sentences import Sentence, said
from zoho_sync.sentences import sentence as _

from . import superseded
from .channel_config import config_of, secrets_of, without_secrets
from .channels import base
from .channels.base import ChannelError
from .channels.message import headline, plain_text
from .messages import message_of
from .metrics import buffer
from .models import AlertChannel, AlertDelivery

log = logging.getLogger(__name__)

State, Occasion = AlertDelivery.State, AlertDelivery.Occasion
LEASE = timedelta(seconds=60)
MOST_ATTEMPTS = 8  # 1, 2, 4 … 64 minutes apart: two hours in all
LONGEST_WAIT = timedelta(hours=24)  # that another side may ask for
TOO_MANY, MOST_SUMMED_UP = 100, 5000  # so many messages at once are told in one


@dataclass(frozen=True)
class Claim:
    """A delivery in hand, and those that it speaks for besides (`others`, of a summary)."""

    channel: AlertChannel
    delivery: AlertDelivery
    others: tuple[int, ...]
    lease_until: datetime
    attempt: int  # 1 for the first one

    @property
    def rows(self) -> QuerySet[AlertDelivery]:
        """Those that are still ours."""
        return AlertDelivery.objects.filter(
            pk__in=(self.delivery.pk, *self.others), state=State.SENDING, lease_until=self.lease_until
        )


def due(now: datetime) -> QuerySet[AlertDelivery]:
    """What may be sent now: its time has come, or whoever had it in hand is gone."""
    waits = Q(state=State.WAITING, next_attempt_at__lte=now)
    lost = Q(state=State.SENDING, lease_until__lte=now)
    return AlertDelivery.objects.filter(waits | lost)


def due_channels(now: datetime) -> list[int]:
    """Keys of the channels with work: those that work before those that fail, then the one that waits longest."""
    failing = F("channel__failing_since").asc(nulls_first=True)
    rows = due(now).order_by().values_list("channel_id", "channel__failing_since").annotate(first=Min("pk"))
    return [key for key, _since, _first in rows.order_by(failing, "first")]


def claim_one(delivery: AlertDelivery, *, lease: timedelta = LEASE) -> Claim | None:
    """This very delivery, if nobody else has it in hand."""
    now = timezone.now()
    channel = AlertChannel.objects.get(pk=delivery.channel_id)
    if not _take(channel, [delivery.pk], now, now + lease):
        return None
    return _claimed(channel, delivery.pk, (), now + lease)


def claim(channel_id: int, *, lease: timedelta = LEASE) -> Claim | None:
    """The next delivery of a channel, in the order in which they were made; None when there is nothing to do."""
    channel = AlertChannel.objects.get(pk=channel_id)
    superseded.drop(channel)
    now = timezone.now()
    lease_until = now + lease
    in_hand = AlertDelivery.objects.filter(channel=channel, state=State.SENDING, lease_until__gt=now)
    ready = due(now).filter(channel=channel).order_by("pk")
    # An alert's messages keep their order: the next one waits while somebody has the one before in hand.
    ready = ready.exclude(
        event__alert__in=in_hand.exclude(event=None).values("event__alert"), event__isnull=False
    )
    pks = list(ready.values_list("pk", flat=True)[:TOO_MANY])
    if len(pks) == TOO_MANY:
        told = list(ready.filter(occasion=Occasion.ALERT).values_list("pk", flat=True)[:MOST_SUMMED_UP])
        if len(told) >= TOO_MANY and _take(channel, told, now, lease_until):
            mine = AlertDelivery.objects.filter(channel=channel, state=State.SENDING, lease_until=lease_until)
            *others, last = mine.order_by("pk").values_list(
                "pk", flat=True
            )  # somebody else may have taken some
            return _claimed(channel, last, tuple(others), lease_until)
    for pk in pks:
        if _take(channel, [pk], now, lease_until):
            return _claimed(channel, pk, (), lease_until)
    return None


def _take(channel: AlertChannel, pks: list[int], now: datetime, lease_until: datetime) -> int:
    rows = due(now).filter(channel=channel, pk__in=pks)
    return rows.update(state=State.SENDING, lease_until=lease_until, attempts_count=F("attempts_count") + 1)


def _claimed(channel: AlertChannel, pk: int, others: tuple[int, ...], lease_until: datetime) -> Claim:
    delivery = AlertDelivery.objects.get(pk=pk)
    return Claim(channel, delivery, others, lease_until, delivery.attempts_count)


def carry_out(taken: Claim) -> bool:
    """Try it once. Returns whether it was sent; whatever went wrong is kept with the delivery and the channel."""
    channel, began = taken.channel, time.monotonic()
    words: dict[str, str] = {}
    secrets: dict[str, str] = {}
    with translation.override(channel.language):
        try:
            _refuse_endless(taken)
            kind, secrets = _kind_of(channel), _secrets_of(channel)
            message = message_of(taken.delivery.pk, channel.language, taken.others)
            words = {"subject": headline(message)[:255], "text": plain_text(message)}
            began = time.monotonic()
            kind.send(message, config_of(channel))
        except ChannelError as error:
            failed(taken, error, time.monotonic() - began, words)
            return False
        except Exception as error:  # a channel that somebody else has written may raise anything
            told = "".join(traceback.format_exception(error))
            log.error("channel %s: %s", channel.pk, without_secrets(told, secrets))  # noqa: TRY400 (it holds them)
            failed(taken, _broken(error), time.monotonic() - began, words)
            return False
    sent(taken, time.monotonic() - began, words)
    return True


def _refuse_endless(taken: Claim) -> None:
    if taken.attempt > MOST_ATTEMPTS:  # the process ended in the middle, each time
        raise ChannelError(_("It was begun again and again, and never ended."), permanent=True)


def _kind_of(channel: AlertChannel) -> base.Channel:
    try:
        return base.get(channel.kind)
    except LookupError as error:
        reason = _("The program knows no channel of the kind “%(kind)s” any more.") % {"kind": channel.kind}
        raise ChannelError(reason, permanent=True) from error


def _secrets_of(channel: AlertChannel) -> dict[str, str]:
    try:
        return secrets_of(channel)
    except SecretUnreadable as error:
        raise ChannelError(
            _("Its secrets cannot be read with today's keys. Enter them again."), permanent=True
        ) from error


def _broken(error: Exception) -> ChannelError:
    return ChannelError(
        _("The program of this kind of channel failed (%(name)s); the log has more.")
        % {"name": type(error).__name__}
    )


def sent(taken: Claim, seconds: float, words: dict[str, str]) -> None:
    now = timezone.now()
    mine = taken.rows.filter(pk=taken.delivery.pk)
    if not mine.update(
        state=State.SENT,
        sent_at=now,
        seconds=seconds,
        lease_until=None,
        next_attempt_at=None,
        last_error="",
        **words,
    ):
        return
    told = _("Told in one message with others, as there were too many.")
    taken.rows.exclude(pk=taken.delivery.pk).update(
        state=State.DROPPED, lease_until=None, next_attempt_at=None, last_error=told
    )
    _count(taken.channel, "sent", seconds)
    AlertChannel.objects.filter(pk=taken.channel.pk).update(
        last_sent_at=now, last_seconds=seconds, failing_since=None, last_error=""
    )


def failed(taken: Claim, error: ChannelError, seconds: float, words: dict[str, str]) -> None:
    """Keep why, and say when it is tried again; or give it up."""
    now, reason = timezone.now(), said(error)
    outcome: dict[str, object] = {"lease_until": None, "seconds": seconds, "last_error": reason}
    is_test = (
        taken.delivery.occasion == Occasion.TEST
    )  # somebody waits for the result, and asks again himself
    gives_up = error.permanent or is_test or taken.attempt >= MOST_ATTEMPTS
    again = None if gives_up else now + pause(taken.attempt, error.retry_after)
    outcome |= {"state": State.DEAD if gives_up else State.WAITING, "next_attempt_at": again}
    mine = taken.rows.filter(pk=taken.delivery.pk)
    if taken.others:
        taken.rows.exclude(pk=taken.delivery.pk).update(**outcome)
    if not mine.update(**outcome, **words):
        return
    if error.retry_after is not None and again is not None:  # the whole channel is asked to be silent
        waiting = AlertDelivery.objects.filter(channel=taken.channel, state=State.WAITING)
        waiting.filter(next_attempt_at__lt=again).update(next_attempt_at=again)
    _note_failure(taken.channel, reason, seconds, now)
    _count(taken.channel, "given_up" if gives_up else "failed", seconds)
    log.warning(
        "channel %s (%s): message %s was not sent, attempt %s of %s: %s%s",
        taken.channel.pk, taken.channel.kind, taken.delivery.pk, taken.attempt, MOST_ATTEMPTS, reason,
        "; given up" if gives_up else "",
    )  # fmt: skip


def _count(channel: AlertChannel, result: str, seconds: float) -> None:
    buffer.add("deliveries", channel=channel.name, result=result)
    buffer.observe("delivery_seconds", seconds, channel=channel.name)


def _note_failure(channel: AlertChannel, reason: str | Sentence, seconds: float, now: datetime) -> None:
    rows = AlertChannel.objects.filter(pk=channel.pk)
    rows.update(last_failed_at=now, last_error=reason, last_seconds=seconds)
    rows.filter(failing_since=None).update(failing_since=now)


def pause(attempt: int, asked_seconds: float | None = None) -> timedelta:
    """Until the next attempt: 1, 2, 4 … minutes, by up to a fifth more or less, so that not all come at once."""
    if asked_seconds is not None:
        return min(timedelta(seconds=max(1.0, asked_seconds)), LONGEST_WAIT)
    return timedelta(minutes=2 ** (attempt - 1)) * random.uniform(0.8, 1.2)
