"""What is taken at the webhook door, and what is stored with it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django_q.models import OrmQ

from zoho_sync.models import WebhookDelivery
from zoho_sync.signals import webhook_received

from .posted import DOORS, ITEM, only

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_signed_delivery_is_stored_with_its_job_and_acknowledged(post, secret):
    answer = post()

    row = only()
    assert answer.status_code == 202
    assert answer.json() == {
        "success": True,
        "message": "The delivery is stored and will be applied.",
        "event_id": str(row.event_id),
        "status": "received",
        "idempotency_key": row.content_hash,
        "queued": True,
    }
    assert (row.subject, row.entity, row.record_id) == ("item", "products", "4600001")
    assert bytes(row.body) == json.dumps(ITEM).encode()
    assert (row.proof, row.secret_name, row.organization_id) == ("zoho", "first", secret.organization_id)
    assert OrmQ.objects.count() == 1


def test_watchers_are_told_of_each_delivery(post):
    told = []

    def hear(event, **_facts):
        told.append(event)

    webhook_received.connect(hear)
    try:
        post()
    finally:
        webhook_received.disconnect(hear)
    [event] = told
    assert (event.name, event.delivery_id) == ("tds.zoho.webhook.received", only().pk)
    assert (event.entity, event.record_id, event.status) == ("products", "4600001", "received")


def test_many_deliveries_ring_once(post):
    for number in range(5):
        post({"item": {"item_id": str(number + 1)}})
    assert WebhookDelivery.objects.count() == 5
    assert OrmQ.objects.count() == 1


def test_a_delivery_and_its_job_are_stored_together_or_not_at_all(post):
    with taking_no("django_q_ormq"):
        answer = post()
    assert answer.status_code == 503
    assert answer.json() == {
        "success": False,
        "message": "The delivery could not be stored; send it again.",
        "error": "not_stored",
    }
    assert answer["Retry-After"] == "30"
    assert not WebhookDelivery.objects.exists()
    assert post().json()["status"] == "received"
    assert (WebhookDelivery.objects.count(), OrmQ.objects.count()) == (1, 1)


@contextmanager
def taking_no(table: str) -> Iterator[None]:
    """The database refuses every new row of this table."""
    if connection.vendor == "postgresql":
        make = [
            "CREATE FUNCTION full_up() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE 'the disk is full'; END $$",
            f"CREATE TRIGGER full_up BEFORE INSERT ON {table} EXECUTE FUNCTION full_up()",
        ]
        drop = ["DROP FUNCTION full_up CASCADE"]
    else:
        make = [
            f"CREATE TRIGGER full_up BEFORE INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        ]
        drop = ["DROP TRIGGER full_up"]
    with connection.cursor() as cursor:
        for statement in make:
            cursor.execute(statement)
        try:
            yield
        finally:
            for statement in drop:
                cursor.execute(statement)


@pytest.mark.parametrize("root", DOORS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_address_is_the_same_door(post, root, slash):
    assert post(path=f"{root}products{slash}").status_code == 202
    assert only().door == "products"


@pytest.mark.parametrize("path", [*DOORS, *(root.rstrip("/") for root in DOORS)])
def test_without_a_word_in_the_address_the_body_tells(post, path):
    assert (
        post(
            {"invoice": {"invoice_id": "9", "line_items": [{"item_id": "4"}, {"item_id": "5"}]}}, path
        ).status_code
        == 202
    )
    assert (only().subject, only().record_id, only().item_ids) == ("invoice", "9", ["4", "5"])
