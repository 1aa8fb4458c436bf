"""Webhook deliveries by the API: found, read without secrets, and replayed."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from django_q.models import OrmQ

from tests.factories import NOON, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync.models import WebhookDelivery
from zoho_sync.webhooks import keys

pytestmark = pytest.mark.django_db
Status = WebhookDelivery.Status
SECRET = "4fJ8sk2LqPz0aB7cDeXy"


@pytest.fixture
def secret(connected):
    """Made as in the admin, and forgotten afterwards."""
    keys.make_secret(connected, "main", value=SECRET)
    yield SECRET
    keys.forget()


def ids(answer):
    return [row["id"] for row in answer["results"]]


def test_the_list_tells_rows_without_their_bodies(visitor, django_assert_max_num_queries):
    deliveries = [WebhookDeliveryFactory() for _n in range(5)]

    with django_assert_max_num_queries(5) as asked:
        answer = visitor.get("deliveries/")

    assert ids(answer) == [str(each.pk) for each in reversed(deliveries)]
    assert not {"body", "headers", "query", "item_ids"} & set(answer["results"][0])
    assert not any('"body"' in query["sql"] for query in asked.captured_queries)


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("entity=customers", {"subject": "contact"}),
        ("subject=invoice", {"subject": "invoice"}),
        ("status=dead&status=failed", {"status": "dead"}),
        ("proof=key", {"proof": "key"}),
        ("result=removed", {"result": "removed"}),
        ("is_duplicate=true", {"is_duplicate": True}),
        ("is_test=true", {"is_test": True}),
        ("record=77", {"record_id": "77"}),
        ("received_since=2026-11-20T09:00:00Z&received_until=2026-11-20T09:00:00Z", {"received_at": NOON}),
        ("organization=10234696", {"organization__external_id": "10234696"}),
        (
            "event_id=6f1c1f0e-98f1-4a53-9d7c-fd5c9a0a1f11",
            {"event_id": "6f1c1f0e-98f1-4a53-9d7c-fd5c9a0a1f11"},
        ),
    ],
)
def test_a_filter_leaves_what_it_names(visitor, query, columns):
    WebhookDeliveryFactory(received_at=NOON - timedelta(days=1))
    wanted = WebhookDeliveryFactory(**{"received_at": NOON + timedelta(days=1), **columns})

    assert ids(visitor.get(f"deliveries/?{query}")) == [str(wanted.pk)]


@pytest.mark.parametrize(
    "query", ["state=dead", "status=lost", "subject=cat", "event_id=1", "received_since=now"]
)
def test_a_filter_that_is_none_is_refused_by_name(visitor, errors_of, query):
    assert query.partition("=")[0] in errors_of(visitor.get(f"deliveries/?{query}", status=400))


def test_a_delivery_is_told_as_it_came(visitor):
    delivery = WebhookDeliveryFactory(
        body='{"item": {"name": "كيبل"}}'.encode(), headers={"X-Zoho-Webhook-Signature": "***"}, item_ids=["5"]
    )  # fmt: skip

    told = visitor.get(f"deliveries/{delivery.pk}/")

    assert told["body"] == {
        "encoding": "text",
        "bytes_count": len(delivery.body),
        "is_masked": False,
        "content": '{"item": {"name": "كيبل"}}',
    }
    assert told["headers"] == {"X-Zoho-Webhook-Signature": "***"}
    assert told["item_ids"] == ["5"]
    assert told["event_id"] == str(delivery.event_id)
    assert told["can"] == {"replay": True}


@pytest.mark.parametrize("raw", [b"\xff\xfe\x00", b"a\x00b", b"bell\x07"])
def test_a_body_that_is_no_text_comes_in_base64(visitor, raw):
    body = visitor.get(f"deliveries/{WebhookDeliveryFactory(body=raw).pk}/")["body"]

    assert body["encoding"] == "base64"
    assert base64.b64decode(body["content"]) == raw


@pytest.mark.parametrize("raw", [b'{"key": "%s"}', b"secret=%s&id=5", b"\xff%s"])
def test_a_secret_of_ours_in_a_body_is_masked(visitor, secret, raw):
    delivery = WebhookDeliveryFactory(body=raw % secret.encode())

    answer = visitor.get(f"deliveries/{delivery.pk}/")

    body = answer["body"]
    content = body["content"]
    plain = base64.b64decode(content) if body["encoding"] == "base64" else content.encode()
    assert plain == raw % b"***"
    assert body["is_masked"] is True
    assert secret.encode() not in answer.headers.content


@pytest.mark.parametrize(
    "raw", [b'{"key": "p\\"q w+e/r\\u062a-12"}', b"key=p%22q%20w%2Be%2Fr%D8%AA-12", b"key=p%22q+w%2Be%2Fr%D8%AA-12"]
)  # fmt: skip
def test_the_environments_secret_is_masked_however_it_is_written(visitor, connected, settings, raw):
    settings.ZOHO = settings.ZOHO | {"ORGANIZATION_ID": connected.external_id}
    settings.WEBHOOKS = settings.WEBHOOKS | {"SECRET": 'p"q w+e/rت-12'}
    keys.forget()
    try:
        body = visitor.get(f"deliveries/{WebhookDeliveryFactory(body=raw).pk}/")["body"]
    finally:
        keys.forget()

    assert body["is_masked"] is True
    assert "***" in body["content"]
    assert "-12" not in body["content"]


def test_one_delivery_is_replayed(visitor):
    delivery = WebhookDeliveryFactory(status=Status.DEAD, attempts_count=5)

    told = visitor.post(f"deliveries/{delivery.pk}/replay/", status=202)

    assert (told["status"], told["attempts_count"], told["replayed_by"]) == ("received", 0, "zainab")
    assert OrmQ.objects.count() == 1


def test_what_is_being_applied_is_left_alone(visitor):
    delivery = WebhookDeliveryFactory(status=Status.PROCESSING, run=SyncRunFactory(status="running"))

    assert visitor.get(f"deliveries/{delivery.pk}/")["can"] == {"replay": False}
    visitor.post(f"deliveries/{delivery.pk}/replay/", status=409)
    delivery.refresh_from_db()
    assert delivery.status == Status.PROCESSING


@pytest.mark.parametrize(
    "selector",
    [
        {"state": ["dead"]},
        {"state": ["dead", "failed"]},
        {"entity": "customers"},
        {"subject": "contact"},
        {"since": "2026-11-20T09:00:00Z", "until": "2026-11-20T12:00:00+03:00"},
        {"ids": "OURS"},
    ],
)
def test_those_that_fit_are_replayed_and_counted(visitor, selector):
    wanted = WebhookDeliveryFactory(subject="contact", status=Status.DEAD, received_at=NOON)
    other = WebhookDeliveryFactory(status=Status.APPLIED, received_at=NOON - timedelta(days=1))
    if "ids" in selector:
        selector = {"ids": [str(wanted.pk)]}

    told = visitor.post("deliveries/replay/", selector, status=202)

    assert told.json == {"matched_count": 1, "replayed_count": 1}
    assert visitor.get(f"deliveries/{wanted.pk}/")["status"] == "received"
    assert visitor.get(f"deliveries/{other.pk}/")["status"] == "applied"


def test_matched_and_replayed_differ_by_those_being_applied(visitor):
    WebhookDeliveryFactory(status=Status.PROCESSING)
    WebhookDeliveryFactory(status=Status.DEAD)

    told = visitor.post("deliveries/replay/", {"entity": "products"}, status=202)

    assert told.json == {"matched_count": 2, "replayed_count": 1}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"state": []}, "state"),
        ({"state": "dead"}, "state"),
        ({"state": ["processing"]}, "state"),
        ({"entity": "stock"}, "entity"),
        ({"subject": "cat"}, "subject"),
        ({"ids": ["999999"]}, "ids"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2026-11-21T00:00:00Z", "until": "2026-11-20T00:00:00Z"}, "since"),
        ({"state": ["dead"], "organization": "77"}, "organization"),
        ({"all": True}, "all"),
    ],
)
def test_a_selector_that_is_nonsense_replays_nothing(visitor, errors_of, body, field):
    delivery = WebhookDeliveryFactory(status=Status.DEAD)

    assert field in errors_of(visitor.post("deliveries/replay/", body, status=400))
    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD


@pytest.mark.parametrize("body", [None, {}, {"organization": "10234695"}])
def test_a_selector_that_names_nothing_replays_nothing(visitor, body):
    delivery = WebhookDeliveryFactory(status=Status.DEAD)

    answer = visitor.post("deliveries/replay/", body, status=400)

    assert "Name what is to be replayed" in str(answer.json)
    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD


@pytest.mark.slow
def test_more_than_five_thousand_at_once_are_refused(visitor, connected, errors_of):
    WebhookDelivery.objects.bulk_create(
        (
            WebhookDelivery(
                organization=connected, proof="zoho", content_hash="0", body=b"", status="dead", entity="products"
            )
            for _n in range(5001)
        ),
        batch_size=1000,
    )  # fmt: skip

    assert "since" in errors_of(visitor.post("deliveries/replay/", {"entity": "products"}, status=400))
    assert not WebhookDelivery.objects.exclude(status="dead").exists()


def test_who_may_only_look_replays_nothing(visitor_with):
    delivery = WebhookDeliveryFactory(status=Status.DEAD)
    reader = visitor_with("view_webhookdelivery")

    assert reader.get(f"deliveries/{delivery.pk}/")["can"] == {"replay": False}
    reader.post(f"deliveries/{delivery.pk}/replay/", status=403)
    reader.post("deliveries/replay/", {"state": ["dead"]}, status=403)
    delivery.refresh_from_db()
    assert delivery.status == Status.DEAD
