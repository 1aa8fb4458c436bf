"""What is posted at the door, and what is stored of it."""

from __future__ import annotations

from zoho_sync.models import WebhookDelivery

SECRET = "Secret1234567890abc"


ITEM = {"item": {"item_id": "4600001", "name": "Cable"}}


DOORS = ("/api/zoho/webhooks/", "/api/tds/webhooks/", "/api/bff/tds/zoho/webhooks/")


Status = WebhookDelivery.Status


def only() -> WebhookDelivery:
    return WebhookDelivery.objects.get()
