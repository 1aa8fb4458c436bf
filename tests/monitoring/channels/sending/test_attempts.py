"""A message that cannot be sent: tried again, given up, sent again, and what is said of it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from monitoring import attempts, deliveries
from monitoring.deliveries import enqueue
from monitoring.metrics import buffer, reading
from monitoring.models import AlertChannel, AlertDelivery
from zoho_sync.sentences import Sentence

from .trying import only, try_once

State = AlertDelivery.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_allowed")]


def test_what_may_be_tried_again_waits_longer_each_time_and_is_given_up_in_the_end(webhook, alert, event):
    channel, receiver = webhook()
    receiver.answers += [(500, {}, b"")] * attempts.MOST_ATTEMPTS
    enqueue(event(alert()))
    waits = []
    for _attempt in range(attempts.MOST_ATTEMPTS - 1):
        tried = try_once(channel)
        assert tried.state == State.WAITING
        waits.append((tried.next_attempt_at - timezone.now()).total_seconds() / 60)
    assert all(0.79 * 2**place <= wait <= 1.21 * 2**place for place, wait in enumerate(waits))
    assert try_once(channel).state == State.DEAD
    assert attempts.claim(channel.pk) is None
    assert only().last_error == "It answered with the status 500."


def test_what_can_never_succeed_is_given_up_at_once(webhook, alert, event):
    channel, receiver = webhook()
    receiver.answers.append((410, {}, b""))
    enqueue(event(alert()))
    given_up = try_once(channel)
    assert (given_up.state, given_up.attempts_count) == (State.DEAD, 1)
    assert "exists no more" in given_up.last_error and isinstance(given_up.last_error, Sentence)


def test_who_asks_for_a_pause_gets_it_for_the_whole_channel(webhook, alert, event):
    channel, receiver = webhook()
    receiver.answers.append((429, {"Retry-After": "600"}, b""))
    for number in range(3):
        enqueue(event(alert(f"cause {number}")))
    attempts.carry_out(attempts.claim(channel.pk))
    assert attempts.claim(channel.pk) is None
    soonest = min(AlertDelivery.objects.values_list("next_attempt_at", flat=True)) - timezone.now()
    assert timedelta(seconds=590) < soonest <= timedelta(seconds=600)
    assert len(receiver.got) == 1


def test_a_channel_says_since_when_it_fails_until_it_works_again(webhook, alert, event):
    channel, receiver = webhook()
    receiver.answers += [(500, {}, b""), (503, {}, b"")]
    enqueue(event(alert()))
    try_once(channel)
    channel.refresh_from_db()
    since = channel.failing_since
    try_once(channel)
    channel.refresh_from_db()
    assert channel.failing_since == since is not None
    assert channel.last_error == "It answered with the status 503." and channel.last_seconds is not None
    try_once(channel)
    channel.refresh_from_db()
    assert (channel.failing_since, channel.last_error) == (None, "") and channel.last_sent_at is not None


def test_what_became_of_messages_and_how_long_they_took_is_measured(webhook, alert, event):
    channel, receiver = webhook(name="measured")
    receiver.answers += [(500, {}, b"")]
    since = timezone.now() - timedelta(hours=1)
    buffer.flush()
    enqueue(event(alert()))
    try_once(channel)
    try_once(channel)
    buffer.flush()
    counted = reading.by_label("deliveries", "result", since=since, channel="measured")
    assert {name: point.total for name, point in counted.items()} == {"failed": 1, "sent": 1}
    assert reading.percentile("delivery_seconds", 0.5, minutes=60, channel="measured") is not None


def test_what_was_given_up_can_be_sent_again(webhook, alert, event, sender):
    channel, receiver = webhook()
    receiver.answers.append((410, {}, b""))
    enqueue(event(alert()))
    try_once(channel)
    assert deliveries.send_again(only())
    assert not deliveries.send_again(only())
    assert sender().drain(10)
    assert (only().state, only().attempts_count) == (State.SENT, 1)
    assert receiver.body(0)["delivery_id"] == receiver.body(1)["delivery_id"]


def test_a_channel_of_a_kind_that_is_gone_says_so(channel, alert, event):
    made = channel("log")
    AlertChannel.objects.update(kind="pigeon")
    enqueue(event(alert()))
    tried = try_once(made)
    assert tried.state == State.DEAD and "pigeon" in tried.last_error


def test_a_channel_whose_secret_cannot_be_read_says_so(webhook, alert, event, settings):
    channel, _receiver = webhook()
    settings.ENCRYPTION_KEYS = ["quite another key than the one it was stored under"]
    enqueue(event(alert()))
    tried = try_once(channel)
    assert tried.state == State.DEAD and "Enter them again" in tried.last_error


def test_whatever_a_channel_raises_is_tried_again_and_its_secrets_stay_out_of_the_log(
    channel, alert, event, lines, kind_of_ours
):
    def explode(message, config):
        raise RuntimeError(f"https://api.example/bot{config['word']}/send")

    kind_of_ours(explode)
    made = channel("ours", values={"word": "swordfish-7"})
    enqueue(event(alert()))
    tried = try_once(made)
    assert tried.state == State.WAITING and "RuntimeError" in tried.last_error
    told = " ".join(line.getMessage() for line in lines)
    assert "api.example/bot***/send" in told and "swordfish" not in told + tried.last_error
