"""What the schema says of entities, the connection and events."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema

from inventory.api.wording import IF_NONE_MATCH, JSON, NOT_MODIFIED

from .runs_words import HERE
from .wording import listed, words

ORGANIZATION = OpenApiParameter("organization", str, description="A company, by external id or ours.")
BRIEF = {
    "id": "812",
    "url": f"{HERE}/runs/812/",
    "entity": "products",
    "mode": "incremental",
    "status": "succeeded",
    "is_dry": False,
    "created_at": "2026-11-20T09:00:00Z",
    "finished_at": "2026-11-20T09:00:12Z",
}
ENTITIES = {
    "results": [
        {
            "organization": "10234695",
            "entity": "products",
            "label": "Products",
            "is_background": False,
            "watermark": "2026-11-20T08:58:11Z",
            "full_at": "2026-11-20T02:00:00Z",
            "incremental_at": "2026-11-20T09:00:00Z",
            "live_count": 2200,
            "waiting_failures_count": 1,
            "last_run": BRIEF,
            "active_run": None,
        }
    ]
}
CONNECTION = {
    "worker_is_alive": True,
    "results": [
        {
            "organization": "10234695",
            "name": "TSH",
            "state": "working",
            "works": True,
            "message": "",
            "refreshed_at": "2026-11-20T08:30:00Z",
            "expires_at": "2026-11-20T09:30:00Z",
            "budget": {
                "limit": 5000,
                "used": 812,
                "left": 3688,
                "reserve": 500,
                "blocked_until": None,
                "reason": "",
            },
        }
    ],
}
EVENT = {
    "id": "90210",
    "name": "tds.zoho.sync.completed",
    "at": "2026-11-20T09:00:12Z",
    "organization": "10234695",
    "run": "812",
    "entity": "products",
    "data": {"mode": "incremental", "status": "succeeded", "counts": {"fetched": 200}, "message": ""},
}


def entities(form: Any) -> Any:
    return overview(
        "entities_retrieve",
        form,
        "How fresh each entity is",
        "What can be synced, in an order in which links resolve: how far it is known, and what works on it now.",
        ENTITIES,
    )


def connection(form: Any) -> Any:
    return overview(
        "connection_retrieve",
        form,
        "The connection and its calls",
        "Whether the source can be asked, and how many calls are left today. Nothing is asked for this.",
        CONNECTION,
    )


def overview(name: str, form: Any, summary: str, description: str, example: dict[str, Any]) -> Any:
    return words(
        get=extend_schema(
            operation_id=name,
            summary=summary,
            description=description,
            parameters=[ORGANIZATION, IF_NONE_MATCH],
            responses={(200, JSON): form, 304: NOT_MODIFIED},
            examples=[OpenApiExample(summary, value=example, response_only=True, media_type=JSON)],
        )
    )


def events(form: Any) -> Any:
    return words(
        list=listed(
            "events_list",
            form,
            summary="List events",
            description="What happened, newest first, after its commit. Kept for some days.",
            row=EVENT,
        )
    )
