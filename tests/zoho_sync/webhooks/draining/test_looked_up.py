"""Webhooks come all day: what they bring is looked for by its ids, and not among all that there is."""

from __future__ import annotations

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.plans import on_sqlite, through_all
from zoho_sync.models import WebhookDelivery

pytestmark = on_sqlite


def test_what_was_written_for_webhooks_is_found_by_their_records(sandbox, sync_all, deliver, work_queue):
    sync_all("full")
    work_queue()
    for number, item_id in enumerate(sandbox.ids("items")[:20]):
        sandbox.change("items", item_id, rate=77 + number)
        deliver("item", item_id)

    with CaptureQueriesContext(connection) as asked:
        work_queue()

    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"applied"}
    about = [each["sql"] for each in asked if "json_each(" in each["sql"]]
    assert len(about) > 3
    assert [(sql[:300], steps) for sql in about if (steps := through_all(sql))] == []
