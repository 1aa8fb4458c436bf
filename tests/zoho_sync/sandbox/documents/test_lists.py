"""Lists of documents: their roots and rows, pages, scopes, and which parameters hold or lie."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from zoho_sync.sandbox import SandboxError

from ..conftest import Client

APIS = ("/inventory/v1", "/books/v3")
# path: (root of the list, key of the id, module of the scope)
LISTS = {
    "invoices": ("invoices", "invoice_id", "invoices"),
    "salesorders": ("salesorders", "salesorder_id", "salesorders"),
    "customerpayments": ("customerpayments", "payment_id", "customerpayments"),
    "creditnotes": ("creditnotes", "creditnote_id", "creditnotes"),
    "bills": ("bills", "bill_id", "bills"),
    "purchaseorders": ("purchaseorders", "purchaseorder_id", "purchaseorders"),
    "vendorcredits": ("vendorcredits", "vendor_credit_id", "debitnotes"),
    "packages": ("packages", "package_id", "packages"),
    "salesreturns": ("salesreturns", "salesreturn_id", "salesreturns"),
    "inventoryadjustments": ("inventory_adjustments", "inventory_adjustment_id", "inventoryadjustments"),
    "transferorders": ("transfer_orders", "transfer_order_id", "transferorders"),
    "itemgroups": ("itemgroups", "group_id", "items"),
    "compositeitems": ("composite_items", "composite_item_id", "compositeitems"),
}
DOCUMENTS = [kind for kind in LISTS if kind not in ("itemgroups", "compositeitems")]
FILTERED = {
    "/inventory/v1": {"vendorcredits", "compositeitems"},
    "/books/v3": {"invoices", "salesorders", "purchaseorders", "bills", "vendorcredits", "compositeitems"},
}
SORTED = {
    "/inventory/v1": {"packages", "transferorders", "vendorcredits", "compositeitems"},
    "/books/v3": {"salesorders", "packages", "transferorders", "vendorcredits", "compositeitems"},
}
TOMORROW = "2030-01-01T00:00:00+0000"


def rows_of(client, kind, **query):
    return client.get(f"/{kind}", **query)[LISTS[kind][0]]


def every(client, kind, **query):
    found, page = [], 1
    while True:
        answer = client.get(f"/{kind}", page=page, **query)
        found += answer[LISTS[kind][0]]
        if not answer["page_context"]["has_more_page"]:
            return found
        page += 1


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", LISTS)
def test_pages_together_are_every_record_once(kind, api, kept, reader):
    answer = reader.get(f"/{kind}", api=api, per_page=50)
    assert answer.keys() == {"code", "message", LISTS[kind][0], "page_context"}

    ids = [row[LISTS[kind][1]] for row in every(reader, kind, api=api, per_page=50)]

    assert sorted(ids) == sorted(kept.control.ids(kind))
    assert len(set(ids)) == len(ids) > 0


def test_a_page_has_two_hundred_rows_at_most(reader):
    answer = reader.get("/invoices", per_page=800)

    assert (len(answer["invoices"]), answer["page_context"]["per_page"]) == (200, 200)


@pytest.mark.parametrize("kind", DOCUMENTS)
def test_a_row_has_no_lines_and_says_nothing_by_empty_texts(kind, reader):
    for row in rows_of(reader, kind):
        assert not {"line_items", "notes_internal", "billing_address"} & row.keys()
        assert None not in row.values()


def test_amounts_are_numbers_in_one_row_and_text_in_the_next(reader):
    kinds = Counter(type(row["total"]) for row in rows_of(reader, "invoices"))

    assert kinds.keys() == {Decimal, str}


@pytest.mark.parametrize(("habit", "kind"), [("numbers", Decimal), ("text", str)])
def test_amounts_can_be_all_of_one_sort(habit, kind, kept, reader):
    kept.control.settings(document_amounts=habit)

    assert {type(row["balance"]) for row in rows_of(reader, "invoices")} == {kind}


@pytest.mark.parametrize(
    "kind", ["customerpayments", "salesreturns", "inventoryadjustments", "transferorders"]
)
def test_some_rows_tell_no_times_unless_they_shall(kind, kept, reader):
    assert not any("last_modified_time" in row for row in rows_of(reader, kind))

    kept.control.settings(document_row_times="always")

    assert all({"created_time", "last_modified_time"} <= row.keys() for row in rows_of(reader, kind))


def test_custom_fields_are_flat_in_a_row_and_a_list_in_the_detail(reader):
    row = next(row for row in every(reader, "invoices") if row["cf_delivery_note"])

    told = reader.get(f"/invoices/{row['invoice_id']}")["invoice"]["custom_fields"]

    assert row["cf_delivery_note_unformatted"] == row["cf_delivery_note"]
    field = next(each for each in told if each["api_name"] == "cf_delivery_note")
    assert (field["value"], field["label"]) == (row["cf_delivery_note"], "Delivery Note")


@pytest.mark.parametrize("kind", LISTS)
def test_a_row_agrees_with_its_detail(kind, reader):
    row = rows_of(reader, kind)[-1]
    answer = reader.get(f"/{kind}/{row[LISTS[kind][1]]}")
    detail = next((value for value in answer.values() if isinstance(value, dict)), answer)

    for key in ("date", "status", "customer_name", "due_date", "location_name", "name", "group_name"):
        if key in row and key in detail:
            assert row[key] == detail[key]
    for key in ("total", "balance", "amount", "unused_amount"):
        if key in row and row[key] != "":
            assert Decimal(row[key]) == detail[key]


@pytest.mark.parametrize("kind", LISTS)
def test_an_id_that_nobody_has_is_told_from_a_path_that_is_none(kind, reader):
    assert reader.refusal(f"/{kind}/1") == (404, 1002)
    assert reader.refusal(f"/{kind}/1/nothing") == (404, 5)


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_needs_the_scope_of_its_module(kind, empty):
    client = Client(empty)

    def status(scope: str) -> int:
        own = empty.credentials
        form = {"client_id": own["ZOHO_CLIENT_ID"], "client_secret": own["ZOHO_CLIENT_SECRET"]}
        code = empty.control.grant_code(scope=scope)
        answer = client.post_form("/oauth/v2/token", grant_type="authorization_code", code=code, **form)[1]
        client.token = answer["access_token"]
        return client.raw(f"/{kind}")[0]

    assert status(f"ZohoInventory.{LISTS[kind][2]}.READ") == 200
    assert status("ZohoInventory.reports.READ") == 401


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", LISTS)
def test_a_time_that_is_to_come_finds_nothing_where_the_filter_holds_and_all_where_it_lies(kind, api, reader):
    found = rows_of(reader, kind, api=api, last_modified_time=TOMORROW)

    assert bool(found) == (kind not in FILTERED[api])


@pytest.mark.parametrize("api", APIS)
@pytest.mark.parametrize("kind", LISTS)
def test_sorting_by_time_of_change_is_refused_where_a_list_does_not_know_it(kind, api, reader):
    status, code = reader.refusal(f"/{kind}", api=api, sort_column="last_modified_time", sort_order="D")

    if kind in SORTED[api]:
        assert (status, code) == (200, 0)
    elif kind in ("salesreturns", "itemgroups") or (kind, api) == ("bills", "/inventory/v1"):
        assert (status, code) == (200, 0)  # nothing but paging is looked at
    else:
        assert (status, code) == (400, 2)


@pytest.mark.parametrize("kind", ["packages", "transferorders", "vendorcredits"])
def test_a_list_that_knows_it_is_sorted_by_time_of_change(kind, kept, reader):
    kept.control.settings(document_row_times="always")

    rows = every(reader, kind, sort_column="last_modified_time", sort_order="D")
    times = [row["last_modified_time"] for row in rows]

    assert times == sorted(times, reverse=True)
    assert reader.get(f"/{kind}", sort_column="last_modified_time")["page_context"]["sort_column"] == (
        "last_modified_time"
    )


def test_an_unknown_column_can_be_ignored_too(kept, reader):
    assert reader.refusal("/invoices", sort_column="colour") == (400, 2)
    kept.control.settings(document_columns="ignored")

    answer = reader.get("/invoices", sort_column="colour")

    assert answer["page_context"]["sort_column"] == "created_time"


@pytest.mark.parametrize(("column", "order"), [("date", "A"), ("created_time", "D"), ("due_date", "A")])
def test_invoices_are_sorted_by_what_the_contract_names(column, order, reader):
    told = [row[column] for row in every(reader, "invoices", sort_column=column, sort_order=order)]

    assert told == sorted(told, reverse=order == "D")


def test_amounts_are_sorted_as_numbers(reader):
    told = [Decimal(row["total"]) for row in every(reader, "invoices", sort_column="total", sort_order="A")]

    assert told == sorted(told)


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("Status.Unpaid", {"sent", "viewed", "overdue", "partially_paid"}),
        ("Status.OverDue", {"overdue"}),
        ("Status.PartiallyPaid", {"partially_paid"}),
        ("Status.Paid", {"paid"}),
        ("Status.Draft", {"draft"}),
        ("Status.Void", {"void"}),
    ],
)
def test_invoices_of_a_status_and_no_others(name, statuses, reader):
    whole = Counter(row["status"] for row in every(reader, "invoices", filter_by="Status.All"))

    found = Counter(row["status"] for row in every(reader, "invoices", filter_by=name))

    assert found == {status: count for status, count in whole.items() if status in statuses}
    assert found


@pytest.mark.parametrize("kind", ["creditnotes", "salesorders", "purchaseorders", "vendorcredits"])
def test_other_lists_know_statuses_too_and_refuse_what_is_none(kind, reader):
    whole = every(reader, kind)
    draft = [row for row in whole if row["status"] == "draft"]

    assert len(every(reader, kind, filter_by="Status.All")) == len(whole)
    assert len(every(reader, kind, filter_by="Status.Draft")) == len(draft)
    assert reader.refusal(f"/{kind}", filter_by="Status.Nonsense") == (400, 2)


def test_bills_know_statuses_in_books_and_nothing_in_inventory(reader):
    books, inventory = "/books/v3", "/inventory/v1"
    paid = [row for row in every(reader, "bills", api=books) if row["status"] == "paid"]

    assert len(every(reader, "bills", api=books, filter_by="Status.Paid")) == len(paid) > 0
    assert len(every(reader, "bills", api=inventory, filter_by="Status.Paid")) > len(paid)
    assert reader.raw("/bills", api=inventory, filter_by="nonsense", sort_column="nonsense")[0] == 200


def test_sales_returns_obey_paging_only(reader):
    whole = every(reader, "salesreturns")

    assert every(reader, "salesreturns", status="nonsense", customer_id="1", date_start="2030-01-01") == whole
    assert len(rows_of(reader, "salesreturns", per_page=1, status="nonsense")) == 1


def test_packages_ignore_the_order_they_belong_to(reader):
    whole = every(reader, "packages")

    assert every(reader, "packages", salesorder_id="1", package_number="nonsense") == whole


@pytest.mark.parametrize("kind", ["invoices", "packages", "transferorders", "salesorders"])
def test_dates_limit_a_list_at_both_ends(kind, reader):
    whole = [row["date"] for row in every(reader, kind)]
    first, last = sorted(whole)[len(whole) // 3], sorted(whole)[len(whole) // 2]

    found = [row["date"] for row in every(reader, kind, date_start=first, date_end=last)]

    assert sorted(found) == sorted(day for day in whole if first <= day <= last)
    assert 0 < len(found) < len(whole)
    assert reader.refusal(f"/{kind}", date_start="yesterday") == (400, 2)


def test_inventory_ignores_dates_of_payments_and_books_does_not(reader):
    whole = every(reader, "customerpayments")
    start = sorted(row["date"] for row in whole)[len(whole) // 2]

    assert len(every(reader, "customerpayments", date_start=start)) == len(whole)
    assert 0 < len(every(reader, "customerpayments", api="/books/v3", date_start=start)) < len(whole)


def test_a_customer_and_a_status_that_nobody_has_find_nothing(reader):
    row = rows_of(reader, "invoices")[0]

    own = every(reader, "invoices", customer_id=row["customer_id"])

    assert {each["customer_id"] for each in own} == {row["customer_id"]}
    assert rows_of(reader, "invoices", customer_id="1") == []
    assert rows_of(reader, "invoices", status="nonsense") == []


def test_habits_can_be_turned_list_by_list_and_api_by_api(kept, reader):
    kept.control.settings(document_filters={"invoices": "honoured", "books/invoices": "refused"})

    assert rows_of(reader, "invoices", last_modified_time=TOMORROW) == []
    assert reader.refusal("/invoices", api="/books/v3", last_modified_time=TOMORROW) == (400, 2)
    assert rows_of(reader, "salesorders", last_modified_time=TOMORROW) != []
    assert rows_of(reader, "bills", api="/books/v3", last_modified_time=TOMORROW) == []


def test_a_sort_and_the_other_parameters_can_be_turned_too(kept, reader):
    kept.control.settings(
        document_sorts={"invoices": "honoured"},
        document_parameters={"inventory/bills": "honoured", "salesorders": "ignored"},
    )

    times = [row["last_modified_time"] for row in every(reader, "invoices", sort_column="last_modified_time")]
    assert times == sorted(times, reverse=True)
    assert {row["status"] for row in every(reader, "bills", filter_by="Status.Paid")} == {"paid"}
    assert rows_of(reader, "salesorders", status="nonsense") != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"document_filters": {"invoice": "honoured"}},
        {"document_filters": {"invoices": "maybe"}},
        {"document_sorts": {"crm/invoices": "honoured"}},
        {"document_parameters": "honoured"},
    ],
)
def test_a_habit_of_a_list_that_is_none_is_refused(wrong, kept):
    with pytest.raises(SandboxError):
        kept.control.settings(**wrong)


def test_an_organisation_without_locations_says_warehouse_in_lists(kept, reader):
    named = {row["invoice_id"]: row["location_id"] for row in rows_of(reader, "invoices")}
    kept.control.settings(locations_enabled=False)

    for row in rows_of(reader, "invoices"):
        assert row["warehouse_id"] == named[row["invoice_id"]]
        assert "location_id" not in row
    assert all("from_warehouse_name" in row for row in rows_of(reader, "transferorders"))


def test_a_shipment_is_told_by_its_id_and_has_no_list(kept, reader):
    package = next(one for one in kept.control.records("packages") if one["shipment_order"])
    shipment = package["shipment_order"]

    told = reader.get(f"/shipmentorders/{shipment['shipment_id']}")["shipment_order"]

    assert (told["tracking_number"], told["package_id"]) == (
        shipment["tracking_number"],
        package["package_id"],
    )
    assert reader.refusal("/shipmentorders/1") == (404, 1002)
    assert reader.refusal("/shipmentorders") == (404, 5)
