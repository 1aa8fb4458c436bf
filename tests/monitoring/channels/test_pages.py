"""The admin's pages of channels and messages: made by kind, secrets write-only, tried with a button."""

from __future__ import annotations

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from monitoring import channel_config, trying
from monitoring.deliveries import enqueue
from monitoring.models import AlertChannel, AlertDelivery, Watch
from tests.factories import AdministratorFactory

State = AlertDelivery.State
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.one_leg]
TOKEN = "123456789:AAExampleExampleExampleExample12345"
LIST = "admin:monitoring_alertchannel_changelist"
ADD = "admin:monitoring_alertchannel_add"


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def filled(**changes) -> dict[str, str | list[str]]:
    told = {
        "name": "the night shift",
        "is_on": "on",
        "language": "ar",
        "severities": ["error", "critical"],
        "setting_token": TOKEN,
        "setting_chat_id": "-100123",
        "setting_server": "",
    }
    return told | changes


def page(channel: AlertChannel, name: str = "change") -> str:
    return reverse(f"admin:monitoring_alertchannel_{name}", args=[channel.pk])


def button(channel: AlertChannel) -> str:
    return page(channel).replace("/change/", "/test_one/")


def add(staff, kind: str = "telegram", **changes):
    return staff.post(f"{reverse(ADD)}?kind={kind}", filled(**changes))


def said(answer) -> str:
    return " ".join(str(each) for each in answer.context["messages"])


def test_without_a_channel_the_list_says_what_to_do_first(staff, channel):
    channel("log")
    text = staff.get(reverse(LIST)).content.decode()
    assert "No alert reaches anybody yet" in text and reverse(ADD) in text


def test_whoever_adds_one_chooses_the_kind_first(staff):
    text = staff.get(reverse(ADD)).content.decode()
    for kind in ("log", "email", "slack", "webhook", "telegram"):
        assert f'href="?kind={kind}"' in text
    assert "@BotFather" in text


def test_a_channel_is_made_from_the_fields_of_its_kind(staff):
    answer = add(staff)
    made = AlertChannel.objects.get()
    assert answer.url == page(made)
    assert (made.kind, made.language, made.severities) == ("telegram", "ar", ["error", "critical"])
    assert channel_config.config_of(made) == {"token": TOKEN, "chat_id": "-100123"}
    assert TOKEN not in str(made.config)


def test_what_is_wrong_is_said_beside_its_field_and_no_secret_is_repeated(staff):
    answer = add(staff, setting_chat_id="no chat", setting_token="swordfish")
    assert AlertChannel.objects.count() == 0
    errors = answer.context["adminform"].form.errors
    assert {"setting_chat_id", "setting_token"} == set(errors)
    assert "swordfish" not in answer.content.decode()


def test_a_stored_secret_is_never_shown_and_an_empty_field_keeps_it(staff):
    add(staff)
    made = AlertChannel.objects.get()
    text = staff.get(page(made)).content.decode()
    assert TOKEN not in text and "It is set. Leave it empty to keep it." in text
    staff.post(page(made), filled(setting_token="", setting_chat_id="77"))
    made = AlertChannel.objects.get()
    assert channel_config.config_of(made) == {"token": TOKEN, "chat_id": "77"}
    staff.post(page(made), filled(setting_token=TOKEN.replace("A", "B")))
    assert channel_config.secrets_of(AlertChannel.objects.get())["token"] == TOKEN.replace("A", "B")


def test_no_page_no_history_and_no_log_holds_a_secret(staff, lines):
    add(staff)
    made = AlertChannel.objects.get()
    staff.post(page(made), filled(setting_token=TOKEN, name="renamed"))
    told = [reverse(LIST), page(made), page(made, "history"), page(made, "delete"), button(made)]
    texts = [staff.get(each).content.decode() for each in told]
    texts += [each.change_message for each in LogEntry.objects.all()] + [line.getMessage() for line in lines]
    assert LogEntry.objects.count() == 2
    assert not [text for text in texts if TOKEN in text or TOKEN.split(":")[1] in text]


