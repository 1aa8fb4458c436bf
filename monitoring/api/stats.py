"""/api/bff/tds/stats/combined: the figures of products, stock, entities, runs, webhooks and calls in one answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.filters import refuse_strange_parameters
from inventory.api.rendering import decimal_text
from inventory.api.screens import OlderView, screen
from inventory.status import stock_figures
from zoho_sync import status

from . import mobile_words
from .mobile import VIEW

DAY = timedelta(hours=24)
VIEW_STOCK = ("inventory.view_product", "inventory.view_stocklevel", "inventory.view_warehouse")


class StockNow(serializers.Serializer):
    """As `/api/bff/tds/sync/stock/stats` tells it, of all companies."""

    total_products = serializers.IntegerField()
    with_stock = serializers.IntegerField(allow_null=True)
    total_stock_quantity = serializers.FloatField(allow_null=True)
    stale_products = serializers.IntegerField()
    last_sync_time = serializers.DateTimeField(allow_null=True)


class EntityNow(serializers.Serializer):
    entity = serializers.CharField()
    entity_text = serializers.CharField()
    live_count = serializers.IntegerField(help_text="Rows that are at the source.")
    waiting_failures_count = serializers.IntegerField()


class OfDay(serializers.Serializer):
    """Begun within the last 24 hours, by the state they are in now."""

    total = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())


class CallsNow(serializers.Serializer):
    """Of the organisation's own day."""

    organization = serializers.CharField(help_text="The source's id of it.")
    used = serializers.IntegerField()
    left = serializers.IntegerField(help_text="What ordinary runs may still make.")
    limit = serializers.IntegerField()


class CombinedStats(serializers.Serializer):
    stock = StockNow()
    entities = EntityNow(many=True)
    runs_today = OfDay()
    webhooks_today = OfDay()
    calls = CallsNow(many=True)
    at = serializers.DateTimeField()


@screen(
    "mobile_combined_stats",
    CombinedStats,
    summary="All figures at once",
    example=mobile_words.COMBINED,
)
class CombinedStatsView(OlderView):
    permissions = {"get": (*VIEW, *VIEW_STOCK)}

    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, ())
        now, organizations = timezone.now(), status.organizations()
        stock, traffic = stock_figures(now - DAY), status.traffic(now - DAY)
        quantity = decimal_text(stock.quantity)
        return Response(
            {
                "stock": {
                    "total_products": stock.products,
                    "with_stock": stock.with_stock,
                    "total_stock_quantity": None if quantity is None else orjson.Fragment(quantity.encode()),
                    "stale_products": stock.stale,
                    "last_sync_time": status.last_synced_at("stock"),
                },
                "entities": [_entity(row) for each in organizations for row in status.freshness(each)],
                "runs_today": _of_day(traffic.runs),
                "webhooks_today": _of_day(traffic.deliveries),
                "calls": [_calls(each) for each in organizations],
                "at": now,
            }
        )


def _entity(row: status.EntityFreshness) -> dict[str, Any]:
    return {
        "entity": row.entity,
        "entity_text": row.label,
        "live_count": row.live_count,
        "waiting_failures_count": row.waiting_errors,
    }


def _of_day(counts: dict[str, int]) -> dict[str, Any]:
    return {"total": sum(counts.values()), "by_status": counts}


def _calls(organization: Any) -> dict[str, Any]:
    budget = status.budget(organization)
    return {
        "organization": organization.external_id,
        "used": budget.used,
        "left": budget.left,
        "limit": budget.limit,
    }
