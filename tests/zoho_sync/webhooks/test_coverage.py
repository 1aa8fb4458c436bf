from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import NOON, OrganizationFactory, WebhookDeliveryFactory, WebhookExpectationFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.subjects import SUBJECTS
from zoho_sync.webhooks.coverage import coverage

pytestmark = pytest.mark.django_db
Status = WebhookDelivery.Status


def of(subject: str, **options):
    rows = {row.subject: row for row in coverage(OrganizationFactory(), now=NOON, **options)}
    return rows[subject]


def ago(**time):
    return NOON - timedelta(**time)


def test_every_subject_has_a_row_and_one_of_which_nothing_came_is_not_configured():
    rows = coverage(OrganizationFactory(), now=NOON)

    assert [row.subject for row in rows] == list(SUBJECTS)
    assert not any(row.configured for row in rows)
    assert {(row.received, row.last_seen_at, row.median_seconds) for row in rows} == {(0, None, None)}


def test_what_became_of_the_deliveries_is_counted_within_the_window():
    for status in (Status.APPLIED, Status.APPLIED, Status.IGNORED, Status.FAILED):
        WebhookDeliveryFactory(status=status, received_at=ago(days=6))
    WebhookDeliveryFactory(status=Status.APPLIED, received_at=ago(days=8))

    row = of("item")

    assert (row.received, row.applied, row.ignored, row.failed) == (4, 2, 1, 1)
    assert row.last_seen_at == ago(days=6)
    assert of("item", window=timedelta(days=9)).applied == 3


def test_what_is_not_settled_counts_however_old_it_is():
    for status in (Status.DEAD, Status.RECEIVED, Status.PROCESSING, Status.FAILED):
        WebhookDeliveryFactory(status=status, received_at=ago(days=60))

    row = of("item")

    assert (row.received, row.dead, row.waiting, row.failed) == (0, 1, 2, 1)


@pytest.mark.parametrize(
    ("seconds", "median", "worst"),
    [
        ((3.0,), 3.0, 3.0),
        ((1.0, 9.0), 5.0, 9.0),
        ((2.0, 1.0, 90.0), 2.0, 90.0),
        ((1.0, 2.0, 4.0, 8.0), 3.0, 8.0),
    ],
)
def test_median_and_worst_are_those_of_the_applied_ones(seconds, median, worst):
    for each in seconds:
        WebhookDeliveryFactory(status=Status.APPLIED, seconds=each, received_at=ago(days=1))
    WebhookDeliveryFactory(status=Status.APPLIED, seconds=500.0, received_at=ago(days=8))
    WebhookDeliveryFactory(status=Status.RECEIVED, received_at=ago(days=1))

    assert (of("item").median_seconds, of("item").worst_seconds) == (median, worst)


def test_our_own_tests_prove_nothing_about_zoho():
    WebhookDeliveryFactory(is_test=True, status=Status.APPLIED, seconds=1.0, received_at=ago(days=1))

    row = of("item")

    assert (row.received, row.last_seen_at, row.configured, row.median_seconds) == (0, None, False, None)


def test_another_organisation_is_not_mixed_in():
    WebhookDeliveryFactory(
        organization=OrganizationFactory(external_id="999"), status=Status.DEAD, received_at=ago(days=1)
    )

    assert (of("item").received, of("item").dead) == (0, 0)


def test_what_was_not_understood_has_a_row_once_it_happens():
    WebhookDeliveryFactory(subject="", entity="", status=Status.IGNORED, received_at=ago(hours=1))

    assert (of("").received, of("").ignored) == (1, 1)


def test_a_subject_beyond_its_expectation_is_silent_even_before_a_sweep_has_noticed():
    WebhookExpectationFactory(subject="item", silence_hours=6, changed_at=ago(days=30))
    WebhookExpectationFactory(subject="contact", silence_hours=6, changed_at=ago(days=30), is_expected=False)
    WebhookDeliveryFactory(received_at=ago(hours=7))

    assert (of("item").is_silent, of("item").silent_since) == (True, ago(hours=7))
    assert (of("contact").is_silent, of("contact").configured) == (False, False)


def test_the_number_of_questions_does_not_grow_with_the_deliveries():
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            coverage(OrganizationFactory(), now=NOON)
        return len(captured)

    WebhookDeliveryFactory(status=Status.APPLIED, seconds=1.0, received_at=ago(days=1))
    few = questions()
    for each in range(30):
        WebhookDeliveryFactory(status=Status.APPLIED, seconds=float(each), received_at=ago(days=1))

    assert questions() == few
