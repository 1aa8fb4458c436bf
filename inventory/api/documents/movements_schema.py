"""What a product's movements look like, for the schema."""

from __future__ import annotations

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import serializers

from ..columns import Money, decimal_form
from ..paging import LARGEST_PAGE, PAGE_SIZE
from ..wording import IF_NONE_MATCH, JSON, NOT_MODIFIED
from .columns import NamedReference, Reference

NAMES = (
    "sales_order", "invoice", "credit_note", "package", "sales_return", "purchase_order", "bill", "vendor_credit",
    "adjustment", "transfer_order",
)  # fmt: skip


class MovementDocument(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField()
    number = serializers.CharField(allow_blank=True)
    status = serializers.CharField(allow_blank=True, help_text="The source's own word.")


class MovementLine(serializers.Serializer):
    id = serializers.CharField()
    external_id = serializers.CharField()
    name = serializers.CharField(allow_blank=True, help_text="The product's name as the document says it.")


class Movement(serializers.Serializer):
    """A line of the product. Whether it moved stock, its kind and its document's status say."""

    kind = serializers.CharField(help_text=f"One of {', '.join(NAMES)}.")
    date = serializers.DateField(allow_null=True, help_text="The document's day in the organisation's zone.")
    document = MovementDocument()
    line = MovementLine()
    party = NamedReference(allow_null=True, help_text="The customer or vendor, as the document says it.")
    quantity = decimal_form("As the document says it: of an adjustment a difference; null is unknown.")
    unit = serializers.CharField(allow_blank=True)
    rate = Money(allow_null=True, help_text="Price of one, in the document's currency.")
    warehouse = Reference(
        allow_null=True, help_text="The place, by the line or else by its document; of a transfer whence."
    )
    to_warehouse = Reference(allow_null=True, help_text="Of a transfer whither.")


class MovementsForm(serializers.Serializer):
    next = serializers.URLField(allow_null=True, help_text="The next page.")
    results = Movement(many=True)


_EXAMPLE = {
    "next": None,
    "results": [
        {
            "kind": "invoice",
            "date": "2026-11-20",
            "document": {
                "id": "17",
                "external_id": "5100000000310017",
                "number": "INV-000017",
                "status": "sent",
            },
            "line": {"id": "91", "external_id": "5100000000310091", "name": "Cable 3 m"},
            "party": {"id": "31", "external_id": "5100000000090031", "name": "Al Noor"},
            "quantity": "10",
            "unit": "pcs",
            "rate": {"amount": "125.05", "currency_code": "USD"},
            "warehouse": {"id": "3", "external_id": "5100000000077001"},
            "to_warehouse": None,
        }
    ],
}


def _query(name: str, form: object, told: str) -> OpenApiParameter:
    return OpenApiParameter(name, form, description=told)  # type: ignore[arg-type]


movements_described = extend_schema(
    operation_id="products_movements",
    summary="Which documents speak of a product",
    description="Lines of the product in documents of every kind, by the day of the document, the latest first.",
    parameters=[
        OpenApiParameter("id", OpenApiTypes.INT64, OpenApiParameter.PATH, description="Ours."),
        _query(
            "kind",
            {"type": "array", "items": {"type": "string", "enum": [*NAMES]}},
            "Only of this kind; may come several times.",
        ),
        _query("date_from", OpenApiTypes.DATE, "Of this day or later."),
        _query("date_to", OpenApiTypes.DATE, "Of this day or earlier."),
        _query("warehouse", str, "From or to this place; by external id or ours."),
        _query(
            "page_size",
            {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE_SIZE},
            "Rows on one page.",
        ),
        _query("cursor", str, "A place in the list, from `next` of a page."),
        IF_NONE_MATCH,
    ],
    responses={(200, JSON): MovementsForm, 304: NOT_MODIFIED},
    examples=[
        OpenApiExample("A product", value=_EXAMPLE, response_only=True, media_type=JSON, status_codes=[200])
    ],
)
