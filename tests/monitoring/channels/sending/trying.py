"""The one message, an attempt to send it, and patience."""

from __future__ import annotations

import time

from django.utils import timezone

from monitoring import attempts
from monitoring.models import AlertChannel, AlertDelivery

State = AlertDelivery.State


def only() -> AlertDelivery:
    return AlertDelivery.objects.get()


def make_due() -> None:
    AlertDelivery.objects.filter(state=State.WAITING).update(next_attempt_at=timezone.now())


def try_once(channel: AlertChannel) -> AlertDelivery:
    make_due()
    taken = attempts.claim(channel.pk)
    assert taken is not None
    attempts.carry_out(taken)
    taken.delivery.refresh_from_db()
    return taken.delivery


def wait_until(is_so) -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.02)
