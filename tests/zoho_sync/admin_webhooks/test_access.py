"""Who may see and do what on the webhook pages."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from inventory.models import Organization
from tests.factories import (
    SyncRunFactory,
    WebhookDeliveryFactory,
)
from zoho_sync.models import SyncRun, WebhookDelivery, WebhookExpectation, WebhookGap, WebhookSecret

from .pages import LIST, SETUP, Status, every_page, page_of, text

pytestmark = pytest.mark.django_db


def world() -> list[dict]:
    """Everything that a button could have changed."""
    models = (WebhookDelivery, WebhookSecret, WebhookExpectation, WebhookGap, SyncRun, Organization)
    return [model_to_dict(row) | {"pk": row.pk} for model in models for row in model.objects.order_by("pk")]


LOOKING = {"list", "delivery", "coverage", "set up", "stages", "live"}


def test_strangers_are_sent_to_the_login_from_every_page(client):
    for name, url in every_page().items():
        for answer in (client.get(url), client.post(url)):
            assert (answer.status_code, "/login/" in answer["Location"]) == (302, True), name


def test_staff_without_a_right_see_and_do_nothing(enter):
    pages, browser = every_page(), enter()
    before = world()

    for name, url in pages.items():
        assert (browser.get(url).status_code, browser.post(url).status_code) == (403, 403), name
    assert world() == before


def test_who_may_only_look_sees_deliveries_and_changes_nothing(enter):
    pages, browser = every_page(), enter("view_webhookdelivery")
    before = world()

    for name, url in pages.items():
        assert browser.get(url).status_code == (200 if name in LOOKING else 403), name
        if name not in LOOKING:
            assert browser.post(url).status_code == 403, name
    browser.post(LIST, {"action": "replay_selected", "_selected_action": [1, 2], "confirmed": "yes"})
    assert world() == before


def test_buttons_are_shown_to_those_who_may_press_them(enter):
    pages = every_page()

    browser = enter("view_webhookdelivery")
    for name in ("list", "delivery", "set up"):
        assert "/replay_one/" not in text(browser.get(pages[name]))
        assert "/replay/dead/" not in text(browser.get(pages[name]))
    for name in ("list", "delivery", "set up"):
        assert "Your role does not allow this." in text(browser.get(pages[name]))
    browser = enter("view_webhookdelivery", "replay_webhookdelivery")
    assert "Try all dead letters again" in text(browser.get(LIST))
    assert "replay_one" in text(browser.get(pages["delivery"]))
    assert "Send a test delivery" in text(browser.get(SETUP))


def test_no_get_changes_anything(staff):
    pages = every_page()
    SyncRunFactory()
    before = world()

    for name, url in pages.items():
        assert staff.get(url).status_code in (200, 302), name
    assert world() == before


def test_nobody_edits_or_deletes_a_delivery(staff):
    delivery = WebhookDeliveryFactory()

    assert staff.post(page_of(delivery, "delete"), {"post": "yes"}).status_code == 403
    staff.post(page_of(delivery), {"subject": "contact", "status": "dead"})
    delivery.refresh_from_db()
    assert (delivery.subject, delivery.status) == ("item", Status.RECEIVED)
