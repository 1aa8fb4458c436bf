"""The pages that set webhooks up, and say what comes and what is silent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    NOON,
    OrganizationFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync.models import WebhookExpectation

from .pages import COVERAGE, EXPECT, LIST, SETUP, Status, every_page, page_of, text

pytestmark = pytest.mark.django_db


def test_the_setup_page_names_the_address_of_every_subject(staff, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "https://erp.example.iq/"}
    OrganizationFactory()

    shown = text(staff.get(SETUP))

    for door in ("products", "customers", "prices", "invoices", "credit-notes", "users"):
        assert f">https://erp.example.iq/api/zoho/webhooks/{door}</code>" in shown
    assert "cannot reach" not in shown
    assert "begins with http," not in shown
    assert "There is no secret yet" in shown


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("http://localhost:8000", "Zoho cannot reach localhost"),
        ("https://192.168.1.5", "Zoho cannot reach 192.168.1.5"),
        ("https://[::1]:8000", "Zoho cannot reach ::1"),
        ("https://office", "Zoho cannot reach office"),
        ("http://erp.example.iq", "This address begins with http,"),
    ],
)
def test_an_address_that_zoho_cannot_use_is_said(staff, settings, address, sentence):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": address}

    assert sentence in text(staff.get(SETUP))


def test_without_the_setting_the_browsers_own_address_is_shown(staff):
    assert "http://testserver/api/zoho/webhooks/products" in text(staff.get(SETUP))


def test_coverage_leads_to_the_deliveries_that_it_counts(staff):
    WebhookDeliveryFactory(status=Status.DEAD)
    WebhookDeliveryFactory(status=Status.APPLIED, seconds=1.5)

    row = text(staff.get(COVERAGE)).split("<td>Items</td>")[1].split("</tr>")[0]

    assert "subject=item&amp;is_test__exact=0&amp;status__exact=dead" in row
    assert "1.5 s" in row
    listed = staff.get(f"{LIST}?subject=item&is_test__exact=0&status__exact=dead").context_data["cl"]
    assert listed.result_count == 1


def test_a_silent_subject_is_said_on_coverage_and_home(staff):
    WebhookExpectationFactory(
        subject="invoice", silence_hours=1, changed_at=NOON - timedelta(days=400), silent_since=NOON
    )

    assert "Invoices is silent" in text(staff.get(COVERAGE))
    assert "No webhook comes any more about: Invoices." in text(staff.get("/admin/"))


def test_home_counts_dead_letters_for_those_who_may_see_them(enter):
    WebhookDeliveryFactory(status=Status.DEAD)

    assert "1 dead letter" in text(enter("view_syncrun", "view_webhookdelivery").get("/admin/"))
    assert "dead letter" not in text(enter("view_syncrun").get("/admin/"))


FORM = {
    "subject": "item",
    "is_expected": "on",
    "silence_hours": "6",
    "weekdays": ["6", "0"],
    "from_hour": "9",
}


def test_an_expectation_is_set_and_starts_from_now(staff):
    OrganizationFactory()

    assert staff.post(EXPECT, FORM | {"to_hour": "17"}).status_code == 302

    made = WebhookExpectation.objects.get()
    assert (made.subject, made.silence_hours, made.weekdays, made.from_hour, made.to_hour) == (
        "item",
        6,
        [6, 0],
        9,
        17,
    )
    assert timezone.now() - made.changed_at < timedelta(minutes=5)


def test_changing_an_expectation_ends_the_silence_of_the_former(staff):
    row = WebhookExpectationFactory(silent_since=NOON, backfilled_at=NOON, changed_at=NOON)

    staff.post(page_of(row), FORM | {"to_hour": "24"})

    row.refresh_from_db()
    assert (row.silent_since, row.backfilled_at) == (None, None)
    assert row.changed_at > NOON


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"to_hour": "9"}, "The working time must end after it begins."),
        ({"to_hour": "17", "subject": "contact"}, "There is an expectation of this subject already."),
        ({"to_hour": "17", "silence_hours": "0"}, "greater than or equal to 1"),
        ({"to_hour": "25"}, "less than or equal to 24"),
        ({"to_hour": "17", "subject": "nonsense"}, "not one of the available choices"),
        ({"to_hour": "17", "weekdays": ["9"]}, "not one of the available choices"),
    ],
)
def test_an_expectation_without_meaning_is_refused_with_a_sentence(staff, change, sentence):
    WebhookExpectationFactory(subject="contact")

    assert sentence in text(staff.post(EXPECT, FORM | change))
    assert WebhookExpectation.objects.count() == 1


def test_every_page_is_served_in_arabic_from_right_to_left(staff):
    pages = every_page()

    for name, url in pages.items():
        if name not in ("live", "trial"):
            shown = text(staff.get(url, headers={"accept-language": "ar"}))
            assert 'dir="rtl"' in shown, name
