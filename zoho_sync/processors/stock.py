"""The locations inside an item's detail become stock levels. Source: item details as captured live; the docs call the
figures text, they are numbers, and may be negative."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy

from inventory.models import Product, StockLevel, Warehouse

from ..errors import PayloadError, RecordRejected
from ..excerpts import excerpt, quick_id
from ..payloads import decode, fingerprint
from ..sentences import sentence as _
from .base import ChildSet, Details, Expansion, Field, Kind, Link, Mapping, Processor, Row, identify
from .converters import flag, number
from .product_prices import prices
from .registry import register


def _figures(prefix: str, name: str = "") -> Mapping:
    return Mapping(
        name=name,
        model=StockLevel,
        fields={
            "on_hand": Field(f"{prefix}_stock_on_hand", number),
            "available": Field(f"{prefix}_available_stock", number),
            "committed": Field(f"{prefix}_committed_stock", number),
            "available_for_sale": Field(f"{prefix}_available_for_sale_stock", number),
            "physical_available": Field(f"{prefix}_actual_available_stock", number),
            "physical_committed": Field(f"{prefix}_actual_committed_stock", number),
            "physical_available_for_sale": Field(f"{prefix}_actual_available_for_sale_stock", number),
            "in_transit": Field(f"{prefix}_quantity_in_transit", number),
            "asset_value": Field(f"{prefix}_asset_value", number),
            "is_mapped": Field("is_item_mapped", flag),
        },
        links={"product": Link(Product), "warehouse": Link(Warehouse, few=True)},
        set_of="product",
        history=StockLevel.FIGURES,
    )


_TOTALS = ("stock_on_hand", "available_stock", "actual_available_stock")
levels = _figures("location")
older_levels = _figures("warehouse", "stocklevel: older")
_LISTS = {"locations": (levels, "location_id"), "warehouses": (older_levels, "warehouse_id")}
read = excerpt(
    ("item_id", "status", *_TOTALS, *(field.key for field in prices.fields.values())), lists=_LISTS
)


def stock_of(payload: dict, item_id: str, *, only: frozenset[str] = frozenset()) -> Expansion:
    """The levels of one item's detail, as `read` reads it.

    only: external ids of the warehouses wanted; empty means all. Raises RecordRejected when the detail names no place
    at all: that is no stock figure, not a stock of nothing.
    """
    name = "locations" if payload.get("locations") else "warehouses"
    places = payload.get(name)
    if not isinstance(places, list) or not places:
        raise RecordRejected(_("the detail names no location, so nothing is known of the stock"))
    mapping, id_key = _LISTS[name]
    result, told = Expansion(), set()
    for text in places:
        if only and quick_id(text, id_key) not in only:
            continue
        try:
            place_id, figures, digest = _level(text, name)
        except (RecordRejected, PayloadError) as error:
            result.rejected.append((item_id, _("location: %(problem)s") % {"problem": error}))
            continue
        external_id = f"{item_id}:{place_id}"
        told.add(external_id)
        values = {**figures, "product": item_id, "warehouse": place_id}
        result.rows.append(Row(mapping, external_id, values, unit=item_id, raw=text, hash=digest))
    if not only and not result.rejected:
        result.sets.append(ChildSet(levels, item_id, told))
        result.stock_totals = totals_of(payload)
    return result


# Most items have nothing in most places, which is told in the same bytes: nine of ten are remembered.
@lru_cache(maxsize=2048)
def _level(text: bytes, name: str) -> tuple[str, dict[str, Any], str]:
    """(the place's id, its figures, the text's fingerprint). The figures are shared: not to be changed."""
    mapping, id_key = _LISTS[name]
    place = decode(text)
    return identify(place, id_key), mapping.values(place), fingerprint(text)


def totals_of(payload: dict) -> tuple[Decimal | None, ...]:
    """The sums over all places that list rows and details tell alike: on hand, available, physically available."""
    return tuple(number(payload.get(name)) for name in _TOTALS)


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    item_id = identify(payload, "item_id")
    result = stock_of(payload, item_id, only=frozenset(context.options.warehouses))
    if context.options.update_prices:
        result.rows.insert(0, _prices_of(payload, item_id))
    return result


def _prices_of(payload: dict, item_id: str) -> Row:
    return Row(prices, item_id, prices.values(payload), unit=item_id)


stock = register(
    Processor(
        entity="stock",
        label=gettext_lazy("Stock"),
        mapping=levels,
        path="itemdetails",
        list_key="items",
        id_key="item_id",
        expand=expand,
        decode=read,
        details=Details.BULK,
        lane="stock",
        depends_on=("warehouses", "products"),
        events=("inventory_adjustment", "transfer_order"),
    )
)
