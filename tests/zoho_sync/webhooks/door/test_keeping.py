"""What is kept of a delivery, and what is not."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import OrganizationFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks.keys import make_secret
from zoho_sync.webhooks.proofs import message, signature

from .posted import ITEM, SECRET, Status, only

pytestmark = pytest.mark.django_db(transaction=True)


def test_the_same_content_within_ten_minutes_is_a_duplicate_and_read_all_the_same(post):
    first, second = post().json(), post().json()
    assert (first["status"], second["status"], second["queued"]) == ("received", "duplicate", True)
    assert first["idempotency_key"] == second["idempotency_key"]
    assert first["event_id"] != second["event_id"]
    assert [row.is_duplicate for row in WebhookDelivery.objects.order_by("pk")] == [False, True]
    assert WebhookDelivery.objects.filter(status=Status.RECEIVED).count() == 2


def test_the_same_content_later_is_no_duplicate(post):
    post()
    WebhookDelivery.objects.update(received_at=timezone.now() - timedelta(minutes=11))
    assert post().json()["status"] == "received"


def test_other_content_of_the_same_record_is_no_duplicate(post):
    post({"item": {"item_id": "1", "name": "A"}})
    assert post({"item": {"item_id": "1", "name": "B"}}).json()["status"] == "received"


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("rockets", ITEM, "“rockets” is none of our addresses."),
        ("products", b"[1, 2]", "not a JSON object"),
        ("products", b'{"item": ', "Not strict JSON"),
        ("products", {"item": {"name": "nameless"}}, "does not name a record"),
        ("", {"weather": {"sky": "blue"}}, "not known what this webhook is about"),
        ("products", {"item": {"item_id": "1/../../2"}}, "does not name a record"),
        ("products", b'{"item":' + b'{"a":' * 100 + b"1" + b"}" * 101, "nested deeper"),
        ("products", b'{"item":{"item_id":NaN}}', "not a number"),
    ],
)
def test_what_concerns_nothing_of_ours_is_kept_with_the_reason(post, path, body, reason):
    answer = post(body, path)
    assert (answer.status_code, answer.json()["status"], answer.json()["queued"]) == (202, "ignored", False)
    assert only().status == Status.IGNORED
    assert reason in only().reason
    assert only().settled_at
    assert not OrmQ.objects.exists()


def test_an_empty_body_is_kept_with_the_reason(post):
    assert post(b"", CONTENT_LENGTH="0").json()["status"] == "ignored"
    assert "Not strict JSON" in only().reason


def test_secrets_are_masked_in_what_is_kept(post):
    raw = json.dumps(ITEM).encode()
    headers = {
        "X-Zoho-Webhook-Signature": signature(
            SECRET.encode(), message(b"key=verysecret&event=created", raw, is_form=False)
        ),
        "Authorization": "Bearer verysecret",
        "Cookie": "sessionid=verysecret",
        "X-Webhook-Key": "verysecret",
        "X-Rule": "item rule",
    }
    assert post(raw, query="key=verysecret&event=created", headers=headers).status_code == 202
    kept = only()
    assert kept.headers["x-rule"] == "item rule"
    assert kept.headers["x-zoho-webhook-signature"] == kept.headers["authorization"] == "***"
    assert kept.query == "key=***&event=created"
    assert "verysecret" not in json.dumps(kept.headers) + kept.query


def test_the_secret_is_masked_wherever_its_sender_has_put_it(post):
    raw = json.dumps(ITEM).encode()
    query = f"t={SECRET}&sig=abc&event=created"
    signed = signature(SECRET.encode(), message(query.encode(), raw, is_form=False))
    headers = {"X-Zoho-Webhook-Signature": signed, "X-Rule": f"sent with {SECRET}"}
    assert post(raw, query=query, headers=headers).status_code == 202
    kept = only()
    assert kept.query == "t=***&sig=***&event=created"
    assert kept.headers["x-rule"] == "sent with ***"
    assert SECRET not in json.dumps(kept.headers)


def test_the_secret_itself_is_encrypted_in_the_database(secret):
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM zoho_sync_webhooksecret")
        assert SECRET not in cursor.fetchone()[0]


@pytest.mark.parametrize("value", ["short", "has space 1234567", "a" * 51, "ضريبة12345678", ""])
def test_a_secret_that_zoho_would_not_take_is_not_made(value):
    with pytest.raises(ValueError, match="12 to 50"), transaction.atomic():
        make_secret(OrganizationFactory(), "bad", value=value)
