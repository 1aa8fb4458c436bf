"""Whom and what the keys in a report's rows mean; looked up for the rows that are shown, so that names are today's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..models import Customer, PriceList, Product, Warehouse
from .base import REFERENCES, Column, Row

BATCH = 500
MODELS: dict[str, Any] = {
    "product": Product, "customer": Customer, "warehouse": Warehouse, "price_list": PriceList,
}  # fmt: skip
CODES = {"product": "sku", "customer": "number"}
MOST_ASKED_BY_KEY = 5000


@dataclass(frozen=True)
class Reference:
    """code: SKU of a product, number of a customer; "" where there is none."""

    kind: str
    key: int
    external_id: str
    name: str
    code: str = ""
    is_removed: bool = False

    def __str__(self) -> str:
        return self.name or self.external_id


def of_rows(columns: Sequence[Column], rows: Sequence[Row]) -> dict[tuple[str, int], Reference]:
    """{(kind, key): reference} of every key in these rows, in one query a kind for each 500."""
    found: dict[tuple[str, int], Reference] = {}
    for kind in REFERENCES:
        places = [place for place, column in enumerate(columns) if column.kind == kind]
        keys = {row[place] for row in rows for place in places if row[place] is not None}
        for each in _read(kind, keys):
            found[kind, each.key] = each
    return found


def _read(kind: str, keys: Iterable[int]) -> Iterable[Reference]:
    wanted = sorted(keys)
    names = ["pk", "external_id", "name", "removed_at", *([CODES[kind]] if kind in CODES else [])]
    for start in range(0, len(wanted), BATCH):
        rows = MODELS[kind].objects.filter(pk__in=wanted[start : start + BATCH]).order_by()
        for key, external_id, name, removed_at, *code in rows.values_list(*names):
            yield Reference(kind, key, external_id, name, "".join(code), removed_at is not None)


def ranks(kind: str, keys: set[int]) -> dict[int, int]:
    """The place of each key in the order of names."""
    rows = MODELS[kind].objects.order_by("name", "pk")
    if len(keys) <= MOST_ASKED_BY_KEY:
        named = sorted((each.name, each.key) for each in _read(kind, keys))
        return {key: place for place, (_name, key) in enumerate(named)}
    return {key: place for place, key in enumerate(rows.values_list("pk", flat=True).iterator())}
