"""The test delivery and its stages."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    WebhookDeliveryFactory,
)
from zoho_sync.models import WebhookDelivery

from .pages import NAME, Status, page_of, secret_of, text

pytestmark = pytest.mark.django_db


def test_a_test_that_cannot_be_delivered_says_so(staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "http://127.0.0.1:9"}  # nobody listens there
    secret_of()

    shown = text(staff.post(reverse(NAME + "delivery_trial"), {"subject": "item"}, follow=True))

    assert "The test delivery was not taken." in shown
    assert not WebhookDelivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_a_test_delivery_is_sent_to_ourselves_and_its_stages_are_shown(live_server, staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": live_server.url}
    secret_of()

    answer = staff.post(reverse(NAME + "delivery_trial"), {"subject": "item"}, follow=True)

    delivery = WebhookDelivery.objects.get()
    assert delivery.is_test
    shown = text(answer)
    for part in ("Sent", "Answered", "Stored", "data-live-url", page_of(delivery)):
        assert part in shown
    live = staff.get(reverse(NAME + "delivery_trial_live", args=[delivery.event_id])).json()
    assert live["ended"] is False

    WebhookDelivery.objects.update(status=Status.APPLIED, settled_at=timezone.now())
    after = staff.get(reverse(NAME + "delivery_trial_live", args=[delivery.event_id])).json()
    assert (after["ended"], after["state"] != live["state"]) == (True, True)
    shown = text(staff.get(reverse(NAME + "delivery_trial_stages", args=[delivery.event_id])))
    assert "came through every stage" in shown
    assert "data-live-url" not in shown


def test_only_tests_have_a_page_of_stages(staff):
    real = WebhookDeliveryFactory()

    assert staff.get(reverse(NAME + "delivery_trial_stages", args=[real.event_id])).status_code == 404
