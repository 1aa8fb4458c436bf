"""GET /items, /items/{id}, /itemdetails, /items/{id}/image, /categories, /brands."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from ..answers import Listing, Refusal, Reply, Request, Single, invalid, missing
from ..encoding import encode
from ..images import answer
from ..records import Record
from ..shapes import detail_body
from ..shapes.places import root_category
from . import listing as shared

_STATUS = {"All": None, "Active": "active", "Inactive": "inactive"}
_TYPES = {
    "Sales": ("sales", "sales_and_purchases", "inventory"),
    "Purchases": ("purchases", "sales_and_purchases", "inventory"),
    "SalesAndPurchases": ("sales_and_purchases",),
    "Inventory": ("inventory",),
    "NonInventory": ("sales", "purchases", "sales_and_purchases"),
}
_EXACT = ("item_id", "category_id", "group_id", "tax_id", "account_id", "vendor_id")
_FILTERS = (
    "filter_by",
    "status",
    "search_text",
    "name",
    "name_startswith",
    "name_contains",
    "sku",
    "sku_startswith",
    "sku_contains",
    *_EXACT,
)


def _on_hand(record: Record) -> Decimal:
    return sum((one.on_hand for one in (record.stock or {}).values()), Decimal(0))


_SORT = {
    "name": shared.by_text("name"),
    "sku": shared.by_text("sku"),
    "rate": shared.by_number("rate"),
    "purchase_rate": shared.by_number("purchase_rate"),
    "created_time": shared.by_created,
    "last_modified_time": shared.by_modified,
    "reorder_level": shared.by_number("reorder_level"),
    "stock_on_hand": _on_hand,
}
# Books documents neither the filter nor this column (zoho-api.md, 5.1).
_BOOKS_SORT = {name: key for name, key in _SORT.items() if name != "last_modified_time"}


def listing(request: Request) -> Listing:
    is_books = request.api == "books"
    column, order, key = shared.sorting(
        request, _BOOKS_SORT if is_books else _SORT, "name", request.settings.item_sort
    )
    since = shared.modified_since(request, "ignored" if is_books else request.settings.item_filter)
    test = _filter_by(request.query)
    identity = (column, order, since, *(request.query.get(name, "") for name in _FILTERS))

    def build(records: list[Record]) -> list[Record]:
        kept = (r for r in records if (since is None or r.modified >= since) and test(r))
        return shared.arrange(kept, key, order)

    records = request.world.table("items").listing(identity, build)
    return shared.page_of(request, "items", records, report="Items", sort=(column, order))


def _filter_by(query: dict[str, str]) -> Callable[[Record], bool]:
    tests = [_group_test(query.get("filter_by", "")), _status_test(query)]
    tests.append(shared.text_test(query, ("name", "sku")))
    tests.append(shared.search_test(query, ("name", "sku", "upc", "part_number")))
    for key in _EXACT:
        if wanted := query.get(key):
            tests.append(_same(key, wanted))
    asked = [test for test in tests if test is not None]
    return lambda record: all(test(record) for test in asked)


def _same(key: str, wanted: str) -> Callable[[Record], bool]:
    return lambda record: (record.id if key == "item_id" else shared.text(record, key)) == wanted


def _status_test(query: dict[str, str]) -> Callable[[Record], bool] | None:
    wanted = query.get("status", "")
    if wanted and wanted not in ("active", "inactive"):
        raise invalid("status")
    if not wanted and not query.get("filter_by"):
        wanted = "active"  # without a filter the inactive ones stay hidden
    return (lambda record: record.fields.get("status", "active") == wanted) if wanted else None


def _group_test(name: str) -> Callable[[Record], bool] | None:
    group, _, value = name.partition(".")
    if not name or name in ("Status.All", "ItemType.All"):
        return None
    if group == "Status" and value in _STATUS:
        return lambda record: record.fields.get("status", "active") == _STATUS[value]
    if name == "Status.Lowstock":
        return lambda r: r.stock is not None and _on_hand(r) <= shared.number(r, "reorder_level")
    if name == "Status.Uncategorized":
        return lambda record: not record.fields.get("category_id")
    if name == "Status.Grouped":
        return lambda record: bool(record.fields.get("group_id"))
    if name == "Status.Unmapped":
        return lambda record: not record.fields.get("zcrm_product_id")
    if name == "ItemType.Service":
        return lambda record: record.fields.get("product_type") == "service"
    if group == "ItemType" and value in _TYPES:
        return lambda record: record.fields.get("item_type", "inventory") in _TYPES[value]
    raise invalid("filter_by")


def detail(request: Request, item_id: str) -> Single:
    return Single("item", detail_body(request.world, "items", _item(request, item_id)))


def details(request: Request) -> Listing:
    """Ids nobody knows are simply absent from the answer, and it has no page_context."""
    ids = [one.strip() for one in request.query.get("item_ids", "").split(",") if one.strip()]
    if not ids:
        raise invalid("item_ids")
    if len(ids) > request.settings.max_item_ids:
        raise Refusal(400, 2, "Invalid value passed for item_ids: too many ids in one call.")
    found = [request.world.record("items", one) for one in dict.fromkeys(ids)]
    records = [record for record in found if record is not None]
    return Listing("items", records, lambda record: detail_body(request.world, "items", record))


def image(request: Request, item_id: str) -> Reply:
    """The raw bytes of the picture; 404 when there is none or document_id names another.

    image_content, a field that no list shows, is another picture under the same document and name.
    """
    fields = _item(request, item_id).fields
    document_id = fields.get("image_document_id", "")
    if not document_id or request.query.get("document_id", document_id) != document_id:
        raise missing("Image")
    name = fields.get("image_name", "")
    kind, body = answer(name, f"{document_id} {name}{fields.get('image_content', '')}")
    return Reply(200, body, content_type=kind)


def categories(request: Request) -> Listing:
    since = shared.modified_since(request, "honoured")
    table = request.world.table("categories")
    found = shared.page_of(request, "categories", [r for r in table if since is None or r.modified >= since])
    if request.query.get("include_root_category") != "false" and since is None:
        found.extra_rows = (encode(root_category()),)
    return found


def brands(request: Request) -> Listing:
    """Unpaged; a filter on modification time is accepted and changes nothing."""
    return shared.whole(request, "brands", request.world.table("brands"))


def _item(request: Request, item_id: str) -> Record:
    record = request.world.record("items", item_id)
    if record is None:
        raise missing("Item")
    return record
