"""/api/bff/tds/sync/stock…: stock as the older mobile app knows it: its figures, and reading it again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import orjson
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from inventory.api.rendering import decimal_text
from inventory.api.screens import OlderView
from inventory.status import stock_figures

from .. import connections, services, status
from ..options import SyncMode, SyncOptions, Trigger
from .bodies import MOST_IDS, Body, ListOfIds
from .bulk_sync import BulkSyncView, StartingView
from .bulk_sync_body import (
    BulkSync,
    read_body,
    read_only_organization,
    read_organization,
    read_wait,
)
from .bulk_sync_words import ORGANIZATION, TAG, started

STALE_AFTER = timedelta(hours=24)
VIEW_STOCK = ("inventory.view_product", "inventory.view_stocklevel", "inventory.view_warehouse")


class StockStats(serializers.Serializer):
    """Of products that are still at the source, and of the warehouses that are marked as selling."""

    total_products = serializers.IntegerField()
    with_zoho_id = serializers.IntegerField(help_text="Every mirrored product has one.")
    with_stock = serializers.IntegerField(
        allow_null=True,
        help_text="Of so many at least one selling warehouse has more than nothing on hand; null while none is marked "
        "as selling, or nothing is known.",
    )
    total_stock_quantity = serializers.FloatField(
        allow_null=True,
        help_text="On hand in the selling warehouses, as far as known, shortages taken off; an exact decimal number. "
        "null while no warehouse is marked as selling, or nothing is known.",
    )
    last_sync_time = serializers.DateTimeField(
        allow_null=True, help_text="When a run of stock last ended with rows in; null: never."
    )
    stale_products = serializers.IntegerField(
        help_text="Products whose stock is tracked and was not verified within 24 hours, or never."
    )


_EXAMPLE = {
    "total_products": 2200,
    "with_zoho_id": 2200,
    "with_stock": 480,
    "total_stock_quantity": 7105.5,
    "last_sync_time": "2026-11-20T09:04:11Z",
    "stale_products": 0,
}


class MobileStockStats(OlderView):
    permissions = {"get": (*VIEW_STOCK, "zoho_sync.view_syncrun")}

    @extend_schema(
        operation_id="mobile_stock_stats",
        tags=[TAG],
        summary="Figures of the stock",
        description="Warehouses that sell and those that do not are never added together.",
        parameters=[ORGANIZATION],
        responses={200: StockStats},
        examples=[OpenApiExample("A shop", value=_EXAMPLE, response_only=True, status_codes=[200])],
    )
    def get(self, request: Request) -> Response:
        organizations = read_only_organization(request)
        found = stock_figures(timezone.now() - STALE_AFTER, organizations)
        quantity = decimal_text(found.quantity)
        return Response(
            {
                "total_products": found.products,
                "with_zoho_id": found.with_source_id,
                "with_stock": found.with_stock,
                # A number, as the older app expects it, and yet no binary fraction on our side.
                "total_stock_quantity": None if quantity is None else orjson.Fragment(quantity.encode()),
                "last_sync_time": status.last_synced_at("stock", organizations),
                "stale_products": found.stale,
            }
        )


@started("mobile_stock_sync", "Sync stock per warehouse", request=BulkSync)
class MobileStockSync(BulkSyncView):
    entities = ("stock",)


class ChosenItems(Body):
    item_ids = ListOfIds(required=False, help_text="The source's ids of the items; here or in the query.")


@started(
    "mobile_stock_sync_specific",
    "Read the stock of chosen items now",
    request=ChosenItems,
    parameters=(
        OpenApiParameter(
            "item_ids",
            str,
            description=f"The source's ids of the items, separated by commas; at most {MOST_IDS}.",
        ),
    ),
)
class MobileStockSpecific(StartingView):
    """Runs beside any other run of stock, and may use the calls kept for what is urgent."""

    def post(self, request: Request) -> Response:
        organization = read_organization(request, beside=["item_ids"])
        wait, ids = read_wait(request), _chosen(request)

        def start() -> list[Any]:
            found = connections.organization_for(organization.external_id if organization else None)
            options = SyncOptions(entity="stock", mode=SyncMode.REALTIME, ids=tuple(ids))
            return [services.start_run(options, trigger=Trigger.API, organization=found, user=request.user)]

        return self.started_and_told(request, start, wait=wait)


def _chosen(request: Request) -> list[str]:
    """From the query or from the body. Raises ValidationError, unless it is one of them."""
    in_body = read_body(ChosenItems, request).get("item_ids")
    in_query = request.query_params.get("item_ids")
    if in_body is not None and in_query is not None:
        raise ValidationError({"item_ids": [_("It is in the query and in the body; one of them is enough.")]})
    if in_body is not None:
        return in_body
    if in_query is None:
        raise ValidationError({"item_ids": [_("Name the items: ids separated by commas.")]})
    try:
        return ListOfIds().run_validation([each.strip() for each in in_query.split(",")])
    except ValidationError as error:
        raise ValidationError({"item_ids": error.detail}) from error
