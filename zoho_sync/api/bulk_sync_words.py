"""How the older doors are described in the schema."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework import serializers

from .bulk_sync_body import LONGEST_WAIT, USUAL_WAIT, BulkSync
from .wording import LOCATION, REPLAYED, REUSED, key_parameter

TAG = "older doors"
ORGANIZATION = OpenApiParameter(
    "organization", str, description="The source's id of it, where several are connected."
)
WAIT = OpenApiParameter(
    "wait",
    {"type": "integer", "minimum": 0, "maximum": LONGEST_WAIT, "default": USUAL_WAIT},
    description=(
        "Seconds to wait for the end. Answered sooner when nothing can "
        "be waited for: no worker is alive, the run rests until later, or too many visitors wait already."
    ),
)


KEY_OF_RUNS = key_parameter(
    "Any text of your own, another for each question. Asked again with the same key within 24 hours, nothing is "
    "started, and it is told how the same runs stand by now (with `Idempotent-Replayed: true`). Refusals are not kept."
)


class Stats(serializers.Serializer):
    """total_processed = successful + failed + skipped."""

    total_processed = serializers.IntegerField()
    successful = serializers.IntegerField(help_text="Committed: created, updated or unchanged.")
    failed = serializers.IntegerField(help_text="Could not be taken; they wait in the list of failures.")
    skipped = serializers.IntegerField(help_text="Left out by the options, or older than what is stored.")


class RunReference(serializers.Serializer):
    id = serializers.CharField(help_text="Of the run, or of the group that was started together.")
    status = serializers.CharField(
        help_text="Of a group: that of what still goes on, else of what ended worst."
    )
    url = serializers.URLField()


class BulkAnswer(serializers.Serializer):
    success = serializers.BooleanField(help_text="Every run is over and took every row.")
    message = serializers.CharField(help_text="How it stands, in the reader's language.")
    stats = Stats()
    duration_seconds = serializers.FloatField(help_text="Since it was asked for, to its end or until now.")
    error = serializers.CharField(
        allow_null=True,
        help_text="How it ended, if not well: partial, failed, cancelling, cancelled, quarantined. no_worker: it "
        "waits, and nobody is there.",
    )
    run = RunReference()


class Totals(serializers.Serializer):
    items = serializers.IntegerField()
    successful = serializers.IntegerField()
    failed = serializers.IntegerField()


class EverythingAnswer(BulkAnswer):
    results = serializers.DictField(
        child=BulkAnswer(), help_text="By entity: warehouses, products, pricelists, customers, stock."
    )
    totals = Totals()


class BusyProblem(serializers.Serializer):
    """Beside the refusal the figures of the run that stands in the way, when it is one."""

    success = serializers.BooleanField(help_text="false")
    message = serializers.CharField()
    error = serializers.CharField(help_text="run_in_progress, not_connected")
    stats = Stats(required=False)
    duration_seconds = serializers.FloatField(required=False)
    run = RunReference(required=False)


_STATS = {"total_processed": 1311, "successful": 1310, "failed": 0, "skipped": 1}
_DONE: dict[str, Any] = {
    "success": True,
    "message": "1310 records are in.",
    "stats": _STATS,
    "duration_seconds": 8.214,
    "error": None,
    "run": {"id": "512", "status": "succeeded", "url": "https://erp.example/api/v1/runs/512/"},
}
_FAILED = _DONE | {
    "success": False,
    "message": "2 records could not be taken; they wait in the list of failures.",
    "stats": _STATS | {"successful": 1308, "failed": 2},
    "error": "partial",
    "run": _DONE["run"] | {"status": "partial"},
}
_GOING = _DONE | {
    "success": False,
    "message": "It is still going: 800 of about 1311.",
    "stats": {"total_processed": 800, "successful": 800, "failed": 0, "skipped": 0},
    "duration_seconds": 20.05,
    "run": _DONE["run"] | {"status": "running"},
}
_NOBODY = _GOING | {
    "message": "No worker gives a sign of life; it waits until one starts.",
    "stats": dict.fromkeys(_STATS, 0),
    "duration_seconds": 0.021,
    "error": "no_worker",
    "run": _DONE["run"] | {"status": "queued"},
}
_BUSY = {name: _GOING[name] for name in ("success", "stats", "duration_seconds", "run")} | {
    "message": "Run 512 of products has not ended yet. Wait for it, or cancel it.",
    "error": "run_in_progress",
}
_TOTALS = {"items": 1311, "successful": 1310, "failed": 0}
STARTED = (
    "Success is told only of what is over and took every row: 200 when it is over, however it ended; 202 with the "
    "figures so far while it goes on; 409 with the running run when the same is being read already. Who goes away "
    "while he waits stops nothing; with an `Idempotency-Key` he may ask again, also with another `wait`, and is told "
    "how the same run stands by then."
)


def door(name: str, summary: str, *, by_entity: bool = False) -> Callable[[type], type]:
    """For a view that takes the older body."""
    return started(f"bulk_sync_{name}", summary, request=BulkSync, by_entity=by_entity)


def started(
    operation_id: str,
    summary: str,
    *,
    request: Any,
    parameters: tuple[OpenApiParameter, ...] = (),
    by_entity: bool = False,
) -> Callable[[type], type]:
    """For a view whose POST starts runs and waits for them."""
    form = EverythingAnswer if by_entity else BulkAnswer

    def whole(told: dict[str, Any]) -> dict[str, Any]:
        return told | {"results": {"products": told}, "totals": _TOTALS} if by_entity else told

    def example(title: str, told: dict[str, Any], status: int) -> OpenApiExample:
        return OpenApiExample(title, value=told, response_only=True, status_codes=[status])

    return extend_schema_view(
        post=extend_schema(
            operation_id=operation_id,
            tags=[TAG],
            summary=summary,
            description=STARTED,
            parameters=[WAIT, ORGANIZATION, *parameters, KEY_OF_RUNS, REPLAYED, LOCATION],
            request=request,
            responses={
                200: form,
                202: OpenApiResponse(form, description="Still going, or waiting for a worker."),
                409: OpenApiResponse(
                    BusyProblem,
                    description="Busy, not connected, or a question with the same key is still being answered.",
                ),
                422: REUSED,
            },
            examples=[
                example("Over, and every row is in", whole(_DONE), 200),
                example("Over, but rows failed", whole(_FAILED), 200),
                example("Still going", whole(_GOING), 202),
                example("No worker", whole(_NOBODY), 202),
                example("Busy", _BUSY, 409),
            ],
        )
    )
