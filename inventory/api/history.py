"""/api/v1/products/{id}/history/: how one figure of a product changed, and what it was at a time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from .. import changes
from ..models import PriceChange, PriceList, PriceListItem, Product, StockChange, StockLevel, Warehouse
from ..timeline import Step, ValueAt, value_at
from . import exports, paging
from .conditional import Conditional
from .filters import MomentField, keys_asked, refuse_strange_parameters
from .history_schema import FIELDS, LIST_PRICE, OWN_PRICES, history_described
from .origin import price_list_told, warehouse_told
from .paging import KeysetPagination
from .rendering import OrjsonRenderer, decimal_text

PLACE = (
    "level__warehouse_id",
    "level__warehouse__external_id",
    "level__warehouse__name",
    "level__warehouse__sells",
)
LIST = ("price_list_id", "price_list__external_id", "price_list__name")


class History(Conditional, APIView):
    """field: a stock figure (per warehouse), base_price or purchase_price, or price (per list)."""

    permissions = {
        "get": ("inventory.view_product", "inventory.view_stockchange", "inventory.view_pricechange")
    }
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat
    orderings = {"changed_at": "changed_at"}
    default_ordering = "-changed_at"

    @history_described
    def get(self, request: Request, pk: int) -> Response:
        known = {"field", "at", "warehouse", "price_list", "ordering", exports.PARAMETER, *paging.PARAMETERS}
        refuse_strange_parameters(request, known)
        field = self._field(request)
        product = Product.objects.filter(pk=pk).values(
            "pk", *OWN_PRICES.values(), "organization__currency_code"
        )
        if not product:
            raise NotFound
        at = self._moment(request)
        if at is not None:
            values = self._at(request, field, product[0], at)
            return Response({"field": field, "at": at, "values": values})
        pages = KeysetPagination()
        rows = self._changes(request, field, pk)
        page = pages.paginate_queryset(rows, request, self)
        return Response(pages.body([_change(field, row) for row in page]))

    # --- What is asked ------------------------------------------------------------------------------

    def _field(self, request: Request) -> str:
        field = request.query_params.get("field", "")
        if field not in FIELDS:
            raise ValidationError(
                {"field": [_("One of %(names)s is expected.") % {"names": ", ".join(FIELDS)}]}
            )
        fitting = "warehouse" if field in StockLevel.FIGURES else "price_list" if field == LIST_PRICE else ""
        for name in ("warehouse", "price_list"):
            if name in request.query_params and name != fitting:
                raise ValidationError({name: [_("%(field)s has none.") % {"field": field}]})
        return field

    def _moment(self, request: Request) -> datetime | None:
        text = request.query_params.get("at")
        if text is None:
            return None
        for name in (*paging.PARAMETERS, "ordering"):
            if name in request.query_params:
                raise ValidationError({name: [_("The values at a time have no pages.")]})
        try:
            moment = MomentField().clean(text)
        except forms.ValidationError as error:
            raise ValidationError({"at": list(error.messages)}) from error
        if moment > timezone.now():
            raise ValidationError({"at": [_("It is in the future.")]})
        return moment

    def _narrowed(self, request: Request, rows: QuerySet, name: str, column: str, model: Any) -> QuerySet:
        keys = keys_asked(request, name, model)
        return rows.filter(**{f"{column}__in": keys}) if keys else rows

    # --- Changes ------------------------------------------------------------------------------------

    def _changes(self, request: Request, field: str, pk: int) -> QuerySet:
        """Rows as dictionaries."""
        common = ("pk", "figure", "before", "after", "changed_at", "cause")
        if field in StockLevel.FIGURES:
            levels = StockChange.objects.filter(level__product=pk, figure=field)
            levels = self._narrowed(request, levels, "warehouse", "level__warehouse", Warehouse)
            return levels.values(*common, "level_id", *PLACE)
        prices = PriceChange.objects.filter(product=pk)
        if field in OWN_PRICES:
            prices = prices.filter(price_list=None, figure=OWN_PRICES[field])
        else:
            prices = prices.filter(price_list__isnull=False, figure__in=("rate", "brackets"))
            prices = self._narrowed(request, prices, "price_list", "price_list", PriceList)
        return prices.values(*common, "currency_code", "brackets_before", "brackets_after", *LIST)

    # --- Values at a time ---------------------------------------------------------------------------

    def _at(
        self, request: Request, field: str, product: dict[str, Any], at: datetime
    ) -> list[dict[str, Any]]:
        steps: dict[Any, list[Step]] = defaultdict(list)
        for row in self._changes(request, field, product["pk"]).order_by("changed_at", "pk"):
            series = row["level_id"] if "level_id" in row else (row["price_list_id"], row["figure"])
            steps[series].append(_step(row))
        if field in StockLevel.FIGURES:
            return self._stock_at(request, field, product["pk"], at, steps)
        if field == LIST_PRICE:
            return self._prices_at(request, product["pk"], at, steps)
        figure, first = OWN_PRICES[field], changes.first_noted("product", [product["pk"]])
        found = value_at(at, steps[None, figure], product[figure], first.get(product["pk"]))
        return [_value(found, currency=product["organization__currency_code"])]

    def _stock_at(self, request: Request, field: str, pk: int, at: datetime, steps) -> list[dict[str, Any]]:
        levels: QuerySet = StockLevel.objects.filter(product=pk).order_by("warehouse__name", "pk")
        levels = self._narrowed(request, levels, "warehouse", "warehouse", Warehouse)
        rows = list(levels.values_list("pk", field, *(path.removeprefix("level__") for path in PLACE)))
        first = changes.first_noted("stock_level", [row[0] for row in rows])
        return [
            _value(value_at(at, steps[key], stored, first.get(key)), warehouse=place)
            for key, stored, *place in rows
        ]

    def _prices_at(self, request: Request, pk: int, at: datetime, steps) -> list[dict[str, Any]]:
        items: QuerySet = PriceListItem.objects.filter(product=pk).order_by("price_list__name", "pk")
        items = self._narrowed(request, items, "price_list", "price_list", PriceList)
        rows = list(items.values_list("pk", "rate", "brackets", "currency_code", *LIST))
        first = changes.first_noted("price", [row[0] for row in rows])
        told = []
        for key, rate, brackets, currency, *place in rows:
            single = value_at(at, steps[place[0], "rate"], rate, first.get(key))
            by_quantity = value_at(at, steps[place[0], "brackets"], brackets, first.get(key))
            main = by_quantity if single.value is None and by_quantity.value else single
            told.append(
                _value(
                    main, price_list=place, currency=currency, rate=single.value, brackets=by_quantity.value
                )
            )
        return told


def _step(row: dict[str, Any]) -> Step:
    side = "brackets_" if row["figure"] == "brackets" else ""
    return Step(row[f"{side}before"], row[f"{side}after"], row["changed_at"], row["cause"])


def _change(field: str, row: dict[str, Any]) -> dict[str, Any]:
    is_stock = "level_id" in row
    return {
        "id": str(row["pk"]),
        "field": field,
        "warehouse": warehouse_told(*(row[name] for name in PLACE)) if is_stock else None,
        "price_list": None if is_stock else price_list_told(*(row[name] for name in LIST)),
        "currency_code": row.get("currency_code"),
        "before": decimal_text(row["before"]),
        "after": decimal_text(row["after"]),
        "brackets_before": row.get("brackets_before"),
        "brackets_after": row.get("brackets_after"),
        "changed_at": row["changed_at"],
        "cause": row["cause"],
    }


_SAME: Any = object()


def _value(
    found: ValueAt,
    *,
    warehouse: Sequence[Any] | None = None,
    price_list: Sequence[Any] | None = None,
    currency: str | None = None,
    rate: Any = _SAME,
    brackets: Any = None,
) -> dict[str, Any]:
    """rate: of a price, where `found` may be about its brackets."""
    return {
        "warehouse": None if warehouse is None else warehouse_told(*warehouse),
        "price_list": None if price_list is None else price_list_told(*price_list),
        "currency_code": currency,
        "value": decimal_text(found.value if rate is _SAME else rate),
        "brackets": brackets or None,
        "reason": found.reason,
        "since": found.since,
        "cause": found.cause,
    }