def test_a_channel_whose_secret_cannot_be_read_can_be_mended(staff, settings):
    add(staff)
    made = AlertChannel.objects.get()
    settings.ENCRYPTION_KEYS = ["quite another key than the one of before"]
    assert staff.get(reverse(LIST)).status_code == 200
    assert "missing" in staff.get(page(made)).content.decode()
    staff.post(page(made), filled(setting_token=TOKEN))
    assert channel_config.secrets_of(AlertChannel.objects.get()) == {"token": TOKEN}


def test_a_channel_of_a_kind_that_is_gone_still_has_a_page(staff, channel):
    made = channel("log")
    AlertChannel.objects.update(kind="pigeon")
    assert "pigeon" in staff.get(page(made)).content.decode()


def test_a_removed_channel_takes_its_messages_along(staff, channel, alert, event):
    made = channel("log")
    enqueue(event(alert()))
    assert "alert deliveries: 1" in staff.get(page(made, "delete")).content.decode()
    staff.post(page(made, "delete"), {"post": "yes"})
    assert (AlertChannel.objects.count(), AlertDelivery.objects.count()) == (0, 0)


# --- Send a test -------------------------------------------------------------------------------------


@pytest.fixture
def webhook(channel, receiver, private_allowed):
    return channel("webhook", values={"url": receiver.url, "secret": "a-secret-of-theirs"})


def test_looking_at_the_button_sends_nothing(staff, webhook, receiver):
    assert staff.get(button(webhook)).status_code == 200
    assert receiver.got == [] and AlertDelivery.objects.count() == 0


def test_without_the_watch_the_page_sends_the_test_itself_and_says_how_it_went(staff, webhook, receiver):
    answer = staff.post(button(webhook), follow=True)
    assert "The test was sent in" in said(answer)
    assert receiver.body()["occasion"] == "test"
    assert "works" in answer.content.decode()


def test_a_test_that_fails_says_why_and_is_not_tried_again(staff, webhook, receiver):
    receiver.answers.append((503, {}, b""))
    answer = staff.post(button(webhook), follow=True)
    assert "It answered with the status 503." in said(answer)
    assert AlertDelivery.objects.get().state == State.DEAD
    text = answer.content.decode()
    assert "It fails since " in text and "&lt;" not in text.partition("It fails since ")[2][:100]


def test_where_the_watch_lives_it_sends_the_test(webhook, receiver, sender):
    Watch.objects.create(name="main", looked_at=timezone.now())
    running = sender()
    running.start()
    assert trying.send_test(webhook, wait_seconds=20).state == State.SENT
    assert len(receiver.got) == 1


def test_a_watch_that_does_not_take_the_test_is_not_waited_for_without_end(webhook, receiver):
    Watch.objects.create(name="main", looked_at=timezone.now())
    assert trying.send_test(webhook, wait_seconds=0.2).state == State.SENT


# --- Messages ----------------------------------------------------------------------------------------


def test_a_message_shows_what_was_sent_and_can_be_sent_again_when_it_was_given_up(
    staff, webhook, receiver, alert, event, sender
):
    receiver.answers.append((401, {}, b""))
    enqueue(event(alert()))
    sender().drain(10)
    dead = AlertDelivery.objects.get()
    address = reverse("admin:monitoring_alertdelivery_change", args=[dead.pk])
    text = staff.get(address).content.decode()
    assert "status 401" in text and "No worker gives a sign of life" in text and "again_one" in text
    again = address.replace("/change/", "/again_one/")
    assert "It is sent again:" in said(staff.post(again, follow=True))
    sender().drain(10)
    assert AlertDelivery.objects.get().state == State.SENT
    assert "/again_one/" not in staff.get(address).content.decode()
    assert "Only what was given up" in said(staff.post(again, follow=True))


def test_pages_come_in_arabic_too(staff, webhook, alert, event):
    enqueue(event(alert()))
    staff.cookies["django_language"] = "ar"
    one = AlertDelivery.objects.get()
    for address in (
        reverse(LIST),
        reverse(ADD),
        page(webhook),
        reverse("admin:monitoring_alertdelivery_changelist"),
        reverse("admin:monitoring_alertdelivery_change", args=[one.pk]),
    ):
        answer = staff.get(address)
        assert answer.status_code == 200 and 'dir="rtl"' in answer.content.decode()
