"""`Idempotency-Key`: what is asked twice is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import RecordErrorFactory, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync import housekeeping
from zoho_sync.models import IdempotencyKey, SyncRun

pytestmark = pytest.mark.django_db
PRODUCTS = {"entity": "products"}


def test_the_same_question_gets_the_same_answer_and_starts_nothing_again(visitor, connected):
    first = visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="k1")
    SyncRun.objects.update(status=SyncRun.Status.SUCCEEDED)

    again = visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="k1")

    assert SyncRun.objects.count() == 1
    assert again.headers.content == first.headers.content
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers


def test_without_a_key_the_same_question_is_asked_anew(visitor, connected):
    visitor.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202)
    visitor.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202)

    assert SyncRun.objects.count() == 2
    assert not IdempotencyKey.objects.exists()


def test_the_order_of_fields_makes_no_other_question(visitor, connected):
    visitor.post("runs/", {"entity": "products", "batch_size": 50}, status=202, Idempotency_Key="k1")
    visitor.post("runs/", {"batch_size": 50, "entity": "products"}, status=202, Idempotency_Key="k1")

    assert SyncRun.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(visitor, connected):
    visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="k1")

    answer = visitor.post("runs/", {"entity": "customers"}, status=422, Idempotency_Key="k1")

    assert answer["code"] == "idempotency_key_reused"
    assert SyncRun.objects.count() == 1


def test_the_same_key_at_another_address_is_refused(visitor, connected):
    run = SyncRunFactory(organization=connected, status=SyncRun.Status.QUEUED)
    visitor.post(f"runs/{run.pk}/pause/", Idempotency_Key="k1")

    visitor.post(f"runs/{run.pk}/cancel/", status=422, Idempotency_Key="k1")

    run.refresh_from_db()
    assert run.status == SyncRun.Status.PAUSED


def test_two_people_may_use_the_same_key(visitor, visitor_with, connected):
    other = visitor_with("start_syncrun", "view_syncrun")
    visitor.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202, Idempotency_Key="k1")
    other.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202, Idempotency_Key="k1")

    assert SyncRun.objects.count() == 2


def test_a_refused_question_may_be_asked_again_with_its_key(visitor, connected):
    busy = SyncRunFactory(organization=connected, status=SyncRun.Status.RUNNING)
    visitor.post("runs/", PRODUCTS, status=409, Idempotency_Key="k1")
    visitor.post("runs/", {"entity": "nothing"}, status=400, Idempotency_Key="k1")
    assert not IdempotencyKey.objects.exists()
    SyncRun.objects.filter(pk=busy.pk).update(status=SyncRun.Status.SUCCEEDED)

    visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="k1")

    assert SyncRun.objects.count() == 2


def test_a_key_is_new_again_after_a_day(visitor, connected):
    visitor.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202, Idempotency_Key="k1")
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24, seconds=1))

    answer = visitor.post("runs/", PRODUCTS | {"ids": ["52"]}, status=202, Idempotency_Key="k1")

    assert "Idempotent-Replayed" not in answer.headers
    assert SyncRun.objects.count() == 2


def test_old_keys_are_pruned_and_young_ones_kept(visitor, connected):
    for name, hours in (("old", 25), ("young", 23)):
        visitor.post("runs/", PRODUCTS | {"ids": ["51"]}, status=202, Idempotency_Key=name)
        moment = timezone.now() - timedelta(hours=hours)
        IdempotencyKey.objects.filter(key=name).update(created_at=moment)

    housekeeping.prune()

    assert [row.key for row in IdempotencyKey.objects.all()] == ["young"]


@pytest.mark.parametrize("key", ["", "x" * 256, "tab\there", "schlüssel"])
def test_a_key_that_is_none_is_refused_by_name(visitor, connected, errors_of, key):
    assert "Idempotency-Key" in errors_of(visitor.post("runs/", PRODUCTS, status=400, Idempotency_Key=key))
    assert not SyncRun.objects.exists()


def test_the_longest_key_is_taken(visitor, connected):
    visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="x" * 255)
    visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="x" * 255)
    assert SyncRun.objects.count() == 1


def test_a_retry_is_started_once(visitor, connected):
    error = RecordErrorFactory(organization=connected)

    for _time in range(2):
        visitor.post(f"failures/{error.pk}/retry/", status=202, Idempotency_Key="k1")

    assert SyncRun.objects.count() == 1


def test_a_replay_is_done_once(visitor, connected):
    delivery = WebhookDeliveryFactory(organization=connected, status="dead")
    visitor.post("deliveries/replay/", {"state": ["dead"]}, status=202, Idempotency_Key="k1")
    type(delivery).objects.update(status="dead")

    again = visitor.post("deliveries/replay/", {"state": ["dead"]}, status=202, Idempotency_Key="k1")

    assert again["replayed_count"] == 1
    delivery.refresh_from_db()
    assert delivery.status == "dead"


def test_who_has_lost_the_right_is_told_nothing_again(visitor, connected):
    visitor.post("runs/", PRODUCTS, status=202, Idempotency_Key="k1")
    visitor.user.user_permissions.clear()

    visitor.post("runs/", PRODUCTS, status=403, Idempotency_Key="k1")
