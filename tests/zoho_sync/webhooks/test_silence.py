from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.factories import (
    NOON,
    OAuthTokenFactory,
    OrganizationFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync import tasks
from zoho_sync.models import Event, SyncRun, WebhookExpectation, WebhookGap
from zoho_sync.options import Trigger
from zoho_sync.signals import webhook_silent
from zoho_sync.webhooks import backfill
from zoho_sync.webhooks.silence import notice_silence
from zoho_sync.webhooks.working_hours import WorkingHours

BAGHDAD, BERLIN = ZoneInfo("Asia/Baghdad"), ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
WORKDAYS = [6, 0, 1, 2, 3]  # Sunday to Thursday


def at(text: str, zone: ZoneInfo = BAGHDAD) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


# NOON is a Friday, 2026-11-20, 12:00 in Baghdad.
@pytest.mark.parametrize(
    ("since", "until", "hours"),
    [
        ("2026-11-19 10:00", "2026-11-19 12:00", 2),  # a Thursday, within the hours
        ("2026-11-19 16:00", "2026-11-19 23:00", 1),  # they end at 17
        ("2026-11-19 03:00", "2026-11-19 10:00", 1),  # they begin at 9
        ("2026-11-19 16:00", "2026-11-22 10:00", 2),  # Friday and Saturday do not count
        ("2026-11-20 09:00", "2026-11-21 23:00", 0),
        ("2026-11-19 12:00", "2026-11-19 10:00", 0),  # the wrong way round
    ],
)
def test_only_working_time_counts(since, until, hours):
    working = WorkingHours(BAGHDAD, frozenset(WORKDAYS), 9, 17)

    assert working.between(at(since), at(until)) == hours * HOUR


def test_every_day_and_hour_counts_when_none_is_named():
    assert WorkingHours(BAGHDAD).between(NOON, NOON + 50 * HOUR) == 50 * HOUR


def test_the_day_on_which_the_clock_jumps_has_the_hours_that_it_has():
    spring = WorkingHours(BERLIN).between(at("2026-03-29 00:00", BERLIN), at("2026-03-30 00:00", BERLIN))
    autumn = WorkingHours(BERLIN).between(at("2026-10-25 00:00", BERLIN), at("2026-10-26 00:00", BERLIN))

    assert (spring, autumn) == (23 * HOUR, 25 * HOUR)


def test_a_question_about_an_age_is_answered_without_walking_through_it():
    working = WorkingHours(BAGHDAD)

    assert working.exceed(datetime(1, 1, 2, tzinfo=UTC), NOON, HOUR)
    assert not working.exceed(NOON - HOUR, NOON, HOUR)  # the limit itself is allowed


# --- Noticing ----------------------------------------------------------------------------------------

pytestmark = pytest.mark.django_db


@pytest.fixture
def expectation():
    """Items, six hours, any time; the last one came at NOON."""
    WebhookDeliveryFactory(received_at=NOON)
    return WebhookExpectationFactory(subject="item", silence_hours=6, changed_at=NOON - 100 * HOUR)


def look(hours: float) -> list[str]:
    return [each.subject for each in notice_silence(NOON + hours * HOUR)]


def gaps() -> list[tuple]:
    rows = WebhookGap.objects.order_by("pk")
    return [(gap.entity, (gap.since - NOON) / HOUR, (gap.until - NOON) / HOUR) for gap in rows]


def events(name: str) -> int:
    return Event.objects.filter(name=f"tds.zoho.webhook.{name}").count()


def test_within_its_hours_nothing_is_noticed(expectation):
    assert look(6) == []
    assert gaps() == []


def test_beyond_them_the_subject_is_silent_since_its_last_delivery(
    expectation, django_capture_on_commit_callbacks
):
    heard = []
    receiver = webhook_silent.connect(lambda event, **_kwargs: heard.append(event), weak=False) or heard

    with django_capture_on_commit_callbacks(execute=True):
        assert look(6.1) == ["item"]

    expectation.refresh_from_db()
    assert expectation.silent_since == NOON
    assert [(each.name, each.subject, each.hours) for each in receiver] == [
        ("tds.zoho.webhook.silent", "item", 6)
    ]
    assert Event.objects.get(name="tds.zoho.webhook.silent").data["subject"] == "item"


def test_it_is_told_once_however_often_one_looks(expectation, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert [look(hours) for hours in (6.1, 6.2, 7, 30)] == [["item"], [], [], []]

    assert events("silent") == 1


def test_exactly_the_missing_time_is_read_of_all_that_items_move(expectation):
    look(7)

    assert gaps() == [("products", 0, 7), ("stock", 0, 7)]


def test_while_it_lasts_the_rest_is_read_once_in_so_many_hours(expectation):
    for hours in (7, 8, 12.9):
        look(hours)
    assert WebhookGap.objects.filter(until__gt=NOON + 7 * HOUR).count() == 0

    look(13.1)
    assert {until for _entity, _since, until in gaps()} == {13.1}


def test_the_delivery_that_ends_a_silence_has_the_rest_of_the_gap_read_once(
    expectation, django_capture_on_commit_callbacks
):
    look(7)
    WebhookGap.objects.all().delete()
    WebhookDeliveryFactory(received_at=NOON + 9 * HOUR)

    with django_capture_on_commit_callbacks(execute=True):
        assert [look(hours) for hours in (10, 10.1)] == [[], []]

    expectation.refresh_from_db()
    assert (expectation.silent_since, expectation.backfilled_at) == (None, None)
    assert gaps() == [("products", 7, 9), ("stock", 7, 9)]
    assert events("heard") == 1


def test_a_subject_that_never_came_is_silent_from_when_it_was_expected():
    WebhookExpectationFactory(subject="contact", silence_hours=2, changed_at=NOON)

    assert look(1.9) == []
    assert look(2.1) == ["contact"]
    assert gaps() == [("customers", 0, 2.1)]


def test_the_organisations_own_hours_decide():
    organization = OrganizationFactory()
    WebhookExpectationFactory(
        organization=organization, subject="item", silence_hours=2, weekdays=WORKDAYS, from_hour=9, to_hour=17,
        changed_at=at("2026-11-19 16:00"),
    )  # fmt: skip

    assert notice_silence(at("2026-11-22 09:59")) == []
    assert [each.subject for each in notice_silence(at("2026-11-22 10:01"))] == ["item"]


def test_a_test_delivery_of_our_own_ends_no_silence(expectation):
    look(7)
    WebhookDeliveryFactory(received_at=NOON + 8 * HOUR, is_test=True)
    look(9)

    expectation.refresh_from_db()
    assert expectation.silent_since == NOON


def test_what_is_not_expected_may_be_silent(expectation):
    WebhookExpectation.objects.update(is_expected=False)

    assert look(1000) == []


def test_silent_payments_are_read_by_themselves():
    WebhookExpectationFactory(subject="customerpayment", silence_hours=1, changed_at=NOON)

    assert look(2) == ["customerpayment"]
    assert [entity for entity, *_hours in gaps()] == ["customer_payments"]


def test_an_unknown_time_zone_stops_nobody(expectation):
    OrganizationFactory()
    expectation.organization.time_zone = "Nowhere/At all"
    expectation.organization.save()

    assert look(7) == ["item"]


def test_two_silent_subjects_of_one_entity_cost_one_run_of_it(expectation):
    OAuthTokenFactory()
    WebhookDeliveryFactory(subject="invoice", received_at=NOON - HOUR)
    WebhookExpectationFactory(subject="invoice", silence_hours=6, changed_at=NOON - 100 * HOUR)

    look(7)
    backfill.go_on()

    runs = SyncRun.objects.filter(trigger=Trigger.BACKFILL).order_by("pk")
    assert [run.entity for run in runs] == ["products", "invoices", "stock"]
    assert gaps() == [("products", -1, 7), ("stock", -1, 7), ("invoices", -1, 7)]


def test_every_sweep_looks():
    OAuthTokenFactory()
    WebhookExpectationFactory(subject="contact", silence_hours=1, changed_at=NOON - 10000 * HOUR)

    tasks.sweep()

    assert SyncRun.objects.get(trigger=Trigger.BACKFILL).entity == "customers"
