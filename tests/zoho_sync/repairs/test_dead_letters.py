"""Dead letters are tried again: three times, a day apart, where the cause may have gone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import OAuthTokenFactory, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync.models import OAuthToken, Repair, WebhookDelivery
from zoho_sync.repairs import dead_letters

pytestmark = pytest.mark.django_db
Status = WebhookDelivery.Status


@pytest.fixture
def zoho_answers(db):
    OAuthTokenFactory()
    return SyncRunFactory(finished_at=timezone.now())


def dead(**columns) -> WebhookDelivery:
    long_ago = timezone.now() - timedelta(hours=25)
    return WebhookDeliveryFactory(
        **{"status": Status.DEAD, "settled_at": long_ago, "attempts_count": 5} | columns
    )


def die_again() -> None:
    WebhookDelivery.objects.update(status=Status.DEAD, settled_at=timezone.now() - timedelta(hours=25))


def test_it_goes_back_into_the_inbox_with_a_line_in_words(zoho_answers):
    row = dead()
    assert dead_letters.mend() == 1
    row.refresh_from_db()
    assert (row.status, row.attempts_count, row.repairs_count, row.replayed_by) == (
        "received", 0, 1, "self-repair",
    )  # fmt: skip
    line = Repair.objects.get()
    assert (line.kind, line.count) == ("dead_letters", 1)
    assert line.what.startswith("1 dead letter was put back")


def test_three_tries_and_no_more(zoho_answers):
    dead()
    tries = []
    for _day in range(5):
        tries.append(dead_letters.mend())
        die_again()
    assert tries == [1, 1, 1, 0, 0]


@pytest.mark.parametrize(
    "columns",
    [
        {"settled_at": timezone.now() - timedelta(hours=23)},
        {"is_test": True},
        {"entity": ""},  # nothing of ours is read for it
        {"status": Status.APPLIED},
    ],
    ids=["not a day yet", "a test", "not mirrored", "applied"],
)
def test_what_is_left_alone(zoho_answers, columns):
    dead(**columns)
    assert dead_letters.mend() == 0


def test_while_the_token_is_refused_nothing_can_have_changed(zoho_answers):
    OAuthToken.objects.update(state=OAuthToken.State.REFUSED)
    dead()
    assert dead_letters.mend() == 0


def test_while_no_run_came_through_since_the_cause_may_still_be_there(zoho_answers):
    zoho_answers.finished_at = timezone.now() - timedelta(hours=30)
    zoho_answers.save()
    dead()
    assert dead_letters.mend() == 0


def test_without_calls_left_it_waits_for_the_next_day(zoho_answers, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 0}
    dead()
    assert dead_letters.mend() == 0


@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_try_it_once(zoho_answers, at_once):
    dead()
    dead()
    assert sorted(at_once(dead_letters.mend)) == [0, 0, 2]
    assert set(WebhookDelivery.objects.values_list("repairs_count", flat=True)) == {1}
    assert Repair.objects.count() == 1
