"""Messages on their way: sent in each channel's language and order, left out, summed up."""

from __future__ import annotations

import pytest

from monitoring import attempts, deliveries
from monitoring.deliveries import enqueue
from monitoring.models import AlertChannel, AlertDelivery, AlertEvent

from .trying import make_due, only, wait_until

What, State = AlertEvent.What, AlertDelivery.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("private_allowed")]


def test_what_waits_is_sent_and_kept_as_it_was_sent(channel, alert, event, sender, lines):
    log = channel("log")
    enqueue(event(alert()))
    assert sender().drain(10)
    sent = only()
    assert (sent.state, sent.attempts_count, sent.subject) == (State.SENT, 1, "Error: No worker is alive")
    assert "Start one" in sent.text
    assert [each.levelname for each in lines if each.name == "monitoring.alerts"] == ["ERROR"]
    log.refresh_from_db()
    assert log.last_sent_at is not None and log.failing_since is None


def test_each_channel_is_spoken_to_in_its_own_language(webhook, alert, event, sender, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "https://erp.example.com"}
    _english, first = webhook()
    _arabic, second = webhook(language="ar")
    told = event(alert())
    enqueue(told)
    assert sender().drain(10)
    assert first.body()["title"] == "No worker is alive" and first.body()["language"] == "en"
    assert second.body()["title"] == "لا يعمل أي عامل تنفيذ" and second.body()["language"] == "ar"
    assert first.body()["url"] == f"https://erp.example.com/admin/monitoring/alert/{told.alert_id}/change/"


def test_a_running_sender_sends_when_it_is_rung(webhook, alert, event, sender):
    _channel, receiver = webhook()
    running = sender(look_seconds=60)
    running.start()
    enqueue(event(alert()))
    running.ring()
    assert receiver.arrived.acquire(timeout=60)
    wait_until(lambda: only().state == State.SENT)


def test_messages_of_one_channel_are_sent_in_the_order_in_which_they_were_made(webhook, alert, event, sender):
    _channel, receiver = webhook()
    for number in range(5):
        enqueue(event(alert(f"cause {number}", title=f"cause {number}")))
    assert sender().drain(10)
    assert [receiver.body(place)["title"] for place in range(5)] == [f"cause {number}" for number in range(5)]


def test_a_channel_that_is_off_is_told_nothing_but_a_test(webhook, alert, event, sender):
    channel, receiver = webhook()
    enqueue(event(alert()))
    AlertChannel.objects.update(is_on=False)
    deliveries.ask_test(channel)
    assert sender().drain(10)
    assert [receiver.body(place)["occasion"] for place in range(len(receiver.got))] == ["test"]
    assert set(AlertDelivery.objects.values_list("occasion", "state")) == {
        ("alert", "dropped"),
        ("test", "sent"),
    }


# --- Not needed any more -----------------------------------------------------------------------------


def test_what_was_over_before_anybody_was_told_is_told_to_nobody(webhook, alert, event, sender):
    _channel, receiver = webhook()
    opened = event(alert())
    enqueue(opened)
    enqueue(event(opened.alert, What.RESOLVED))
    assert sender().drain(10)
    assert receiver.got == []
    assert set(AlertDelivery.objects.values_list("state", flat=True)) == {State.DROPPED}


def test_of_one_alerts_waiting_messages_only_the_newest_is_sent(webhook, alert, event, sender):
    _channel, receiver = webhook()
    opened = event(alert())
    enqueue(opened)
    enqueue(event(opened.alert, What.ESCALATED, severity="critical"))
    assert sender().drain(10)
    assert [receiver.body(place)["what"] for place in range(len(receiver.got))] == ["escalated"]


def test_that_it_is_over_is_told_once_to_those_who_know_of_it(webhook, alert, event, sender):
    _channel, receiver = webhook()
    one = alert()
    for what in (What.OPENED, What.RESOLVED):
        enqueue(event(one, what))
        assert sender().drain(10)
    # It comes back, and is over again, while nothing can be sent: there is nothing new to know.
    enqueue(event(one, What.REOPENED))
    enqueue(event(one, What.RESOLVED))
    assert sender().drain(10)
    assert [receiver.body(place)["what"] for place in range(len(receiver.got))] == ["opened", "resolved"]


def test_a_channel_that_was_away_for_long_is_told_everything_in_one_message(webhook, alert, event, sender):
    channel, receiver = webhook()
    count = attempts.TOO_MANY + 5
    for number in range(count):
        severity = "critical" if number == 50 else "warning"
        enqueue(event(alert(f"cause {number}", title=f"cause {number}", severity=severity)))
    receiver.answers.append((500, {}, b""))
    attempts.carry_out(attempts.claim(channel.pk))
    assert AlertDelivery.objects.filter(state=State.WAITING, attempts_count=1).count() == count
    make_due()
    assert sender().drain(10)
    assert len(receiver.got) == 2
    told = receiver.body()
    assert (told["what"], told["severity"]) == ("summary", "critical")
    assert (
        told["message"].splitlines()[0] == "Critical: cause 50"
        and f"and {count - 25} more" in told["message"]
    )
    assert AlertDelivery.objects.filter(state=State.SENT).count() == 1
    assert AlertDelivery.objects.filter(state=State.DROPPED).count() == count - 1
