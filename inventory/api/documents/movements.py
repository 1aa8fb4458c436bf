"""/api/v1/products/{id}/movements/: the documents with a line of a product, of every kind, the latest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.db import models
from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from ...models import Product, Warehouse
from .. import exports, paging
from ..conditional import Conditional
from ..filters import keys_asked, refuse_strange_parameters
from ..paging import Cursor, page_size
from ..rendering import OrjsonRenderer, decimal_text
from .columns import named_told, reference_told
from .lined import LinedShape
from .movements_schema import movements_described
from .moves import KINDS as MOVES
from .purchases import KINDS as PURCHASES
from .sales import KINDS as SALES
from .values import DayField

NO_DAY = date(1, 1, 1)  # documents without a day come last
ORDER = "-date"


@dataclass(frozen=True)
class Source:
    """Lines of one kind of document. place: in the order of those of a day."""

    place: int
    kind: str
    lines: type[models.Model]
    document: type[models.Model]

    def has(self, column: str) -> bool:
        return hasattr(self.document, column)


def _sources() -> tuple[Source, ...]:
    found = []
    for kind in (*SALES, *PURCHASES, *MOVES):
        if isinstance(kind.shape, LinedShape) and hasattr(kind.shape.parts.model, "product"):
            found.append((kind.kind, kind.shape.parts.model, kind.shape.model))
    return tuple(Source(place, *each) for place, each in enumerate(found))


SOURCES = _sources()
BY_KIND = {source.kind: source for source in SOURCES}


@dataclass(frozen=True)
class Asked:
    """What the visitor wants to see."""

    product: int
    sources: Sequence[Source]
    first_day: date | None
    last_day: date | None
    warehouses: Sequence[int]


Place = tuple[date, int, int]  # day, minus the source's place, the line's key: the greater the earlier told


class Movements(Conditional, APIView):
    permissions = {
        "get": (
            "inventory.view_product",
            *(f"inventory.view_{source.document._meta.model_name}" for source in SOURCES),
        )
    }
    renderer_classes = (OrjsonRenderer,)
    content_negotiation_class = exports.NamedFormat

    @movements_described
    def get(self, request: Request, pk: int) -> Response:
        known = {"kind", "date_from", "date_to", "warehouse", exports.PARAMETER, *paging.PARAMETERS}
        refuse_strange_parameters(request, known, several={"kind"})
        asked, size, after = _asked(request, pk), page_size(request), _place_asked(request)
        if pk > paging.LARGEST_KEY or not Product.objects.filter(pk=pk).exists():
            raise NotFound
        found = [each for source in asked.sources for each in _window(source, asked, after, size + 1)]
        found.sort(key=lambda each: each[0], reverse=True)
        page = found[:size]
        following = _address(request, page[-1][0]) if len(found) > size else None
        return Response({"next": following, "results": [told for _place, told in page]})


# --- What is asked ---------------------------------------------------------------------------------------


def _asked(request: Request, product: int) -> Asked:
    kinds = request.query_params.getlist("kind")
    if any(kind not in BY_KIND for kind in kinds):
        told = _("One of %(names)s is expected.") % {"names": ", ".join(BY_KIND)}
        raise ValidationError({"kind": [told]})
    return Asked(
        product,
        [source for source in SOURCES if not kinds or source.kind in kinds],
        _day(request, "date_from"),
        _day(request, "date_to"),
        keys_asked(request, "warehouse", Warehouse),
    )


def _day(request: Request, name: str) -> date | None:
    try:
        return DayField(required=False).clean(request.query_params.get(name))
    except forms.ValidationError as error:
        raise ValidationError({name: list(error.messages)}) from error


def _place_asked(request: Request) -> Place | None:
    """After which line the page begins."""
    text = request.query_params.get("cursor")
    if text is None:
        return None
    cursor = Cursor.decode(text)
    source = BY_KIND.get(cursor.carried.get("kind", ""))
    try:
        day = date.fromisoformat(str(cursor.value))
    except ValueError:
        day = None
    if cursor.ordering != ORDER or source is None or day is None:
        raise ValidationError({"cursor": [_("This is no cursor of this list; begin again without one.")]})
    return day, -source.place, cursor.key


def _address(request: Request, place: Place) -> str:
    day, minus_source, key = place
    cursor = Cursor(ORDER, day.isoformat(), key, False, {"kind": SOURCES[-minus_source].kind})
    query = request.query_params.copy()
    query["cursor"] = cursor.encode()
    return f"{request.build_absolute_uri(request.path)}?{query.urlencode()}"


# --- Lines -----------------------------------------------------------------------------------------------


def _window(source: Source, asked: Asked, after: Place | None, at_most: int) -> list[tuple[Place, Any]]:
    """The first lines of one kind after that place, in their order."""
    lines: QuerySet = source.lines._default_manager.filter(
        product=asked.product, removed_at__isnull=True, document__removed_at__isnull=True
    ).annotate(day=Coalesce("document__date", Value(NO_DAY), output_field=DateField()))
    if asked.first_day is not None:
        lines = lines.filter(document__date__gte=asked.first_day)
    if asked.last_day is not None:
        lines = lines.filter(document__date__lte=asked.last_day)
    if asked.warehouses:
        lines = lines.filter(_at(source, asked.warehouses))
    if after is not None:
        lines = lines.filter(_beyond(source, after))
    columns = _columns(source)
    rows = lines.order_by("-day", "-pk").values_list("day", "pk", *columns.values())[:at_most]
    return [
        ((day, -source.place, key), _told(source, key, dict(zip(columns, values, strict=True))))
        for day, key, *values in rows
    ]


def _at(source: Source, warehouses: Sequence[int]) -> Q:
    """From or to there: by the line, else by its document."""
    here = Q(warehouse__in=warehouses)
    here |= Q(warehouse_external_id="", document__warehouse__in=warehouses)
    return here | Q(document__to_warehouse__in=warehouses) if source.has("to_warehouse") else here


def _beyond(source: Source, after: Place) -> Q:
    day, minus_source, key = after
    if -source.place > minus_source:  # of that day all have been told
        return Q(day__lt=day)
    if -source.place < minus_source:
        return Q(day__lte=day)
    return Q(day__lt=day) | Q(day=day, pk__lt=key)


def _columns(source: Source) -> dict[str, str]:
    """{name: path} of what is read of a line."""
    found = {name: name for name in ("external_id", "name", "quantity", "unit", *_PLACE)}
    found |= {
        f"document_{name}": f"document__{name}" for name in ("id", "external_id", "number", "status", *_PLACE)
    }
    found["date"] = "document__date"
    party = "customer" if source.has("customer") else "vendor" if source.has("vendor") else ""
    if party:
        told = {"id": f"{party}_id", "external_id": f"{party}_external_id", "name": f"{party}_name"}
        found |= {f"party_{name}": f"document__{path}" for name, path in told.items()}
    if source.has("to_warehouse"):
        found |= {f"to_{name}": f"document__to_{name}" for name in _PLACE}
    if hasattr(source.lines, "rate"):
        own = source.has("currency_code")
        found |= {
            "rate": "rate",
            "currency": "document__currency_code" if own else "document__sales_order__currency_code",
        }
    return found


_PLACE = ("warehouse_id", "warehouse_external_id")


def _told(source: Source, key: int, row: dict[str, Any]) -> dict[str, Any]:
    rate = decimal_text(row.get("rate"))
    line_says = bool(row["warehouse_external_id"])
    place = "" if line_says else "document_"
    return {
        "kind": source.kind,
        "date": row["date"],
        "document": {
            "id": str(row["document_id"]),
            "external_id": row["document_external_id"],
            "number": row["document_number"],
            "status": row["document_status"],
        },
        "line": {"id": str(key), "external_id": row["external_id"], "name": row["name"]},
        "party": named_told(*(row.get(f"party_{name}") for name in ("id", "external_id", "name"))),
        "quantity": decimal_text(row["quantity"]),
        "unit": row["unit"],
        "rate": None if rate is None else {"amount": rate, "currency_code": row["currency"] or ""},
        "warehouse": reference_told(*(row[f"{place}{name}"] for name in _PLACE)),
        "to_warehouse": reference_told(*(row.get(f"to_{name}") for name in _PLACE)),
    }
