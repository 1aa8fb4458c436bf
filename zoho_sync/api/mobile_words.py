"""Parameters and examples of the mobile screens about the sync."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter

from ..models import SyncRun
from ..processors import registry

HERE = "https://erp.example/api/v1"
RUN = {
    "id": "812",
    "entity": "products",
    "entity_text": "Products",
    "mode": "incremental",
    "mode_text": "incremental",
    "trigger": "schedule",
    "trigger_text": "schedule",
    "status": "partial",
    "status_text": "partial",
    "message": "1 records could not be taken; they wait in the list of failures.",
    "is_over": True,
    "percent": 100,
    "processed_count": 14,
    "failed_count": 1,
    "created_at": "2026-11-20T09:00:00Z",
    "finished_at": "2026-11-20T09:00:12Z",
    "age_text": "5 minutes ago",
    "url": f"{HERE}/runs/812/",
}
ONE_RUN = RUN | {
    "counts": {
        "fetched": 14,
        "created": 1,
        "updated": 12,
        "unchanged": 0,
        "skipped": 0,
        "stale": 0,
        "failed": 1,
        "removed": 0,
    },
    "calls_count": 1,
    "seconds": 12,
    "seconds_left": None,
    "failures": [{"record": "5100000000084017", "reason": "name is empty"}],
    "actions": [
        {"name": "retry-failures", "text": "Retry failures", "url": f"{HERE}/runs/812/retry-failures/"}
    ],
}
ENTITY = {
    "organization": "10234695",
    "entity": "products",
    "entity_text": "Products",
    "state": "fresh",
    "state_text": "up to date",
    "live_count": 2200,
    "waiting_failures_count": 1,
    "good_at": "2026-11-20T09:00:00Z",
    "good_text": "5 minutes ago",
    "last_run": RUN,
    "active_run": None,
}
DEAD = {
    "deliveries_count": 1,
    "deliveries": [
        {
            "id": "77",
            "subject": "invoice",
            "subject_text": "Invoices",
            "record_id": "5100000000091003",
            "reason": "Zoho does not answer.",
            "attempts_count": 5,
            "received_at": "2026-11-20T07:41:00Z",
            "age_text": "1 hour ago",
            "url": f"{HERE}/deliveries/77/",
        }
    ],
    "failures_count": 1,
    "failures": [
        {
            "id": "31",
            "entity": "products",
            "entity_text": "Products",
            "record": "5100000000084017",
            "reason": "name is empty",
            "seen_count": 3,
            "last_seen_at": "2026-11-20T09:00:10Z",
            "age_text": "5 minutes ago",
            "url": f"{HERE}/failures/31/",
        }
    ],
}
FILTERS = (
    OpenApiParameter("entity", str, enum=registry.names(), description="Of this entity only."),
    OpenApiParameter("status", str, enum=SyncRun.Status.values, description="In this state only."),
)
RUN_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Of the run.")
