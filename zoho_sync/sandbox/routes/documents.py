"""GET /invoices, /invoices/{id} and the other documents: lists without lines, and each document by its id."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

from ..answers import Listing, Request, Single, invalid, missing
from ..encoding import encode
from ..records import Record
from ..shapes import detail_body
from ..shapes.amounts import amounts_of, number
from ..shapes.kinds import DOCUMENTS, DocumentKind
from . import habits
from . import listing as shared

if TYPE_CHECKING:
    from ..world import World

Test = Callable[[Record], bool]
_UNPAID = ("sent", "viewed", "unpaid", "overdue", "partially_paid")
_OPEN = ("open", "overdue", "partially_paid", "sent", "viewed", "confirmed", "issued", "partially_billed")


def _named(statuses: str) -> dict[str, tuple[str, ...]]:
    return {name: (name,) for name in statuses.split()}


# What filter_by may name, in lower case; anything else is refused.
_STATUSES: dict[str, dict[str, tuple[str, ...]]] = {
    "invoices": _named("draft sent viewed overdue paid void") | {"unpaid": _UNPAID, "open": _UNPAID},
    "creditnotes": _named("open draft closed void"),
    "vendorcredits": _named("open draft closed void"),
    "bills": _named("draft overdue paid void") | {"open": _OPEN, "unpaid": _OPEN},
    "salesorders": _named("draft confirmed closed void overdue invoiced") | {"open": _OPEN},
    "purchaseorders": _named("draft issued billed closed cancelled void") | {"open": _OPEN},
    "packages": _named("shipped delivered") | {"notshipped": ("not_shipped",)},
}
for _kind in ("invoices", "bills"):
    _STATUSES[_kind]["partiallypaid"] = ("partially_paid",)
_STATUSES["salesorders"]["partiallyinvoiced"] = ("partially_invoiced",)
_EXACT = ("reference_number", "payment_mode", "date", "due_date")
_TESTED = (
    "filter_by", "status", "customer_id", "vendor_id", "customer_name", "vendor_name", "item_id", "search_text",
    "date_start", "date_end", *_EXACT,
)  # fmt: skip
_NEWEST: tuple[str, str, shared.SortKey] = ("created_time", "D", shared.by_created)


def detail(kind: str, request: Request, document_id: str) -> Single:
    record = request.world.record(kind, document_id)
    if record is None:
        raise missing(DOCUMENTS[kind].noun)
    return Single(DOCUMENTS[kind].root, detail_body(request.world, kind, record))


def listing(kind: str, request: Request) -> Listing:
    """Newest first unless asked otherwise. Parameters that this list ignores are not even checked."""
    about, query = DOCUMENTS[kind], request.query
    obeys = habits.parameters(request, kind)
    by_change = habits.modified_sort(request, kind)
    since = shared.modified_since(request, habits.modified_filter(request, kind))
    column, order, key = _NEWEST
    if obeys == "honoured" or (query.get("sort_column") == "last_modified_time" and by_change == "honoured"):
        column, order, key = _sorting(request, kind, about, by_change)
    if obeys == "refused" and query.keys() - {"organization_id", "page", "per_page", "last_modified_time"}:
        raise invalid(min(query.keys() - {"organization_id", "page", "per_page", "last_modified_time"}))
    tests = _tests(request, kind, about) if obeys == "honoured" else []
    names = (*_TESTED, about.number_key) if tests else ()
    identity = (request.api, column, order, since, *(query.get(name, "") for name in names))

    def build(records: list[Record]) -> list[Record]:
        kept = (r for r in records if (since is None or r.modified >= since) and all(t(r) for t in tests))
        return shared.arrange(kept, key, order)

    records = request.world.table(kind).listing(identity, build)
    report = f"{about.noun}s"
    return shared.page_of(request, kind, records, report=report, sort=(column, order))


def _sorting(
    request: Request, kind: str, about: DocumentKind, by_change: str
) -> tuple[str, str, shared.SortKey]:
    column = request.query.get("sort_column") or "created_time"
    order = request.query.get("sort_order") or "D"
    if order not in ("A", "D"):
        raise invalid("sort_order")
    key = _columns(request, kind, about).get(column)
    if column == "last_modified_time":
        if by_change == "refused":
            raise invalid("sort_column")
        key = shared.by_modified if by_change == "honoured" else None
    elif key is None and request.settings.document_columns == "refused":
        raise invalid("sort_column")
    return (column, order, key) if key else _NEWEST


def _columns(request: Request, kind: str, about: DocumentKind) -> dict[str, shared.SortKey]:
    """What this list can be sorted by, besides the time of change."""
    keys: dict[str, shared.SortKey] = {"created_time": shared.by_created}
    for name in ("date", about.number_key):
        keys[name] = shared.by_text(name)
    for name in ("due_date", "delivery_date", "shipment_date"):
        if name in about.row:
            keys[name] = shared.by_text(name)
    if about.party:
        keys[f"{about.party}_name"] = _by_party(request.world, about)
    for name in ("total", "balance", "amount"):
        if name in about.row:
            keys[name] = _by_amount(request.world, kind, name)
    return keys


def _by_party(world: World, about: DocumentKind) -> shared.SortKey:
    names = {each.id: shared.text(each, "contact_name").casefold() for each in world.table("contacts")}
    return lambda record: names.get(shared.text(record, f"{about.party}_id"), "")


def _by_amount(world: World, kind: str, name: str) -> shared.SortKey:
    return lambda record: number(amounts_of(world, kind, record).get(name))


def _tests(request: Request, kind: str, about: DocumentKind) -> list[Test]:
    """Values that nothing has find nothing; dates that are none are refused."""
    query, world = request.query, request.world
    tests: list[Test] = []
    if habits.knows_status(request, kind) and (named := query.get("filter_by", "")):
        tests.extend(_status_test(kind, about, named))
    if wanted := query.get("status", ""):
        tests.append(_same(about.status_key, wanted))
    if about.party and (party := query.get(f"{about.party}_id", "")):
        tests.append(_same(f"{about.party}_id", party))
    if item := query.get("item_id", ""):
        tests.append(
            lambda record: any(line["item_id"] == item for line in record.fields.get("line_items", ()))
        )
    for name in (*_EXACT, *(() if kind == "packages" else (about.number_key,))):
        if exact := query.get(name, ""):
            tests.append(_same(name, exact))
    if about.party and (name := query.get(f"{about.party}_name", "")):
        ids = {each.id for each in world.table("contacts") if shared.text(each, "contact_name") == name}
        tests.append(lambda record: record.fields.get(f"{about.party}_id") in ids)
    if search := shared.search_test(query, (about.number_key, "reference_number")):
        tests.append(search)
    if habits.knows_dates(request, kind):
        for name, is_first in (("date_start", True), ("date_end", False)):
            if told := query.get(name, ""):
                tests.append(_date_test(name, told, is_first))
    return tests


def _same(key: str, wanted: str) -> Test:
    return lambda record: shared.text(record, key) == wanted


def _status_test(kind: str, about: DocumentKind, named: str) -> list[Test]:
    group, _, value = named.partition(".")
    if group != "Status" or not value:
        raise invalid("filter_by")
    if value == "All":
        return []
    wanted = _STATUSES.get(kind, {}).get(value.casefold())
    if wanted is None:
        raise invalid("filter_by")
    return [lambda record: record.fields.get(about.status_key) in wanted]


def _date_test(name: str, told: str, is_first: bool) -> Test:
    try:
        date.fromisoformat(told)
    except ValueError as error:
        raise invalid(name) from error
    if is_first:
        return lambda record: shared.text(record, "date") >= told
    return lambda record: shared.text(record, "date") <= told


def shipment(request: Request, shipment_id: str) -> Single:
    """GET /shipmentorders/{id}: what a package tells of its shipment; there is no list of them."""
    for package in request.world.table("packages").records.values():
        told = package.detail.get("shipment_order") or {}
        if told.get("shipment_id") == shipment_id:
            number = package.fields.get("package_number", "")
            form = {**told, "package_id": package.id, "package_number": number}
            form |= {key: package.fields.get(key, "") for key in ("salesorder_id", "customer_id")}
            return Single("shipment_order", encode(form))
    raise missing("Shipment Order")
