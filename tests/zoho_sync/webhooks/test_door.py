"""The door, as a sender sees it: what is taken, what is refused, and what is kept of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import OrganizationFactory, UserFactory
from zoho_sync.models import WebhookDelivery, WebhookSecret
from zoho_sync.signals import webhook_received
from zoho_sync.webhooks import bodies, keys, throttle
from zoho_sync.webhooks.keys import end_secret, make_secret
from zoho_sync.webhooks.proofs import message, signature

pytestmark = pytest.mark.django_db(transaction=True)

SECRET = "Secret1234567890abc"
ITEM = {"item": {"item_id": "4600001", "name": "Cable"}}
DOORS = ("/api/zoho/webhooks/", "/api/tds/webhooks/", "/api/bff/tds/zoho/webhooks/")
Status = WebhookDelivery.Status


@pytest.fixture(autouse=True)
def nobody_has_come_yet():
    throttle.forget()
    keys.forget()


@pytest.fixture
def secret() -> WebhookSecret:
    return make_secret(OrganizationFactory(external_id="700000001"), "first", value=SECRET)[0]


@pytest.fixture
def post(client, secret):
    """post(body, path=…, **headers) -> the answer to a delivery signed as Zoho signs."""

    def send(
        body=ITEM, path="products", *, query="", content_type="application/json", signed_with=SECRET, **more
    ):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = path if path.startswith("/") else f"/api/zoho/webhooks/{path}"
        headers = more.pop("headers", None)
        if headers is None:
            signed = message(query.encode(), raw, is_form=bodies.is_form(content_type))
            headers = {"X-Zoho-Webhook-Signature": signature(signed_with.encode(), signed)}
        return client.post(
            f"{path}?{query}" if query else path, raw, content_type=content_type, headers=headers, **more
        )

    return send


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.get()


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


# --- Proofs ------------------------------------------------------------------------------------------------


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


# --- What is refused --------------------------------------------------------------------------------------


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


# --- What is kept -----------------------------------------------------------------------------------------


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
        ("payments", {"customerpayment": {"payment_id": "1"}}, "Customer payments are not mirrored."),
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


# --- Figures ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("root", DOORS)
def test_health_tells_strangers_the_sum_and_staff_the_figures(client, post, root):
    post()
    assert client.get(f"{root}health").json() == {"status": "ok"}
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    found = client.get(f"{root}health").json()
    assert (found["status"], found["waiting"], found["secrets"]) == ("ok", 1, 1)


def test_health_is_degraded_by_a_dead_letter_and_by_a_door_that_nobody_can_pass(client, post):
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "ok"}
    post()
    WebhookDelivery.objects.update(status=Status.DEAD)
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "degraded"}
    WebhookDelivery.objects.all().delete()
    WebhookSecret.objects.all().delete()
    keys.forget()
    assert client.get("/api/zoho/webhooks/health").json() == {"status": "degraded"}


@pytest.mark.parametrize("root", DOORS)
def test_stats_are_for_staff_who_may_see_deliveries(client, post, root):
    post()
    post()
    assert client.get(f"{root}stats").status_code == 401
    client.force_login(UserFactory(is_staff=True))
    assert client.get(f"{root}stats").status_code == 403
    client.force_login(UserFactory(is_staff=True, is_superuser=True))
    [found] = client.get(f"{root}stats").json()["subjects"]
    assert (found["subject"], found["received"], found["repeated"], found["waiting"]) == ("item", 2, 1, 2)
