"""/api/v1/invoices/totals/ and the like: what the documents that the filters leave come to, in each currency by itself.

SQLite adds decimals as binary fractions, so its sums are made here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet, Sum
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from ...models.documents import MoneyDocument
from .. import exports, raw
from ..columns import decimal_form
from ..conditional import Conditional
from ..filters import StrictFilterBackend
from ..rendering import OrjsonRenderer, decimal_text
from ..wording import IF_NONE_MATCH, JSON, NOT_MODIFIED
from .filters import filters_of
from .kinds import Kind

CHUNK = 5000


@dataclass(slots=True)
class Added:
    """Of what is known. total: None while nothing is."""

    total: Decimal | None = None
    unknown: int = 0

    def add(self, figure: Decimal | None) -> None:
        if figure is None:
            self.unknown += 1
        else:
            self.total = (self.total or Decimal(0)) + figure


@dataclass
class Totals:
    """Of the documents in one currency. rest: what is still to be paid, or to be used."""

    count: int = 0
    total: Added = field(default_factory=Added)
    rest: Added = field(default_factory=Added)


class CurrencyTotals(serializers.Serializer):
    """Amounts in different currencies are never added."""

    currency_code = serializers.CharField(
        help_text="ISO 4217; empty if the source tells none.", allow_blank=True
    )
    count = serializers.IntegerField(help_text="Documents.")
    total = decimal_form("Of their totals; null when none is known.")
    total_unknown = serializers.IntegerField(help_text="Documents whose total is not known.")
    balance = decimal_form(
        "What is still to be paid, or to be used; null when none is known, or the kind has no such figure."
    )
    balance_unknown = serializers.IntegerField(help_text="Documents whose balance is not known.")


class TotalsForm(serializers.Serializer):
    results = CurrencyTotals(many=True, help_text="The currency with most documents first.")
    left_out = serializers.IntegerField(
        help_text="Drafts, void, cancelled and rejected documents: they come to nothing, unless `status` names them."
    )


_EXAMPLE = {
    "results": [
        {"currency_code": "IQD", "count": 41, "total": "51250000", "total_unknown": 0, "balance": "1250000",
         "balance_unknown": 0},
        {"currency_code": "USD", "count": 7, "total": "8120.5", "total_unknown": 0, "balance": "250.5",
         "balance_unknown": 0},
    ],
    "left_out": 2,
}  # fmt: skip


def has_totals(kind: Kind) -> bool:
    return issubclass(kind.shape.model, MoneyDocument)


def totals_of(rows: QuerySet) -> dict[str, Totals]:
    """{currency: what these documents come to}."""
    model: Any = rows.model
    rest = next((name for name in ("balance", "unused") if hasattr(model, name)), None)
    return (_added_there if connection.vendor == "postgresql" else _added_here)(rows.order_by(), rest)


def _added_there(rows: QuerySet, rest: str | None) -> dict[str, Totals]:
    """By a database that adds decimals as what they are."""
    known = {name: Sum(column) for name, column in (("all", "total"), ("left", rest)) if column}
    counts = {f"{name}_known": Count(column) for name, column in (("all", "total"), ("left", rest)) if column}
    found = rows.values("currency_code").annotate(count=Count("pk"), **known, **counts)
    return {
        row["currency_code"]: Totals(
            row["count"],
            Added(row["all"], row["count"] - row["all_known"]),
            Added(row["left"], row["count"] - row["left_known"]) if rest else Added(),
        )
        for row in found
    }


def _added_here(rows: QuerySet, rest: str | None) -> dict[str, Totals]:
    """SQLite would add decimals as binary fractions. The driver's own figures are taken, as a list may be long."""
    found: dict[str, Totals] = {}
    columns = rows.values_list("currency_code", "total", *([rest] if rest else []))
    for chunk in raw.stream(columns, CHUNK):
        for currency, total, *left in chunk:
            its = found.get(currency) or found.setdefault(currency, Totals())
            its.count += 1
            its.total.add(decimal_of(total))
            for figure in left:
                its.rest.add(decimal_of(figure))
    return found


@lru_cache(maxsize=4096)
def decimal_of(figure: float | None) -> Decimal | None:
    """Of a figure as SQLite keeps it: whole, or the binary fraction next to the decimal that was written."""
    return None if figure is None else Decimal(repr(figure))


class TotalsView(Conditional, GenericViewSet):
    """Takes the filters of the list."""

    of: Kind
    pagination_class = None
    filter_backends = (StrictFilterBackend,)
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    def get_queryset(self) -> QuerySet:
        return self.of.shape.model._default_manager.all()

    @action(detail=False)
    def totals(self, request: Request) -> Response:
        model: Any = self.of.shape.model
        rows = self.filter_queryset(self.get_queryset())
        left_out = 0
        if "status" not in request.query_params:
            left_out = rows.filter(status__in=model.VOID).count()
            rows = rows.exclude(status__in=model.VOID)
        found = sorted(totals_of(rows).items(), key=lambda each: (-each[1].count, each[0]))
        return Response({"results": [_told(currency, its) for currency, its in found], "left_out": left_out})


def _told(currency: str, its: Totals) -> dict[str, Any]:
    return {
        "currency_code": currency,
        "count": its.count,
        "total": decimal_text(its.total.total),
        "total_unknown": its.total.unknown,
        "balance": decimal_text(its.rest.total),
        "balance_unknown": its.rest.unknown,
    }


def totals_view_of(kind: Kind) -> type[TotalsView]:
    listed = filters_of(kind)
    # Changes since a checkpoint come to nothing that could be summed up.
    filters = type(f"{kind.shape.name}TotalsFilters", (listed,), {"changed_since": None, "__doc__": None})
    view = type(
        f"{kind.shape.name}TotalsView",
        (TotalsView,),
        {
            "of": kind,
            "filterset_class": filters,
            "permissions": {"totals": (f"inventory.view_{kind.shape.model._meta.model_name}",)},
        },
    )
    described = extend_schema_view(
        totals=extend_schema(
            operation_id=f"{kind.address.replace('-', '_')}_totals",
            summary=f"What {kind.many} come to",
            description=f"Of all {kind.many} that the filters leave, in each currency by itself.",
            filters=True,
            parameters=[IF_NONE_MATCH],
            responses={(200, JSON): TotalsForm, 304: NOT_MODIFIED},
            examples=[
                OpenApiExample(
                    kind.many, value=_EXAMPLE, response_only=True, media_type=JSON, status_codes=[200]
                )
            ],
        )
    )
    return described(view)
