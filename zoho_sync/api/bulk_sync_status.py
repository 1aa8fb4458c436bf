"""GET /api/zoho/bulk-sync/status: what the bulk doors can do, whether they can do it now, and what they did last."""

from __future__ import annotations

from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.screens import OlderView

from .. import status
from ..models import SyncRun
from ..processors import registry
from .bulk_sync import NEWER, VIEW
from .bulk_sync_answer import OLDER_NAMES, stand_of
from .bulk_sync_body import read_only_organization
from .bulk_sync_words import ORGANIZATION, TAG, RunReference, Stats

OK, DEGRADED, DOWN = "ok", "degraded", "down"
OPERATIONS = {
    "products": gettext_lazy("Products"),
    "customers": gettext_lazy("Customers"),
    "pricelists": gettext_lazy("Price lists with their prices"),
    "stock": gettext_lazy("Stock per warehouse"),
    "items-with-stock": gettext_lazy("Products, then their stock"),
    **{address: registry.get(entity).label for address, entity in NEWER.items()},
    "sync-all": gettext_lazy("Everything"),
}
FEATURES = {
    "incremental": True,
    "modified_since": True,
    "active_only": True,
    "with_stock_only": True,
    "wait": True,
    "webhooks": True,
    "sync_images": True,
}


class Operation(serializers.Serializer):
    operation = serializers.CharField()
    endpoint = serializers.CharField(help_text="Method and address.")
    description = serializers.CharField()


class LastRun(serializers.Serializer):
    """The last one that is over, or waits for a decision."""

    run = RunReference()
    stats = Stats()
    duration_seconds = serializers.FloatField()
    finished_at = serializers.DateTimeField(allow_null=True)


class BulkStatus(serializers.Serializer):
    service = serializers.CharField()
    status = serializers.ChoiceField(
        choices=[OK, DEGRADED, DOWN],
        help_text="ok: a run that is started now is worked now. degraded: it will wait. down: none can be started, "
        "since nothing is connected or the connection is refused.",
    )
    available_operations = Operation(many=True)
    features = serializers.DictField(child=serializers.BooleanField(), help_text="By name: is it there?")
    note = serializers.CharField(help_text="What stands in the way, in the reader's language.")
    last_runs = serializers.DictField(
        child=LastRun(allow_null=True), help_text="By entity; null where none has been."
    )


_EXAMPLE = {
    "service": "Zoho Bulk Sync",
    "status": "ok",
    "available_operations": [
        {"operation": "products", "endpoint": "POST /api/zoho/bulk-sync/products", "description": "Products"}
    ],
    "features": FEATURES,
    "note": "",
    "last_runs": {
        "products": {
            "run": {"id": "512", "status": "succeeded", "url": "https://erp.example/api/v1/runs/512/"},
            "stats": {"total_processed": 1311, "successful": 1310, "failed": 0, "skipped": 1},
            "duration_seconds": 8.214,
            "finished_at": "2026-11-20T09:00:08Z",
        },
        "stock": None,
    },
}


class BulkSyncStatus(OlderView):
    permissions = {"get": (VIEW,)}

    @extend_schema(
        operation_id="bulk_sync_status",
        tags=[TAG],
        summary="Can bulk syncs be started, and what did the last ones do?",
        description="Nothing is asked of the source for this.",
        parameters=[ORGANIZATION],
        responses={200: BulkStatus},
        examples=[OpenApiExample("All is well", value=_EXAMPLE, response_only=True, status_codes=[200])],
    )
    def get(self, request: Request) -> Response:
        organizations = read_only_organization(request)
        health, notes = _health(organizations)
        address = request.path.rstrip("/").removesuffix("/status")
        return Response(
            {
                "service": "Zoho Bulk Sync",
                "status": health,
                "available_operations": [
                    {"operation": name, "endpoint": f"POST {address}/{name}", "description": str(words)}
                    for name, words in OPERATIONS.items()
                ],
                "features": FEATURES,
                "note": " ".join(notes),
                "last_runs": _last_runs(organizations, request),
            }
        )


def _health(organizations: list[Any]) -> tuple[str, list[str]]:
    """Of the best connected organisation: one that works is enough to start runs."""
    connections = {each: status.connection(each) for each in organizations}
    working = [each for each, known in connections.items() if known.works]
    if not working:
        said = [str(known.message) for known in connections.values() if known.message]
        return DOWN, said or [_("Zoho is not connected. Run `manage.py zoho_connect`.")]
    notes = []
    if not status.worker_alive():
        notes.append(_("No worker gives a sign of life; runs wait until one starts."))
    for organization in working:
        budget = status.budget(organization)
        if budget.blocked_until:
            notes.append(str(budget.reason))
        elif not budget.left:
            notes.append(_("The calls that ordinary runs may make today are spent; they go on tomorrow."))
    return (DEGRADED if notes else OK), notes


def _last_runs(organizations: list[Any], request: Request) -> dict[str, Any]:
    ended = SyncRun.objects.filter(
        organization__in=organizations, status__in=[*SyncRun.ENDED, SyncRun.Status.QUARANTINED]
    )
    newest = dict(ended.order_by().values_list("entity").annotate(Max("pk")))
    runs = SyncRun.objects.in_bulk(newest.values())
    found: dict[str, Any] = {}
    for name in registry.names():
        run = runs.get(newest.get(name))
        found[OLDER_NAMES.get(name, name)] = run and {
            **stand_of(run, request),
            "finished_at": run.finished_at,
        }
    return found
