"""What the webhook door refuses."""

from __future__ import annotations

import pytest

from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import throttle

from .posted import ITEM, only

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("body", "more", "status"),
    [
        (b'{"item":{"item_id":"1","name":"\\u0000"}}', {}, "received"),
        (b'\x00{"item":{"item_id":"1"}}', {}, "ignored"),
        (b'{"event_id":"a\\u0000","event_type":"item\\u0000","entity_id":"9","data":{}}', {}, "received"),
        (ITEM, {"path": "a%00b"}, "ignored"),
        (ITEM, {"query": "event=%00&a%00=1"}, "received"),
        (ITEM, {"query": "organization_id=9%00"}, "ignored"),
        (ITEM, {"content_type": "application/json\x00"}, "received"),
        (ITEM, {"HTTP_X_NOTE": "a\x00b"}, "received"),
    ],
)
def test_characters_that_a_database_does_not_take_harm_nothing(post, body, more, status):
    answer = post(body, **more)
    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert only().status == status


@pytest.mark.parametrize("method", ["get", "put", "delete", "patch", "head", "options"])
def test_only_post_brings_deliveries(client, secret, method):
    answer = getattr(client, method)("/api/zoho/webhooks/products")
    assert answer.status_code == 405
    assert answer["Allow"] == "POST"


def test_a_body_that_is_too_large_is_not_read(post, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"MAX_BYTES": 2000}
    assert post(b"{" + b" " * 1998 + b"}").status_code == 202
    assert post(b"{" + b" " * 1999 + b"}").status_code == 413
    assert post(CONTENT_LENGTH="9" * 5000).status_code == 413


@pytest.mark.parametrize("length", ["", "-1", "many", "٣"])
def test_a_body_without_a_usable_length_is_refused(post, length):
    assert post(CONTENT_LENGTH=length).status_code == 411


def test_a_chunked_body_is_refused(post):
    assert post(HTTP_TRANSFER_ENCODING="chunked").status_code == 411


def test_a_signed_body_that_is_not_utf8_is_refused(post):
    assert post(b'{"item":{"item_id":"1","name":"\xff\xfe"}}').status_code == 400
    assert not WebhookDelivery.objects.exists()


def test_an_address_that_signs_badly_all_the_time_is_not_heard(post, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"REFUSED_PER_MINUTE": 3}
    for _ in range(3):
        assert post(signed_with="wrong1234567").status_code == 401
    answer = post()
    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 60
    assert post(REMOTE_ADDR="10.1.1.1").status_code == 202


def test_an_address_may_bring_so_many_a_minute(post, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PER_MINUTE": 2}
    assert [post().status_code for _ in range(3)] == [202, 202, 429]


def test_a_proxy_is_believed_only_where_there_is_one(post, settings):
    settings.WEBHOOKS = settings.WEBHOOKS | {"PER_MINUTE": 1}
    told = {"HTTP_X_FORWARDED_FOR": "1.1.1.1, 2.2.2.2"}
    assert [post(**told, REMOTE_ADDR="10.0.0.1").status_code for _ in range(2)] == [202, 429]
    settings.BEHIND_TLS_PROXY = True
    throttle.forget()
    assert post(**told).status_code == 202
    assert post(HTTP_X_FORWARDED_FOR="9.9.9.9, 3.3.3.3").status_code == 202
    assert post(HTTP_X_FORWARDED_FOR="forged, 2.2.2.2").status_code == 429
