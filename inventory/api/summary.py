"""/api/v1/stock-summary/: what each warehouse holds. Those that sell and those that do not are never added together."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ..models import Organization, Warehouse
from ..stock_summary import Holding, StockSummary, stock_summary
from . import exports
from .columns import Money
from .conditional import Conditional
from .filters import keys_asked, refuse_strange_parameters
from .origin import WarehouseReference, warehouse_told
from .rendering import OrjsonRenderer, decimal_text
from .wording import IF_NONE_MATCH, JSON, NOT_MODIFIED


class HoldingForm(serializers.Serializer):
    """items = with_stock + without_stock + negative + unknown, by the figure on hand. Sums are over what is known."""

    items = serializers.IntegerField(help_text="Stock levels of products that are still at the source.")
    with_stock = serializers.IntegerField()
    without_stock = serializers.IntegerField()
    negative = serializers.IntegerField()
    unknown = serializers.IntegerField()
    quantity = serializers.DecimalField(30, 8, help_text="On hand.")
    available_for_sale = serializers.DecimalField(30, 8, help_text="On hand less what is promised.")
    unknown_for_sale = serializers.IntegerField(help_text="Levels whose figure for sale is not known.")
    value = Money(allow_null=True, help_text="As the source computes it; null when no level tells one.")
    no_value = serializers.IntegerField(
        help_text="Levels with stock whose value is not told, so that `value` lacks them."
    )
    oldest_at = serializers.DateTimeField(
        allow_null=True, help_text="When the stock verified longest ago was verified."
    )
    never_verified = serializers.IntegerField(help_text="Products that never were.")


class WarehouseHolding(HoldingForm):
    warehouse = WarehouseReference()


class OrganizationStock(serializers.Serializer):
    organization = serializers.CharField(help_text="External id of the company.")
    warehouses = WarehouseHolding(many=True, help_text="Those that sell first.")
    selling = HoldingForm(help_text="All that sell.")
    not_selling = HoldingForm(help_text="All that do not.")


class StockSummaryForm(serializers.Serializer):
    results = OrganizationStock(many=True)


_EXAMPLE: dict[str, Any] = {
    "items": 480, "with_stock": 455, "without_stock": 20, "negative": 5, "unknown": 0, "quantity": "7105",
    "available_for_sale": "6980", "unknown_for_sale": 0, "value": {"amount": "91250000", "currency_code": "IQD"},
    "no_value": 0, "oldest_at": "2026-11-20T02:14:00Z", "never_verified": 0,
}  # fmt: skip
_PLACE = {"id": "3", "external_id": "5100000000077001", "name": "Main", "sells": True}
_WHOLE = {
    "results": [
        {
            "organization": "10234695",
            "warehouses": [{**_EXAMPLE, "warehouse": _PLACE}],
            "selling": _EXAMPLE,
            "not_selling": {**dict.fromkeys(_EXAMPLE, 0), "quantity": "0", "available_for_sale": "0", "value": None,
                            "oldest_at": None},
        }
    ]
}  # fmt: skip


class StockSummaryView(Conditional, APIView):
    permissions = {"get": ("inventory.view_stocklevel", "inventory.view_warehouse")}
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    @extend_schema(
        operation_id="stock_summary",
        summary="Stock of each warehouse",
        description="Items, quantities, value and age of the figures, for each company and each of its warehouses.",
        parameters=[
            OpenApiParameter("organization", str, description="Only this company; by external id or ours."),
            OpenApiParameter("warehouse", str, description="Only this warehouse; by external id or ours."),
            IF_NONE_MATCH,
        ],
        responses={(200, JSON): StockSummaryForm, 304: NOT_MODIFIED},
        examples=[
            OpenApiExample("A company", value=_WHOLE, response_only=True, media_type=JSON, status_codes=[200])
        ],
    )
    def get(self, request: Request) -> Response:
        refuse_strange_parameters(request, {"organization", "warehouse", exports.PARAMETER})
        organizations = Organization.objects.order_by("pk")
        if keys := keys_asked(request, "organization", Organization):
            organizations = organizations.filter(pk__in=keys)
        places: list[str] = []
        if keys := keys_asked(request, "warehouse", Warehouse):
            found = Warehouse.objects.filter(pk__in=keys)
            places = list(found.values_list("external_id", flat=True))
            organizations = organizations.filter(pk__in=found.values("organization"))
        told = [_told(stock_summary(organization, places)) for organization in organizations]
        return Response({"results": told})


def _told(summary: StockSummary) -> dict[str, Any]:
    currency = summary.organization.currency_code
    return {
        "organization": summary.organization.external_id,
        "warehouses": [
            _holding(each, currency)
            | {
                "warehouse": warehouse_told(
                    each.warehouse.pk, each.warehouse.external_id, each.warehouse.name, each.warehouse.sells
                )
            }
            for each in summary.warehouses
        ],
        "selling": _holding(summary.selling, currency),
        "not_selling": _holding(summary.not_selling, currency),
    }


def _holding(held: Holding, currency: str) -> dict[str, Any]:
    value = None if held.value is None else {"amount": decimal_text(held.value), "currency_code": currency}
    return {
        "items": held.items,
        "with_stock": held.with_stock,
        "without_stock": held.without_stock,
        "negative": held.negative,
        "unknown": held.unknown,
        "quantity": decimal_text(held.quantity),
        "available_for_sale": decimal_text(held.available_for_sale),
        "unknown_for_sale": held.unknown_for_sale,
        "value": value,
        "no_value": held.no_value,
        "oldest_at": held.oldest_at,
        "never_verified": held.never_verified,
    }
