"""Replaying deliveries on the pages: one, chosen ones, all of a filter, the dead."""

from __future__ import annotations

import pytest
from django.urls import reverse

from tests.factories import (
    WebhookDeliveryFactory,
)
from zoho_sync.models import WebhookDelivery

from .pages import LIST, NAME, Status, page_of, text

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("status", flat=True))


def test_one_is_replayed_on_its_page_after_asking(staff):
    delivery = WebhookDeliveryFactory(status=Status.DEAD, attempts_count=5)

    assert "csrfmiddlewaretoken" in text(staff.get(page_of(delivery, "replay_one")))
    assert states() == [Status.DEAD]
    staff.post(page_of(delivery, "replay_one"))

    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts_count) == (Status.RECEIVED, 0)
    assert delivery.replayed_by.startswith("administrator")


def test_chosen_ones_are_replayed_after_asking(staff):
    first, second, _third = (WebhookDeliveryFactory(status=Status.DEAD) for _each in range(3))
    chosen = {"action": "replay_selected", "_selected_action": [first.pk, second.pk]}

    assert "csrfmiddlewaretoken" in text(staff.post(LIST, chosen | {"index": "0"}))
    assert states() == [Status.DEAD] * 3
    staff.post(LIST, chosen | {"confirmed": "yes"})

    assert states() == [Status.RECEIVED, Status.RECEIVED, Status.DEAD]


def up_to(asked: str) -> str:
    return asked.split('name="up_to" value="')[1].split('"')[0]


def test_everything_in_a_filter_is_replayed_on_all_its_pages_and_nothing_else(staff):
    for _each in range(60):
        WebhookDeliveryFactory(subject="contact", status=Status.APPLIED)
    other = WebhookDeliveryFactory(status=Status.APPLIED)
    listed = text(staff.get(f"{LIST}?subject=contact&p=2"))
    url = reverse(NAME + "delivery_replay_matching") + "?subject=contact"
    assert "Replay everything in this filter" in listed

    asked = text(staff.get(f"{url}&p=2"))
    assert ">60<" in asked
    later = WebhookDeliveryFactory(subject="contact", status=Status.APPLIED)
    staff.post(url, {"up_to": up_to(asked)})

    for row in (other, later):  # neither what does not match, nor what nobody was asked about
        row.refresh_from_db()
        assert row.status == Status.APPLIED
    assert states().count(Status.RECEIVED) == 60


def test_without_a_filter_there_is_no_button_for_everything(staff):
    WebhookDeliveryFactory()

    assert "Replay everything in this filter" not in text(staff.get(LIST))


@pytest.mark.parametrize("body", [{}, {"up_to": "x"}, {"up_to": "-1"}])
def test_a_confirmation_that_was_not_asked_for_replays_nothing(staff, body):
    WebhookDeliveryFactory(subject="contact", status=Status.DEAD)

    staff.post(reverse(NAME + "delivery_replay_matching") + "?subject=contact", body)
    staff.post(reverse(NAME + "delivery_replay_dead"), body)

    assert states() == [Status.DEAD]


def test_a_filter_that_cannot_be_read_replays_nothing(staff):
    WebhookDeliveryFactory(status=Status.APPLIED)
    url = reverse(NAME + "delivery_replay_matching") + "?no_such_column=1"

    staff.post(url, {"up_to": "999"})

    assert states() == [Status.APPLIED]


def test_one_button_tries_every_dead_letter_again(staff):
    WebhookDeliveryFactory(status=Status.DEAD)
    WebhookDeliveryFactory(status=Status.DEAD, subject="contact")
    WebhookDeliveryFactory(status=Status.APPLIED)
    url = reverse(NAME + "delivery_replay_dead")
    assert url in text(staff.get(LIST))

    staff.post(url, {"up_to": up_to(text(staff.get(url)))})

    assert states() == [Status.RECEIVED, Status.RECEIVED, Status.APPLIED]
    assert url not in text(staff.get(LIST))


def test_what_is_being_applied_is_left_alone(staff):
    delivery = WebhookDeliveryFactory(status=Status.PROCESSING)

    page = text(staff.get(page_of(delivery)))
    assert "/replay_one/" not in page
    assert "A run is asking Zoho for its record just now." in page
    answer = staff.post(page_of(delivery, "replay_one"), follow=True)

    assert "Nothing was replayed" in text(answer)
    assert states() == [Status.PROCESSING]
