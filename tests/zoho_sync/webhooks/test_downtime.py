"""What webhooks could not tell while nobody was there to be told: in the end the mirror equals Zoho."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from inventory.models import Product
from tests.factories import WebhookDeliveryFactory, WebhookExpectationFactory
from tests.zoho_sync.engine.truth import assert_exact
from zoho_sync.models import DoorBeat, SyncRun, WebhookGap
from zoho_sync.options import Trigger
from zoho_sync.webhooks import door_beat
from zoho_sync.webhooks.silence import notice, notice_silence

HOUR = timedelta(hours=1)


def backfills() -> list[tuple[str, str]]:
    rows = SyncRun.objects.filter(trigger=Trigger.BACKFILL).order_by("pk")
    return list(rows.values_list("entity", "status"))


def test_changes_during_downtime_arrive_by_themselves_after_it(sandbox, organization, sync_all, work_queue):
    for subject in ("item", "contact", "pricebook"):
        WebhookDeliveryFactory(organization=organization, subject=subject)
    sync_all("full")
    DoorBeat.objects.create(host="a host that died", beat_at=timezone.now() - HOUR)
    sandbox.random_changes(80, seed=5)

    door_beat.beat()
    work_queue()
    notice()

    assert {entity for entity, _status in backfills()} == {"products", "stock", "customers", "price_lists"}
    assert {status for _entity, status in backfills()} == {"succeeded"}
    assert not WebhookGap.objects.filter(closed_at=None).exists()
    assert_exact(sandbox, organization)


def test_a_change_that_no_webhook_told_of_arrives_when_the_silence_is_noticed(
    sandbox, organization, sync_all, work_queue
):
    sync_all("full")
    now = timezone.now()
    WebhookDeliveryFactory(organization=organization, received_at=now - 7 * HOUR)
    WebhookExpectationFactory(organization=organization, silence_hours=6)
    item = sandbox.ids("items")[0]
    sandbox.change("items", item, name="كيبل جديد")

    assert notice_silence(now)
    notice()
    work_queue()

    assert backfills() == [("products", "succeeded"), ("stock", "succeeded")]
    assert Product.objects.get(external_id=item).name == "كيبل جديد"
