"""How the history of a product is described in the schema."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, PolymorphicProxySerializer, extend_schema
from rest_framework import serializers

from ..models import StockLevel
from ..timeline import BEFORE_FIRST_SEEN, NOT_KNOWN_THEN
from .origin import PriceListReference, WarehouseReference
from .paging import LARGEST_PAGE, PAGE_SIZE
from .prices import Bracket
from .wording import IF_NONE_MATCH, JSON, NOT_MODIFIED

OWN_PRICES = {"base_price": "unit_price", "purchase_price": "purchase_price"}
LIST_PRICE = "price"
FIELDS = (*StockLevel.FIGURES, *OWN_PRICES, LIST_PRICE)


class FieldChange(serializers.Serializer):
    """One change; for stock with its warehouse, for a price with its currency and its list, if it stands in one."""

    id = serializers.CharField()
    field = serializers.ChoiceField(FIELDS)
    warehouse = WarehouseReference(allow_null=True)
    price_list = PriceListReference(allow_null=True)
    currency_code = serializers.CharField(allow_null=True, allow_blank=True)
    before = serializers.DecimalField(24, 8, allow_null=True, help_text="Null: not known before.")
    after = serializers.DecimalField(24, 8, allow_null=True, help_text="Null: not known from then on.")
    brackets_before = Bracket(many=True, allow_null=True, help_text="Only where prices by quantity changed.")
    brackets_after = Bracket(many=True, allow_null=True)
    changed_at = serializers.DateTimeField()
    cause = serializers.CharField(allow_blank=True, help_text="The run, webhook or person.")


class FieldValue(serializers.Serializer):
    """What a figure was; one for each warehouse or price list."""

    warehouse = WarehouseReference(allow_null=True)
    price_list = PriceListReference(allow_null=True)
    currency_code = serializers.CharField(allow_null=True, allow_blank=True)
    value = serializers.DecimalField(24, 8, allow_null=True)
    brackets = Bracket(many=True, allow_null=True, help_text="Where the list had prices by quantity.")
    reason = serializers.ChoiceField(
        [
            (BEFORE_FIRST_SEEN, "The row was first seen later; nothing is known of before."),
            (NOT_KNOWN_THEN, "It had left the source, or the source told no figure."),
        ],
        allow_null=True,
        help_text="Why nothing is known.",
    )
    since = serializers.DateTimeField(
        allow_null=True, help_text="Of the change that brought it, if one is kept."
    )
    cause = serializers.CharField(allow_null=True, allow_blank=True)


class FieldHistory(serializers.Serializer):
    """The changes, newest first, page by page."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = FieldChange(many=True)


class FieldAt(serializers.Serializer):
    """The values at a time."""

    field = serializers.ChoiceField(FIELDS)
    at = serializers.DateTimeField()
    values = FieldValue(many=True)


_PLACE = {"id": "3", "external_id": "5100000000077001", "name": "Main", "sells": True}
_NOTHING: dict[str, Any] = {"price_list": None, "currency_code": None}
CHANGES_EXAMPLE = {
    "next": None,
    "previous": None,
    "results": [
        {
            "id": "9", "field": "on_hand", "warehouse": _PLACE, **_NOTHING, "before": "16", "after": "14",
            "brackets_before": None, "brackets_after": None, "changed_at": "2026-11-20T09:00:00Z", "cause": "run 12",
        }
    ],
}  # fmt: skip
AT_EXAMPLE = {
    "field": "on_hand",
    "at": "2026-11-20T08:00:00Z",
    "values": [
        {
            "warehouse": _PLACE, **_NOTHING, "value": "16", "brackets": None, "reason": None, "since": None,
            "cause": None,
        }
    ],
}  # fmt: skip

history_described = extend_schema(
    operation_id="products_history",
    summary="History of one figure of a product",
    description=(
        "How a stock figure (per warehouse), a base price or a price in a list changed; or, with `at`, what it was at "
        "that time, reconstructed from the changes."
    ),
    parameters=[
        OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Ours."),
        OpenApiParameter("field", str, required=True, enum=FIELDS, description="Which figure."),
        OpenApiParameter("at", OpenApiTypes.DATETIME, description="A time with its zone, not in the future."),
        OpenApiParameter(
            "warehouse", str, description="Of a stock figure: only there; by external id or ours."
        ),
        OpenApiParameter(
            "price_list", str, description="Of `price`: only in that list; by external id or ours."
        ),
        OpenApiParameter(
            "ordering", str, enum=["changed_at", "-changed_at"], description="`-changed_at` if not said."
        ),
        OpenApiParameter(
            "cursor", str, description="A place in the list, from `next` or `previous` of a page."
        ),
        OpenApiParameter(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            description="Rows on one page.",
        ),
        IF_NONE_MATCH,
    ],
    responses={
        (200, JSON): PolymorphicProxySerializer("ProductHistory", [FieldHistory, FieldAt], None),
        304: NOT_MODIFIED,
    },
    examples=[
        OpenApiExample(
            "Changes", value=CHANGES_EXAMPLE, response_only=True, media_type=JSON, status_codes=[200]
        ),
        OpenApiExample(
            "At a time", value=AT_EXAMPLE, response_only=True, media_type=JSON, status_codes=[200]
        ),
    ],
)
