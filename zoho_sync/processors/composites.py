"""Zoho composite items: of what a kit or an assembly is made. Each is an ordinary item as well, under the same id."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from inventory.models import Composite, CompositePart, Product

from .base import Details, Expansion, Field, Kind, Mapping, Processor, Row, identify
from .converters import equals, moment
from .documents import LINE, Lines, Links, add_lines, linked, links_of, parts_of
from .registry import register

_TO_ITSELF: Links = {"product": (Product, ("composite_item_id",))}

head = Mapping(
    model=Composite,
    fields={
        "name": Field("name", required=True),
        "sku": Field("sku"),
        "kind": Field("combo_type"),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
        "source_created_at": Field("created_time", moment),
        "source_modified_at": Field("last_modified_time", moment),
    },
    computed=lambda payload: linked(payload, _TO_ITSELF),
    links=links_of(_TO_ITSELF),
)
lines = Lines(
    model=CompositePart,
    payload_key="mapped_items",
    fields={name: LINE[name] for name in ("name", "unit")},
    links={"product": (Product, ("item_id",))},
)
parts = parts_of(Composite, lines)


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    composite_id = identify(payload, "composite_item_id")
    result = Expansion([Row(head, composite_id, head.values(payload), unit=composite_id, raw=raw, kind=kind)])
    if kind is Kind.DETAIL:
        add_lines(result, payload, composite_id, parts, lines)
    return result


composites = register(
    Processor(
        entity="composites",
        label=_("Composite products"),
        mapping=head,
        path="compositeitems",
        list_key="composite_items",
        id_key="composite_item_id",
        detail_key="composite_item",
        expand=expand,
        details=Details.EACH,
        lane="documents",
        modified_filter=True,
        sorts=True,
        is_background=True,
        depends_on=("products",),
        events=("composite_item",),
    )
)
