"""What is seen of deliveries and of the runs for them."""

from __future__ import annotations

from zoho_sync.models import SyncRun, WebhookDelivery
from zoho_sync.options import Trigger

Status, Result = WebhookDelivery.Status, WebhookDelivery.Result


def states() -> list[tuple[str, str]]:
    return list(WebhookDelivery.objects.order_by("pk").values_list("status", "result"))


def hint_runs(**which):
    return SyncRun.objects.filter(trigger=Trigger.WEBHOOK, **which)
