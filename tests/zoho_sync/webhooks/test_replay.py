"""Deliveries that are put back into the inbox: chosen by time, subject, entity, state or number."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory.models import Product
from tests.factories import NOON, UserFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks.replay import replay, select

Status = WebhookDelivery.Status


@pytest.fixture
def several(deliver) -> list[WebhookDelivery]:
    """An hour apart from noon on: an item, an invoice, a contact, a thing unknown; applied, dead, failed, ignored."""
    states = {
        "item": Status.APPLIED,
        "invoice": Status.DEAD,
        "contact": Status.FAILED,
        "spaceship": Status.IGNORED,
    }
    rows = []
    for hours, (subject, state) in enumerate(states.items()):
        row = deliver(subject, f"{hours + 1}", received_at=NOON + timedelta(hours=hours))
        WebhookDelivery.objects.filter(pk=row.pk).update(status=state, attempts_count=5, reason="why")
        rows.append(row)
    return rows


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [0, 1, 2, 3]),
        ({"since": NOON + timedelta(hours=1)}, [1, 2, 3]),  # inclusive
        ({"until": NOON + timedelta(hours=1)}, [0, 1]),
        ({"since": NOON + timedelta(hours=1), "until": NOON + timedelta(hours=2)}, [1, 2]),
        ({"entity": "products"}, [0, 1]),
        ({"subject": "invoice"}, [1]),
        ({"states": ["dead", "failed"]}, [1, 2]),
        ({"entity": "products", "states": ["dead", "failed"]}, [1]),
    ],
)
def test_a_selection_fits_everything_that_is_named(wanted, found, several):
    assert list(select(**wanted)) == [several[number] for number in found]


def test_single_deliveries_are_selected_by_their_numbers(several, organization):
    assert list(select(ids=[several[2].pk, several[0].pk], organization=organization)) == [
        several[0],
        several[2],
    ]


def test_a_replayed_delivery_is_as_new_and_says_by_whom(several, organization):
    assert replay(select(states=["dead"]), user=UserFactory(username="layla")) == 1

    row = several[1]
    row.refresh_from_db()
    assert (row.status, row.attempts_count, str(row.reason), row.result) == (Status.RECEIVED, 0, "", "")
    assert (row.settled_at, row.seconds, row.next_attempt_at) == (None, None, None)
    assert row.replayed_at is not None
    assert row.replayed_by == "layla"


def test_a_replay_is_read_anew_by_itself(sandbox, deliver, work_queue, item_ids, warehouses):
    (item,) = item_ids(1)
    deliver("item", item)
    work_queue()
    sandbox.change("items", item, name="as it is now")

    replay(WebhookDelivery.objects.all())
    work_queue()

    assert Product.objects.get().name == "as it is now"
    delivery = WebhookDelivery.objects.get()
    assert (delivery.status, delivery.attempts_count) == (Status.APPLIED, 1)
    assert delivery.seconds < 60  # since the replay, not since it came


def test_what_was_ignored_is_ignored_again_with_its_reason(several, work_queue):
    replay(select(states=["ignored"]))

    work_queue()

    several[3].refresh_from_db()
    assert several[3].status == Status.IGNORED
    assert "not known what this webhook is about" in str(several[3].reason)


def test_what_is_being_applied_is_left_alone(several):
    WebhookDelivery.objects.update(status=Status.PROCESSING)

    assert replay(WebhookDelivery.objects.all()) == 0
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {Status.PROCESSING}


def test_a_big_selection_is_replayed_whole(organization):
    WebhookDelivery.objects.bulk_create(
        WebhookDelivery(
            organization=organization, subject="item", entity="products", record_id=str(number),
            proof="zoho", content_hash="", body=b"", status=Status.DEAD,
        )
        for number in range(2500)
    )  # fmt: skip

    assert replay(WebhookDelivery.objects.all()) == 2500
    assert WebhookDelivery.objects.filter(status=Status.RECEIVED).count() == 2500
