"""How the mobile screens are described in the schema. Their forms are named by their views' modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema, extend_schema_view

from ..models import SyncRun
from ..processors import registry

TAG = "mobile screens"
HERE = "https://erp.example/api/v1"
LIMIT = OpenApiParameter("limit", int, description="Rows at most, 1 to 50; 20 if not said.")
TEXTS = "Texts are in the reader's language, by `Accept-Language` (en, ar)."


def screen(
    operation_id: str,
    form: Any,
    *,
    summary: str,
    example: dict[str, Any],
    parameters: tuple[OpenApiParameter, ...] = (),
) -> Callable[[type], type]:
    """For a view whose GET answers one screen."""
    shown = OpenApiExample(summary, value=example, response_only=True, status_codes=[200])
    return extend_schema_view(
        get=extend_schema(
            operation_id=operation_id,
            tags=[TAG],
            summary=summary,
            description=TEXTS,
            parameters=list(parameters),
            responses={200: form},
            examples=[shown],
        )
    )


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
RUNS_FILTERS = (
    LIMIT,
    OpenApiParameter("entity", str, enum=registry.names(), description="Of this entity only."),
    OpenApiParameter("status", str, enum=SyncRun.Status.values, description="In this state only."),
)
RUN_ID = OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Of the run.")
