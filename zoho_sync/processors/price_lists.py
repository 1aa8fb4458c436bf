"""Zoho pricebooks become price lists with their prices. Source: live probes; the detail call is not documented.

The listing has the currency, the detail has the prices; the detail carries no time of change, so every detail is read
every time. Volume lists price by brackets and have no rate; percentage lists have no items at all.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy

from inventory.models import PriceList, PriceListItem, Product

from ..errors import PayloadError, RecordRejected
from ..excerpts import excerpt, quick_id
from ..payloads import decode, fingerprint
from ..sentences import said
from ..sentences import sentence as _
from .base import ChildSet, Details, Expansion, Field, Kind, Link, Mapping, Processor, Row, identify
from .converters import equals, flag, key, moment, number, whole
from .registry import register

lists = Mapping(
    model=PriceList,
    fields={
        "name": Field("name"),
        "description": Field("description"),
        "status": Field("status"),
        "is_active": Field("status", equals("active")),
        "is_default": Field("is_default", flag),
        "direction": Field("sales_or_purchase_type"),
        "kind": Field("pricebook_type"),
        "scheme": Field("pricing_scheme"),
        "currency_external_id": Field("currency_id", key),
        "currency_code": Field("currency_code"),
        "percentage": Field("percentage", number),
        "is_increase": Field("is_increase", flag),
        "rounding_type": Field("rounding_type"),
        "decimal_places": Field("decimal_place", whole),
        "source_modified_at": Field("last_modified_time", moment),
    },
)

items = Mapping(
    model=PriceListItem,
    fields={
        "rate": Field("pricebook_rate", number),
        "discount_percent": Field("pricebook_discount", number),
    },
    links={"price_list": Link(PriceList, few=True), "product": Link(Product)},
    set_of="price_list",
    history=("rate", "brackets"),
)


_PRICES = "pricebook_items"
read = excerpt({"pricebook_id", *(field.key for field in lists.fields.values())}, lists=(_PRICES,))


def _brackets(payload: dict) -> list[dict[str, str | None]]:
    """[{"start": "10", "end": "19" | None, "rate": "8.10"}], by start. A bracket without a rate is refused."""
    found = []
    for each in payload.get("price_brackets") or []:
        if not isinstance(each, dict):
            raise RecordRejected(_("price_brackets: an entry is not an object"))
        start, end, rate = (
            number(each.get(name)) for name in ("start_quantity", "end_quantity", "pricebook_rate")
        )
        if start is None or rate is None:
            raise RecordRejected(_("price_brackets: a bracket has no start or no price"))
        found.append((start, end, rate))
    found.sort(key=lambda bracket: bracket[0])
    return [{"start": _text(start), "end": _text(end), "rate": _text(rate)} for start, end, rate in found]


def _text(value: Decimal | None) -> str | None:
    return None if value is None else format(value, "f")


def expand(payload: dict, raw: bytes, kind: Kind, context: Any) -> Expansion:
    """A list row is a price list; a detail is all of its prices."""
    list_id = identify(payload, "pricebook_id")
    if kind is Kind.ROW:
        values = lists.values(payload)
        if not values.get("name"):
            raise RecordRejected(_("%(key)s is missing") % {"key": "name"})
        return Expansion([Row(lists, list_id, values, unit=list_id, raw=raw, kind=kind)])
    return _prices(payload, raw, list_id, context)


def _prices(payload: dict, raw: bytes, list_id: str, context: Any) -> Expansion:
    texts = payload.get(_PRICES)
    if not isinstance(texts, list):
        if (
            payload.get("pricebook_type") == "fixed_percentage"
            or context.price_list_kind(list_id) == "fixed_percentage"
        ):
            texts = []
        else:
            raise RecordRejected(_("%(key)s is missing") % {"key": _PRICES})
    currency = context.price_list_currency(list_id)
    told = {name: value for name, value in lists.values(payload).items() if name in ("is_default", "scheme")}
    result = Expansion([Row(lists, list_id, told, unit="", raw=raw, kind=Kind.DETAIL)])  # counted when listed
    ids = [quick_id(text, "item_id") for text in texts]
    # Of a product that is told twice neither price is believed, so both have to be seen.
    kept = context.price_hashes(list_id, currency) if len(set(ids)) == len(ids) else {}
    for item_id, text in zip(ids, texts, strict=True):
        external_id = f"{list_id}:{item_id}"
        digest = fingerprint(text)
        if not item_id:
            result.rejected.append((external_id, _("a price names no item")))
        elif kept.get(external_id) == digest:
            result.unchanged.append(external_id)
        else:
            try:
                values = _values(text)
            except (RecordRejected, PayloadError) as error:
                result.rejected.append((external_id, said(error)))
            else:
                values |= {"currency_code": currency, "price_list": list_id, "product": item_id}
                result.rows.append(Row(items, external_id, values, unit=external_id, raw=text, hash=digest))
    if all(ids):  # else nobody knows which one is there after all
        result.sets.append(ChildSet(items, list_id, {f"{list_id}:{item_id}" for item_id in ids}))
    return result


def _values(text: bytes) -> dict[str, Any]:
    """One price's columns. Raises RecordRejected and PayloadError."""
    entry = decode(text)
    values = items.values(entry) | {"brackets": _brackets(entry)}
    if values["brackets"]:
        values["rate"] = None  # the brackets are the price
    return values


price_lists = register(
    Processor(
        entity="price_lists",
        label=gettext_lazy("Price lists"),
        mapping=lists,
        path="pricebooks",
        list_key="pricebooks",
        id_key="pricebook_id",
        detail_key="pricebook",
        expand=expand,
        decode=read,
        details=Details.EACH,
        reads_every_detail=True,
        params={"filter_by": "SalesOrPurchaseType.All"},
        depends_on=("products",),
        events=("pricebook",),
    )
)
