"""Price lists: pairs of one list in two currencies, volume lists and a percentage list."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from ..records import Record
from ..times import anchor
from .words import PRICE_LISTS

if TYPE_CHECKING:
    from ..world import World

_DINARS_PER_DOLLAR = Decimal(1310)


def build_pricebooks(world: World) -> None:
    draw = random.Random(f"pricebooks-{world.seed}")
    items = sorted(world.table("items"), key=lambda r: (r.fields["status"] != "active", r.id))
    for number in range(world.size.price_lists):
        plain = (f"List {number + 1}", "USD", "per_item", "unit", "sales", "active")
        name, currency, kind, scheme, side, status = (*PRICE_LISTS, plain)[min(number, len(PRICE_LISTS))]
        record = build_pricebook(
            world,
            name=name,
            currency_code=currency,
            pricebook_type=kind,
            pricing_scheme=scheme,
            sales_or_purchase_type=side,
            status=status,
        )
        if kind == "per_item":
            # No list has every item, and one list leaves out others than the next.
            wanted = min(world.size.price_list_items, len(items))
            chosen = items[:wanted] if number % 2 == 0 else items[len(items) - wanted :]
            for item in chosen:
                record.prices[item.id] = price_row(world, record, item, draw)
        world.table("pricebooks").put(record)


def build_pricebook(world: World, **fields: Any) -> Record:
    """A price list without rows, not yet in the table; `currency_code` "" is the base currency."""
    code = fields.pop("currency_code", "USD")
    currency = world.currency(code)
    if code and currency is None:
        raise ValueError(f"No currency has the code {code!r}.")
    is_percentage = fields.get("pricebook_type") == "fixed_percentage"
    if is_percentage:
        fields.setdefault("percentage", Decimal("10.00"))
    form: dict[str, Any] = {
        "name": "New price list",
        "description": "",
        "status": "active",
        "sales_or_purchase_type": "sales",
        "pricebook_type": "per_item",
        "pricing_scheme": "unit",
        "currency_id": currency.id if currency else "",
        "currency_code": code,
        "percentage": "",
        "pricebook_rate": "",
        "is_increase": False,
        "rounding_type": "round_to_dollar" if is_percentage else "no_rounding",
        "decimal_place": currency.fields["price_precision"] if currency else 0,
    }
    return Record(
        id=world.new_id(), fields=form | fields, detail={}, created=anchor(), modified=anchor(), rows={}
    )


def price_row(world: World, pricebook: Record, item: Record, draw: random.Random) -> dict[str, Any]:
    """One row: a price in the list's own currency and scale, or brackets in a volume list."""
    discount = Decimal(draw.randrange(70, 101)) / 100
    amount = Decimal(item.fields.get("rate") or 0) * discount
    if pricebook.fields["currency_code"] == "USD":
        amount = (amount / _DINARS_PER_DOLLAR).quantize(Decimal("0.01"))
    else:
        amount = (amount / 250).quantize(Decimal(1)) * 250
    if pricebook.fields["pricing_scheme"] != "volume":
        return {"pricebook_item_id": world.new_id(), "pricebook_rate": amount, "pricebook_discount": ""}
    cheaper = (amount * Decimal("0.9")).quantize(Decimal("0.01"))
    steps = (
        (1, 9, amount),
        (10, 49, cheaper),
        (50, "", (cheaper * Decimal("0.95")).quantize(Decimal("0.01"))),
    )
    return {
        "price_brackets": [
            {
                "pricebook_item_id": world.new_id(),
                "start_quantity": start,
                "end_quantity": end,
                "pricebook_rate": rate,
                "pricebook_discount": "",
            }
            for start, end, rate in steps
        ]
    }
