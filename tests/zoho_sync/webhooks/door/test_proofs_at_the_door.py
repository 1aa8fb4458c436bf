"""Which proofs open the webhook door."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.factories import OrganizationFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import bodies, keys
from zoho_sync.webhooks.keys import end_secret, make_secret
from zoho_sync.webhooks.proofs import signature

from .posted import ITEM, SECRET, only

pytestmark = pytest.mark.django_db(transaction=True)


def hmac_of(body: bytes, secret: str = SECRET) -> str:
    return signature(secret.encode(), body)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Zoho-Webhook-Signature": ""},
        {"X-Zoho-Webhook-Signature": "0" * 64},
        {"X-Zoho-Webhook-Signature": SECRET},  # the secret itself is no signature
        {"X-Zoho-Webhook-Signature": "t=1,v=" + "0" * 64},
        {"X-Zoho-Webhook-Signature": "ضريبة"},
        {"X-Zoho-Webhook-Signature": "f" * 7000},
        {"X-Webhook-Key": SECRET},  # not switched on
        {"X-Zoho-Signature": "kJ3v"},
    ],
)
def test_every_bad_proof_gets_the_same_answer(post, client, headers):
    answer = post(headers=headers)
    wrong = post(signed_with="another1234567")
    assert answer.status_code == wrong.status_code == 401
    assert answer.content == wrong.content
    assert not WebhookDelivery.objects.exists()


def test_without_any_secret_nothing_is_taken(client):
    headers = {"X-Zoho-Webhook-Signature": signature(b"", json.dumps(ITEM).encode())}
    answer = client.post(
        "/api/zoho/webhooks/products", ITEM, content_type="application/json", headers=headers
    )
    assert answer.status_code == 401


def test_the_signature_covers_the_body(post):
    headers = {"X-Zoho-Webhook-Signature": hmac_of(b'{"item":{"item_id":"1"}}')}
    assert post(b'{"item":{"item_id":"2"}}', headers=headers).status_code == 401


def test_the_signature_covers_the_query(post):
    body = json.dumps(ITEM).encode()
    assert post(body, query="event=created").status_code == 202
    assert (
        post(body, query="event=deleted", headers={"X-Zoho-Webhook-Signature": hmac_of(body)}).status_code
        == 401
    )
    assert only().event_type == "created"


def test_the_signature_covers_the_pairs_of_a_form(post):
    form = b"item_id=4600001&name=A%20cable&empty="
    assert post(form, query="event=created", content_type=bodies.FORM).status_code == 202
    good = {"X-Zoho-Webhook-Signature": hmac_of(b"emptyeventcreateditem_id4600001nameA cable")}
    assert post(form, query="event=created", content_type=bodies.FORM, headers=good).status_code == 202
    forged = form.replace(b"4600001", b"4600002")
    assert post(forged, query="event=created", content_type=bodies.FORM, headers=good).status_code == 401
    assert [row.record_id for row in WebhookDelivery.objects.all()] == ["4600001"] * 2


def test_the_older_header_signs_the_body_alone(post):
    body = json.dumps(ITEM).encode()
    assert post(body, query="event=created", headers={"X-Zoho-Signature": hmac_of(body)}).status_code == 202
    assert only().proof == "body"


def test_the_shared_key_counts_where_it_is_switched_on(post, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"SHARED_KEY": True}
    assert post(headers={"X-Webhook-Key": SECRET}).status_code == 202
    assert post(headers={"X-Webhook-Key": SECRET + "x"}).status_code == 401
    assert only().proof == "key"


def test_two_secrets_are_valid_while_one_replaces_the_other(post, secret):
    make_secret(secret.organization, "second", value="Another1234567890")
    assert post({"item": {"item_id": "1"}}).status_code == 202
    assert post({"item": {"item_id": "2"}}, signed_with="Another1234567890").status_code == 202
    assert [row.secret_name for row in WebhookDelivery.objects.order_by("pk")] == ["first", "second"]


def test_a_secret_that_was_ended_counts_no_more_at_once(post, secret):
    end_secret(secret, at=timezone.now() + timedelta(hours=1))
    assert post().status_code == 202
    end_secret(secret)
    assert post().status_code == 401


def test_a_secret_that_cannot_be_read_any_more_takes_no_other_along(post, secret):
    make_secret(secret.organization, "second", value="Another1234567890")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE zoho_sync_webhooksecret SET secret = 'gAAAAA' WHERE id = %s", [secret.pk])
    keys.forget()
    assert post().status_code == 401
    assert post(signed_with="Another1234567890").status_code == 202


def test_the_secret_of_the_environment_counts(post, secret, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"SECRET": "OfTheEnvironment1"}
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": "700000001"}
    assert post(signed_with="OfTheEnvironment1").status_code == 202
    assert (only().secret_name, only().organization_id) == ("ZOHO_WEBHOOK_SECRET", secret.organization_id)


def test_a_secret_that_is_used_says_when(post, secret):
    post()
    secret.refresh_from_db()
    assert timezone.now() - secret.last_used_at < timedelta(minutes=1)


def test_a_delivery_belongs_to_the_organisation_of_its_secret(post, secret):
    other = OrganizationFactory(external_id="700000002")
    make_secret(other, "of the other", value="OfTheOther123456")
    post(signed_with="OfTheOther123456")
    assert only().organization == other


def test_a_delivery_about_another_organisation_is_kept_and_ignored(post):
    body = {
        "event_id": "e1",
        "event_type": "item.updated",
        "entity_id": "1",
        "organization_id": "999",
        "data": {},
    }
    answer = post(body)
    assert (answer.status_code, answer.json()["status"]) == (202, "ignored")
    assert "organisation 999" in only().reason
