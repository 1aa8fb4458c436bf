"""A test of a channel, for somebody who waits for its result in front of a page."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta

from django.db import connection, connections
from django.utils import timezone

from . import attempts, deliveries
from .attempts import Claim
from .models import AlertChannel, AlertDelivery, Watch

WAIT_SECONDS = 8.0  # for the watch, which looks every five
SEND_SECONDS = 17.0  # a little more than a channel of ours takes at most
_ALIVE = timedelta(seconds=45)
_State = AlertDelivery.State


def send_test(channel: AlertChannel, *, wait_seconds: float = WAIT_SECONDS) -> AlertDelivery:
    """Send a test and wait for its end, 25 seconds at most. By the watch, if it lives; else by this process.

    Returns the delivery as it is then: sent, given up with its error, or still on its way.
    """
    delivery = deliveries.ask_test(channel)
    if watch_lives():
        _wait(delivery, lambda state: state != _State.WAITING, wait_seconds)
    taken = attempts.claim_one(delivery)  # None when the watch has it in hand, or is done
    if taken is not None and connection.in_atomic_block:
        attempts.carry_out(taken)  # a thread's own connection would wait for this one's transaction
    elif taken is not None:
        thread = threading.Thread(target=_carry_out, args=(taken,), name="alert-test", daemon=True)
        thread.start()
        thread.join(SEND_SECONDS)
    else:
        _wait(delivery, lambda state: state not in AlertDelivery.OPEN, SEND_SECONDS)
    delivery.refresh_from_db()
    return delivery


def watch_lives() -> bool:
    return Watch.objects.filter(looked_at__gte=timezone.now() - _ALIVE).exists()


def _carry_out(taken: Claim) -> None:
    try:
        attempts.carry_out(taken)
    finally:
        connections.close_all()


def _wait(delivery: AlertDelivery, is_over: Callable[[str], bool], seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = AlertDelivery.objects.values_list("state", flat=True).get(pk=delivery.pk)
        if is_over(state):
            return
        time.sleep(0.1)
