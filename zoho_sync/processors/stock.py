"""The locations inside an item's detail become stock levels. Source: item details as captured live; the docs call the
figures text, they are numbers, and may be negative."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from inventory.models import Product, StockLevel, Warehouse

from ..errors import RecordRejected
from ..payloads import elements
from ..sentences import sentence as _
from .base import ChildSet, Details, Expansion, Field, Kind, Link, Mapping, Processor, Row, identify
from .converters import flag, number
from .product_prices import prices
from .registry import register


def _figures(prefix: str) -> Mapping:
    return Mapping(
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
older_levels = _figures("warehouse")


def stock_of(payload: dict, raw: bytes, item_id: str, *, only: frozenset[str] = frozenset()) -> Expansion:
    """The levels of one item's detail.

    only: external ids of the warehouses wanted; empty means all. Raises RecordRejected when the detail names no place
    at all: that is no stock figure, not a stock of nothing.
    """
    name, mapping, id_key = "locations", levels, "location_id"
    if not payload.get(name):
        name, mapping, id_key = "warehouses", older_levels, "warehouse_id"
    places = payload.get(name)
    if not isinstance(places, list) or not places:
        raise RecordRejected(_("the detail names no location, so nothing is known of the stock"))
    result, told = Expansion(), set()
    for place, text in zip(places, elements(raw, name, places), strict=True):
        try:
            place_id = identify(place if isinstance(place, dict) else {}, id_key)
            external_id = f"{item_id}:{place_id}"
            told.add(external_id)
            if only and place_id not in only:
                continue
            values = mapping.values(place)
        except RecordRejected as error:
            result.rejected.append((item_id, _("location: %(problem)s") % {"problem": error}))
        else:
            values["product"], values["warehouse"] = item_id, place_id
            result.rows.append(Row(mapping, external_id, values, unit=item_id, raw=text))
    if not only and not result.rejected:
        result.sets.append(ChildSet(levels, item_id, told))
        result.stock_totals = totals_of(payload)
    return result


def totals_of(payload: dict) -> tuple[Decimal | None, ...]:
    """The sums over all places that list rows and details tell alike: on hand, available, physically available."""
    return tuple(number(payload.get(name)) for name in _TOTALS)


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    item_id = identify(payload, "item_id")
    result = stock_of(payload, raw, item_id, only=frozenset(context.options.warehouses))
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
        details=Details.BULK,
        lane="stock",
        depends_on=("warehouses", "products"),
        events=("inventory_adjustment", "transfer_order"),
    )
)
