"""GET /pricebooks, /pricebooks/{id}, and Books' /items/pricebookrate."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from ..answers import Listing, Refusal, Request, Single, invalid, missing, unknown_path
from ..encoding import encode
from ..records import Record
from ..shapes import detail_body
from . import listing as shared

_SIDES = {"": "", "SalesOrPurchaseType.All": "", "SalesOrPurchaseType.Sales": "sales"}
_SIDES["SalesOrPurchaseType.Purchases"] = "purchases"


def listing(request: Request) -> Listing:
    """Active and inactive lists, without their items; modification times are not looked at."""
    _need_feature(request)
    name = request.query.get("filter_by", "")
    if name not in _SIDES:
        raise invalid("filter_by")
    side, search = _SIDES[name], shared.search_test(request.query, ("name",))
    records = [
        record
        for record in request.world.table("pricebooks")
        if (not side or record.fields["sales_or_purchase_type"] == side)
        and (search is None or search(record))
    ]
    return shared.page_of(request, "pricebooks", records, report="Price Lists")


def detail(request: Request, pricebook_id: str) -> Single:
    return Single("pricebook", detail_body(request.world, "pricebooks", _pricebook(request, pricebook_id)))


def rates(request: Request) -> Single:
    """Effective prices; an item that is not in a per-item list is answered with its own rate."""
    ids = [one for one in request.query.get("item_ids", "").split(",") if one]
    if not ids:
        raise invalid("item_ids")
    if len(ids) > request.settings.max_item_ids:
        raise Refusal(400, 2, "Invalid value passed for item_ids: too many ids in one call.")
    pricebook = _pricebook(request, request.query.get("pricebook_id", ""))
    found = (request.world.record("items", one) for one in dict.fromkeys(ids))
    return Single("items", encode([_rate(pricebook, item) for item in found if item is not None]))


def _rate(pricebook: Record, item: Record) -> dict[str, Any]:
    rate = item.fields.get("rate", Decimal("0.00"))
    return {
        "item_id": item.id,
        "name": item.fields.get("name", ""),
        "rate": rate,
        "pricebook_rate": _effective(pricebook, item.id, rate),
        "sales_rate": rate,
        "purchase_rate": item.fields.get("purchase_rate", Decimal("0.00")),
    }


def _effective(pricebook: Record, item_id: str, rate: Any) -> Any:
    fields = pricebook.fields
    if fields["pricebook_type"] == "fixed_percentage":
        if not isinstance(rate, (Decimal, int)):
            return rate
        change = Decimal(str(fields["percentage"] or 0)) / 100
        price = Decimal(rate) * (1 + change if fields["is_increase"] else 1 - change)
        step = Decimal(1) if fields["rounding_type"].startswith("round_to_dol") else Decimal("0.01")
        return price.quantize(step, ROUND_HALF_UP).quantize(Decimal("0.01"))
    own = (pricebook.rows or {}).get(item_id)
    if own is None:
        return rate
    brackets = own.get("price_brackets")
    return brackets[0]["pricebook_rate"] if brackets else own.get("pricebook_rate", rate)


def _need_feature(request: Request) -> None:
    if not request.settings.pricebooks_enabled:
        raise unknown_path()


def _pricebook(request: Request, pricebook_id: str) -> Record:
    _need_feature(request)
    record = request.world.record("pricebooks", pricebook_id)
    if record is None:
        raise missing("Price List")
    return record
