"""Nobody waits for another: channels that hang, senders side by side, senders that are lost."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from monitoring import attempts
from monitoring.channels.base import ChannelError
from monitoring.deliveries import enqueue
from monitoring.models import AlertChannel, AlertDelivery
from tests.conftest import PROJECT

from .trying import only, wait_until

State = AlertDelivery.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_allowed")]


def test_a_channel_that_never_answers_delays_no_other(webhook, alert, event, sender):
    _slow, black_hole = webhook()
    _good, receiver = webhook()
    black_hole.is_silent.set()
    running = sender(look_seconds=60)
    running.start()
    for number in range(5):
        enqueue(event(alert(f"cause {number}")))
    running.ring()
    assert black_hole.arrived.acquire(timeout=60)
    for _message in range(5):
        assert receiver.arrived.acquire(timeout=60)
    wait_until(lambda: AlertDelivery.objects.filter(state=State.SENT).count() == 5)
    assert AlertDelivery.objects.filter(state=State.SENDING).count() == 1
    black_hole.released.set()


def test_dead_channels_do_not_keep_the_places_that_one_which_works_needs(webhook, alert, event, sender):
    dead = [webhook() for _number in range(2)]
    for _channel, receiver in dead:
        receiver.answers += [(500, {}, b"")] * 50
    _good, working = webhook()
    for number in range(5):
        enqueue(event(alert(f"cause {number}")))
    AlertChannel.objects.filter(pk__in=[each.pk for each, _receiver in dead]).update(
        failing_since=timezone.now()
    )
    running = sender(most_threads=1, look_seconds=60)
    running.start()
    for _message in range(5):
        assert working.arrived.acquire(timeout=60)
    wait_until(lambda: AlertDelivery.objects.filter(state=State.WAITING, attempts_count=1).count() == 10)
    assert sum(len(receiver.got) for _channel, receiver in dead) == 10


def test_a_channel_that_hangs_gives_its_place_to_another(channel, alert, event, sender, kind_of_ours, lines):
    release = threading.Event()
    kind_of_ours(lambda message, config: release.wait(20))
    hanging, log = channel("ours"), channel("log")
    enqueue(event(alert()))
    running = sender(most_threads=1, hangs_after_seconds=0.1)
    running.start()
    wait_until(lambda: hanging.deliveries.get().last_error)
    wait_until(lambda: log.deliveries.get().state == State.SENT)
    assert "come to an end" in hanging.deliveries.get().last_error
    release.set()
    running.stop(5)
    assert hanging.deliveries.get().state == State.WAITING  # what it says so late counts no more


def test_two_senders_never_send_the_same(webhook, alert, event, sender):
    _channel, receiver = webhook()
    for number in range(20):
        enqueue(event(alert(f"cause {number}")))
    both = [sender(), sender()]
    for each in both:
        each.start()
    wait_until(lambda: AlertDelivery.objects.filter(state=State.SENT).count() == 20)
    told = [receiver.body(place)["delivery_id"] for place in range(len(receiver.got))]
    assert len(told) == len(set(told)) == 20


def test_what_a_lost_sender_had_in_hand_is_taken_over_when_its_lease_is_over(webhook, alert, event):
    channel, _receiver = webhook()
    enqueue(event(alert()))
    lost = attempts.claim(channel.pk)
    assert attempts.claim(channel.pk) is None
    AlertDelivery.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    taken = attempts.claim(channel.pk)
    attempts.carry_out(taken)
    attempts.failed(lost, ChannelError("too late"), 1.0, {})
    assert (only().state, only().attempts_count, only().last_error) == (State.SENT, 2, "")


@pytest.mark.slow
def test_a_sender_that_is_killed_in_the_middle_repeats_at_most_the_message_in_hand(
    webhook, alert, event, sender, process_environment
):
    _channel, receiver = webhook()
    for number in range(3):
        enqueue(event(alert(f"cause {number}")))
    receiver.is_silent.set()
    program = (
        "import datetime, time, django; django.setup();"
        "from monitoring.sending import Sender; Sender(lease=datetime.timedelta(seconds=1)).start(); time.sleep(60)"
    )
    environment = process_environment | {"ALERT_ALLOW_PRIVATE": "true"}
    process = subprocess.Popen([sys.executable, "-c", program], env=environment, cwd=PROJECT)
    try:
        assert receiver.arrived.acquire(timeout=20)
    finally:
        process.kill()
        process.wait()
    assert AlertDelivery.objects.get(state=State.SENDING).attempts_count == 1
    receiver.is_silent.clear()
    running = sender()
    running.start()
    wait_until(lambda: AlertDelivery.objects.filter(state=State.SENT).count() == 3)
    told = Counter(json.loads(each["body"])["delivery_id"] for each in receiver.got)
    assert sorted(told.values()) == [1, 1, 2]


def test_a_message_that_ends_its_process_each_time_is_given_up(webhook, alert, event):
    channel, receiver = webhook()
    enqueue(event(alert()))
    AlertDelivery.objects.update(
        state=State.SENDING, lease_until=timezone.now(), attempts_count=attempts.MOST_ATTEMPTS
    )
    attempts.carry_out(attempts.claim(channel.pk))
    assert only().state == State.DEAD and receiver.got == []


def test_a_sender_without_a_database_goes_on(webhook, alert, event, sender, lines):
    _channel, receiver = webhook()
    enqueue(event(alert()))
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE monitoring_alertdelivery RENAME TO away")
    running = sender()
    try:
        running.start()
        wait_until(lambda: any("does not answer" in line.getMessage() for line in lines))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO monitoring_alertdelivery")
    assert receiver.arrived.acquire(timeout=60)
