"""GET /contacts, /contacts/{id} and its persons and addresses: customers and vendors in one list."""

from __future__ import annotations

from collections.abc import Callable

from ..answers import Listing, Request, Single, invalid, missing
from ..encoding import encode
from ..records import Record
from ..shapes import detail_body
from . import listing as shared

_SORT = {
    "contact_name": shared.by_text("contact_name"),
    "first_name": shared.by_text("first_name"),
    "last_name": shared.by_text("last_name"),
    "email": shared.by_text("email"),
    "outstanding_receivable_amount": shared.by_number("outstanding_receivable_amount"),
    "created_time": shared.by_created,
    "last_modified_time": shared.by_modified,
}
_TEXT_KEYS = ("contact_name", "company_name", "first_name", "last_name", "email", "phone")
_STATUS = {"Status.All": "", "Status.Active": "active", "Status.Inactive": "inactive", "": "active"}
_EMPTY_GROUPS = ("Status.Duplicate", "Status.Crm")  # nobody here is a duplicate or comes from a CRM


def listing(request: Request) -> Listing:
    """last_modified_time is taken without a word and has no effect (zoho-api.md, 6)."""
    column, order, key = shared.sorting(request, _SORT, "contact_name", request.settings.contact_sort)
    since = shared.modified_since(request, request.settings.contact_filter)
    test = _filter_by(request)
    names = ("filter_by", "contact_type", "search_text", *_text_filters())
    identity = (request.api, column, order, since, *(request.query.get(name, "") for name in names))

    def build(records: list[Record]) -> list[Record]:
        kept = (r for r in records if (since is None or r.modified >= since) and test(r))
        return shared.arrange(kept, key, order)

    records = request.world.table("contacts").listing(identity, build)
    return shared.page_of(request, "contacts", records, report="Contacts", sort=(column, order))


def _text_filters() -> list[str]:
    return [f"{key}{end}" for key in _TEXT_KEYS for end in ("", "_startswith", "_contains")]


def _filter_by(request: Request) -> Callable[[Record], bool]:
    query, name = request.query, request.query.get("filter_by", "")
    if name in _EMPTY_GROUPS:
        return lambda record: False
    if name not in _STATUS:
        raise invalid("filter_by")
    status = _STATUS[name]
    # Only Books documents contact_type; Inventory does not look at it.
    kind = query.get("contact_type", "") if request.api == "books" else ""
    if kind not in ("", "customer", "vendor"):
        raise invalid("contact_type")
    tests = [
        test for test in (shared.text_test(query, _TEXT_KEYS), shared.search_test(query, _TEXT_KEYS)) if test
    ]

    def test(record: Record) -> bool:
        if status and record.fields.get("status", "active") != status:
            return False
        if kind and record.fields.get("contact_type") != kind:
            return False
        return all(one(record) for one in tests)

    return test


def detail(request: Request, contact_id: str) -> Single:
    return Single("contact", detail_body(request.world, "contacts", _contact(request, contact_id)))


def persons(request: Request, contact_id: str) -> Single:
    return Single("contact_persons", encode(_contact(request, contact_id).detail.get("contact_persons", [])))


def addresses(request: Request, contact_id: str) -> Single:
    return Single("addresses", encode(_contact(request, contact_id).detail.get("addresses", [])))


def _contact(request: Request, contact_id: str) -> Record:
    record = request.world.record("contacts", contact_id)
    if record is None:
        raise missing("Contact")
    return record
