"""The list of deliveries, and the page of one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    NOON,
    ProductFactory,
    SyncRunFactory,
    WebhookDeliveryFactory,
)

from .pages import COVERAGE, LIST, SETUP, Status, page_of, text

pytestmark = pytest.mark.django_db


EVIL = "<script>alert(1)</script>"


def test_the_list_shows_record_state_result_and_run(staff):
    product = ProductFactory(name="كيبل شبكة")
    run = SyncRunFactory()
    WebhookDeliveryFactory(
        record_id=product.external_id, status=Status.APPLIED, result="changed", seconds=2.34, run=run,
        is_duplicate=True,
    )  # fmt: skip

    shown = text(staff.get(LIST))

    assert reverse("admin:inventory_product_change", args=[product.pk]) in shown
    for part in (
        "كيبل شبكة",
        product.external_id,
        "the record was written",
        "2.3 s",
        f"#{run.pk}",
        "repeated",
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status__exact=dead", {"dead"}),
        ("status__in=received,failed", {"waiting", "old", "test"}),
        ("subject=contact", {"contact"}),
        ("is_test__exact=1", {"test"}),
        ("received=hour", {"dead", "waiting", "contact", "test"}),
        ("received_until=2026-11-20T12:01", {"old"}),
        ("received_from=2026-11-20T12:01", {"dead", "waiting", "contact", "test"}),
        ("received_from=nonsense", set()),
        ("received=nonsense", set()),
        ("q=id-dead", {"dead"}),
        ("q=id-dea", set()),
        ("q=3d819e04-4fc4-45f8-b94b-8935d348f973", {"waiting"}),
        ("run__id__exact=999999", set()),
    ],
)
def test_it_is_narrowed_down_by(staff, query, found):
    WebhookDeliveryFactory(record_id="id-dead", status=Status.DEAD)
    WebhookDeliveryFactory(record_id="id-waiting", event_id="3d819e04-4fc4-45f8-b94b-8935d348f973")
    WebhookDeliveryFactory(record_id="id-contact", subject="contact", status=Status.APPLIED)
    WebhookDeliveryFactory(record_id="id-test", is_test=True)
    WebhookDeliveryFactory(record_id="id-old", received_at=NOON)  # 12:00 in Baghdad

    changelist = staff.get(f"{LIST}?{query}").context_data["cl"]

    assert {row.record_id.removeprefix("id-") for row in changelist.result_list} == found


def test_the_page_shows_its_way_its_items_and_its_sisters(staff):
    product = ProductFactory(name="Toner 85A")
    sister = WebhookDeliveryFactory(subject="invoice", record_id="77", status=Status.DEAD)
    delivery = WebhookDeliveryFactory(
        subject="invoice", record_id="77", item_ids=[product.external_id, "404"], status=Status.FAILED,
        reason="Zoho was away", run=SyncRunFactory(), next_attempt_at=timezone.now() + timedelta(minutes=9),
        query="event=edited", replayed_at=NOON, replayed_by="zaid",
    )  # fmt: skip

    shown = text(staff.get(page_of(delivery)))

    for part in (
        "Zoho was away",
        "Toner 85A",
        "404",
        "event=edited",
        "zaid",
        page_of(sister),
        str(delivery.event_id),
    ):
        assert part in shown


@pytest.mark.parametrize(
    ("body", "content_type", "parts"),
    [
        (b'{"item":{"rate":12500.00}}', "application/json", ["&quot;rate&quot;: 12500.00"]),
        (b"JSONString=%7B%7D&name=a%2Bb", "application/x-www-form-urlencoded", ["JSONString", "a+b"]),
        (b"\xff\xfe\x00abc", "application/octet-stream", ["ff fe 00 61 62 63", "...abc"]),
        (b"a\x1b[31mred", "text/plain", ["61 1b 5b 33 31 6d"]),  # a terminal's command is not text either
        (b"", "application/json", ["It is empty."]),
        (b"not json {", "application/json", ["not json {"]),
    ],
)
def test_the_body_is_shown_as_what_it_is(staff, body, content_type, parts):
    shown = text(staff.get(page_of(WebhookDeliveryFactory(body=body, content_type=content_type))))

    assert [part for part in parts if part not in shown] == []


def test_nothing_that_a_sender_writes_becomes_part_of_the_page(staff):
    evil = WebhookDeliveryFactory(
        subject="", record_id=EVIL[:64], event_type=EVIL, source_event_id=EVIL, query=EVIL, content_type=EVIL,
        headers={EVIL: EVIL}, item_ids=[EVIL], reason=EVIL, body=f'{{"a":"</pre>{EVIL}"}}'.encode(), door=EVIL,
        secret_name=EVIL, replayed_by=EVIL, replayed_at=NOON,
    )  # fmt: skip
    form = WebhookDeliveryFactory(
        body=f"{EVIL}={EVIL}".encode(), content_type="application/x-www-form-urlencoded"
    )
    WebhookDeliveryFactory(record_id=EVIL, is_test=True)

    for url in (LIST, page_of(evil), page_of(form), COVERAGE, SETUP, f"{LIST}?q={EVIL}&received_from={EVIL}"):
        assert EVIL not in text(staff.get(url)), url


def test_a_million_deliveries_would_not_be_loaded_to_show_fifty(staff):
    def questions() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(LIST)
        assert not any('"body"' in each["sql"] for each in captured.captured_queries)
        return len(captured)

    WebhookDeliveryFactory(record_id=ProductFactory().external_id, run=SyncRunFactory())
    questions()  # what a process asks once
    few = questions()
    for _each in range(20):
        WebhookDeliveryFactory(record_id=ProductFactory().external_id, run=SyncRunFactory())

    assert questions() == few
