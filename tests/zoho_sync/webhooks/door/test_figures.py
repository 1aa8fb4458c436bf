"""What the door tells of itself."""

from __future__ import annotations

import pytest

from tests.factories import UserFactory
from zoho_sync.models import WebhookDelivery, WebhookSecret
from zoho_sync.webhooks import keys

from .posted import DOORS, Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("root", DOORS)
def test_health_tells_strangers_the_sum_and_staff_the_figures(client, post, root):
    post()
    assert client.get(f"{root}health").json() == {"status": "ok"}
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    found = client.get(f"{root}health").json()
    assert (found["status"], found["waiting"], found["secrets"]) == ("ok", 1, 1)


def test_health_is_degraded_by_a_dead_letter_and_by_a_door_that_nobody_can_pass(client, post):
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "ok"}
    post()
    WebhookDelivery.objects.update(status=Status.DEAD)
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "degraded"}
    WebhookDelivery.objects.all().delete()
    WebhookSecret.objects.all().delete()
    keys.forget()
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "degraded"}


@pytest.mark.parametrize("root", DOORS)
def test_stats_are_for_staff_who_may_see_deliveries(client, post, root):
    post()
    post()
    assert client.get(f"{root}stats").status_code == 401
    client.force_login(UserFactory(is_staff=True))
    assert client.get(f"{root}stats").status_code == 403
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    [found] = client.get(f"{root}stats").json()["subjects"]
    assert (found["subject"], found["received"], found["repeated"], found["waiting"]) == ("item", 2, 1, 2)
