"""GET /itemgroups and /compositeitems, and each of them by its id."""

from __future__ import annotations

from collections.abc import Callable

from ..answers import Listing, Request, Single, invalid, missing
from ..records import Record
from ..shapes import detail_body
from ..shapes.catalogue import combo_type
from . import habits
from . import listing as shared

_COLUMNS: dict[str, shared.SortKey] = {
    "name": shared.by_text("name"),
    "sku": shared.by_text("sku"),
    "rate": shared.by_number("rate"),
    "purchase_rate": shared.by_number("purchase_rate"),
    "created_time": shared.by_created,
    "reorder_level": shared.by_number("reorder_level"),
}
_STATUSES = {"": "", "Status.All": "", "Status.Active": "active", "Status.Inactive": "inactive"}
_TYPES = {"ComboType.Assembly": "assembly", "ComboType.Kit": "kit"}


def groups(request: Request) -> Listing:
    """Nothing but paging is looked at, unless it is set otherwise."""
    by_change = habits.modified_sort(request, "itemgroups")
    since = shared.modified_since(request, habits.modified_filter(request, "itemgroups"))
    column, order, key = "created_time", "A", shared.by_created
    if request.query.get("sort_column") == "last_modified_time" and by_change == "honoured":
        column, order, key = "last_modified_time", _order(request), shared.by_modified
    kept = (r for r in request.world.table("itemgroups") if since is None or r.modified >= since)
    records = shared.arrange(kept, key, order)
    return shared.page_of(request, "itemgroups", records, report="Item Groups", sort=(column, order))


def group(request: Request, group_id: str) -> Single:
    """Without a root by the contract: the keys stand beside code and message."""
    record = request.world.record("itemgroups", group_id)
    if record is None:
        raise missing("Item Group")
    return Single(request.settings.group_root, detail_body(request.world, "itemgroups", record))


def composites(request: Request) -> Listing:
    """Active and inactive ones; last_modified_time is looked at."""
    query = request.query
    since = shared.modified_since(request, habits.modified_filter(request, "compositeitems"))
    column, order, key = _sorting(request)
    tests = _tests(request) if habits.parameters(request, "compositeitems") == "honoured" else []
    names = ("filter_by", "status", "combo_type", "category_id", "search_text", "name", "sku")
    identity = (request.api, column, order, since, bool(tests), *(query.get(name, "") for name in names))

    def build(records: list[Record]) -> list[Record]:
        kept = (r for r in records if (since is None or r.modified >= since) and all(t(r) for t in tests))
        return shared.arrange(kept, key, order)

    records = request.world.table("compositeitems").listing(identity, build)
    return shared.page_of(request, "compositeitems", records, report="Composite Items", sort=(column, order))


def composite(request: Request, item_id: str) -> Single:
    record = request.world.record("compositeitems", item_id)
    if record is None:
        raise missing("Composite Item")
    return Single("composite_item", detail_body(request.world, "compositeitems", record))


def _sorting(request: Request) -> tuple[str, str, shared.SortKey]:
    column = request.query.get("sort_column") or "name"
    if column == "last_modified_time":
        by_change = habits.modified_sort(request, "compositeitems")
        if by_change == "refused":
            raise invalid("sort_column")
        return (column, _order(request), shared.by_modified) if by_change == "honoured" else _default()
    if column in _COLUMNS:
        return column, _order(request), _COLUMNS[column]
    if request.settings.document_columns == "refused":
        raise invalid("sort_column")
    return _default()


def _default() -> tuple[str, str, shared.SortKey]:
    return "name", "A", _COLUMNS["name"]


def _order(request: Request) -> str:
    order = request.query.get("sort_order") or "A"
    if order not in ("A", "D"):
        raise invalid("sort_order")
    return order


def _tests(request: Request) -> list[Callable[[Record], bool]]:
    query = request.query
    named, status = query.get("filter_by", ""), query.get("status", "")
    tests: list[Callable[[Record], bool]] = []
    if named in _TYPES:
        tests.append(lambda record: combo_type(record) == _TYPES[named])
    elif named not in _STATUSES:
        raise invalid("filter_by")
    elif wanted := _STATUSES[named]:
        tests.append(lambda record: record.fields.get("status") == wanted)
    if status not in ("", "all"):
        tests.append(lambda record: record.fields.get("status") == status)
    if kind := query.get("combo_type", ""):
        tests.append(lambda record: combo_type(record) == kind)
    if category := query.get("category_id", ""):
        tests.append(lambda record: shared.text(record, "category_id") == category)
    for test in (shared.text_test(query, ("name", "sku")), shared.search_test(query, ("name", "sku"))):
        if test is not None:
            tests.append(test)
    return tests
