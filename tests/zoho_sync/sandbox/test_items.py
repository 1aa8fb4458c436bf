"""Items: the list row, the detail, bulk details, filters and pictures."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from zoho_sync.sandbox import SandboxError

TOMORROW = "2999-01-01T00:00:00+0000"


def tracked(control):
    return next(item for item in control.records("items") if item["track_inventory"])


def every(zoho, path="/items", **query):
    rows, page = [], 1
    while True:
        answer = zoho.get(path, page=page, **({"filter_by": "Status.All"} | query))
        rows += next(value for value in answer.values() if isinstance(value, list))
        if not answer["page_context"]["has_more_page"]:
            return rows
        page += 1


def test_without_a_filter_inactive_items_are_hidden(zoho):
    assert {row["status"] for row in every(zoho, filter_by=None)} == {"active"}
    assert {row["status"] for row in every(zoho)} == {"active", "inactive"}


def test_pages_cover_everything_once(zoho, control):
    rows = every(zoho, per_page=7)

    assert sorted(row["item_id"] for row in rows) == sorted(control.ids("items"))


def test_page_context_tells_whether_there_is_more(zoho):
    first = zoho.get("/items", filter_by="Status.All", per_page=40)["page_context"]
    last = zoho.get("/items", filter_by="Status.All", per_page=40, page=2)["page_context"]

    assert (first["page"], first["per_page"], first["has_more_page"]) == (1, 40, True)
    assert (last["page"], last["has_more_page"]) == (2, False)
    assert "total" not in first


def test_a_page_beyond_the_end_is_empty(zoho):
    answer = zoho.get("/items", page=99)

    assert answer["items"] == []
    assert answer["page_context"]["has_more_page"] is False


def test_more_than_200_rows_are_never_given(zoho):
    assert zoho.get("/items", per_page=800)["page_context"]["per_page"] == 200


@pytest.mark.parametrize(
    "query",
    [
        {"page": "0"},
        {"page": "x"},
        {"per_page": "-1"},
        {"sort_order": "asc"},  # A and D, not asc and desc
        {"sort_column": "colour"},
        {"filter_by": "Status.Sleeping"},
    ],
)
def test_nonsense_is_refused_with_code_2(zoho, query):
    assert zoho.refusal("/items", **query) == (400, 2)


@pytest.mark.parametrize("order", ["A", "D"])
def test_items_sort_by_creation(zoho, order):
    times = [
        row["created_time"] for row in every(zoho, sort_column="created_time", sort_order=order, per_page=9)
    ]

    assert times == sorted(times, reverse=order == "D")


def test_a_list_row_tells_no_locations_and_flattens_custom_fields(zoho):
    rows = every(zoho)

    assert not any("locations" in row or "warehouses" in row or "custom_fields" in row for row in rows)
    assert all("cf_bin" in row and "cf_bin_unformatted" in row for row in rows)


def test_a_detail_has_locations_and_custom_fields_but_leaves_empty_ones_out(zoho, control):
    item = tracked(control)
    control.change("items", item["item_id"], cf_bin="A-3", cf_warranty_months="")

    detail = zoho.get(f"/items/{item['item_id']}")["item"]

    assert len(detail["locations"]) == 3
    assert [
        (one["api_name"], one["value"]) for one in detail["custom_fields"] if one["api_name"] != "cf_fragile"
    ] == [("cf_bin", "A-3")]
    assert "available_for_sale_stock" in detail


def test_the_list_does_not_tell_what_is_available_for_sale(zoho):
    assert not any("available_for_sale_stock" in row for row in every(zoho))


def test_nothing_is_an_empty_text(zoho):
    rows = every(zoho)

    assert {row["sku"] for row in rows} >= {""}
    assert None not in {
        value for row in rows for value in row.values() if not isinstance(value, (list, dict))
    }


def test_services_have_no_stock_keys(zoho, control):
    service = control.add("items", name="Repair", product_type="service", track_inventory=False)

    detail = zoho.get(f"/items/{service}")["item"]

    assert not {"stock_on_hand", "locations", "warehouses"} & detail.keys()


def test_numbers_keep_their_digits(zoho, control):
    item = control.add("items", rate=Decimal("12500.00"), purchase_rate=Decimal("8100.5"), stock={})

    body = zoho.raw(f"/items/{item}")[1]

    assert b'"rate":12500.00,' in body
    assert b'"purchase_rate":8100.5,' in body
    assert b'"stock_on_hand":0.000000,' in body


def test_ids_are_text_of_nineteen_digits(zoho):
    assert all(re.fullmatch(r"\d{19}", row["item_id"]) for row in every(zoho))


def test_times_carry_the_offset_of_the_organisation(zoho):
    assert all(
        re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0300", row["last_modified_time"])
        for row in every(zoho)
    )


def test_the_filter_gives_what_changed_since(zoho, control):
    item = control.ids("items")[3]
    control.change("items", item, name="Changed")
    moment = control.record("items", item)["last_modified_time"]

    rows = every(zoho, last_modified_time=moment)

    assert [row["item_id"] for row in rows] == [item]
    assert every(zoho, last_modified_time=TOMORROW) == []


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T09:30:00Z",  # the docs' Z is a pattern letter
        "2026-11-20T09:30:00+00:00",
        "2026-11-20T09:30:00",
        "2026-11-20T09:30:00 0000",  # what a plus becomes when it is not encoded
        "2026-11-20",
        "2026-13-20T09:30:00+0000",
        "",
    ],
)
def test_any_other_form_of_a_moment_is_refused(zoho, text):
    assert zoho.refusal("/items", last_modified_time=text) == (400, 2)


def test_books_does_not_look_at_the_filter_and_cannot_sort_by_change(zoho, control):
    rows = every(zoho, api="/books/v3", last_modified_time=TOMORROW)

    assert len(rows) == len(control.ids("items"))
    assert zoho.refusal("/items", api="/books/v3", sort_column="last_modified_time") == (400, 2)


@pytest.mark.parametrize(("mode", "count"), [("honoured", 0), ("ignored", 60)])
def test_the_filter_can_be_made_to_lie(zoho, control, mode, count):
    control.settings(item_filter=mode)

    assert len(every(zoho, last_modified_time=TOMORROW)) == count


def test_stock_moves_totals_and_no_modification_time(zoho, control):
    item = tracked(control)
    place = item["locations"][1]["location_id"]
    others = (
        sum(one["location_stock_on_hand"] for one in item["locations"])
        - item["locations"][1]["location_stock_on_hand"]
    )

    control.set_stock(item["item_id"], place, on_hand=-2, committed=3)

    row = next(row for row in every(zoho) if row["item_id"] == item["item_id"])
    detail = zoho.get(f"/items/{item['item_id']}")["item"]
    assert row["last_modified_time"] == item["last_modified_time"]
    assert row["stock_on_hand"] == others - 2
    assert detail["locations"][1]["location_stock_on_hand"] == -2
    assert (
        detail["locations"][1]["location_available_for_sale_stock"]
        == detail["locations"][1]["location_available_stock"] - 3
    )


def test_an_older_organisation_says_warehouse_everywhere(zoho, control):
    item = tracked(control)
    control.settings(locations_enabled=False)

    detail = zoho.get(f"/items/{item['item_id']}")["item"]

    assert "locations" not in detail
    assert [one["warehouse_id"] for one in detail["warehouses"]] == control.ids("locations")
    assert "warehouse_stock_on_hand" in detail["warehouses"][0]
    assert not any(key.startswith("location") for key in detail["warehouses"][0])


def test_bulk_details_leave_unknown_ids_out(zoho, control):
    known = control.ids("items")[:3]

    answer = zoho.get("/itemdetails", item_ids=",".join([*known, "1", known[0]]))

    assert [item["item_id"] for item in answer["items"]] == known
    assert "page_context" not in answer
    assert answer["items"][0] == zoho.get(f"/items/{known[0]}")["item"]


def test_too_many_ids_are_refused(zoho, control):
    control.settings(max_item_ids=2)

    assert zoho.refusal("/itemdetails", item_ids="1,2,3") == (400, 2)
    assert zoho.refusal("/itemdetails", item_ids="") == (400, 2)


def test_a_deleted_item_leaves_lists_and_price_lists(zoho, control):
    pricebook = zoho.get(f"/pricebooks/{control.ids('pricebooks')[0]}")["pricebook"]
    item = pricebook["pricebook_items"][0]["item_id"]

    control.delete("items", item)

    assert zoho.refusal(f"/items/{item}") == (404, 1002)
    assert item not in {row["item_id"] for row in every(zoho)}
    after = zoho.get(f"/pricebooks/{pricebook['pricebook_id']}")["pricebook"]
    assert item not in {row["item_id"] for row in after["pricebook_items"]}


def test_pictures_are_png_or_404(zoho, control):
    first, second = control.ids("items")[:2]
    control.change("items", first, image_document_id="5100000000000000777", image_name="a.png")
    control.change("items", second, image_document_id="")

    status, body, headers = zoho.raw(f"/items/{first}/image")

    assert (status, headers["Content-Type"]) == (200, "image/png")
    assert body.startswith(b"\x89PNG")
    assert zoho.raw(f"/items/{second}/image")[0] == 404
    assert zoho.raw(f"/items/{first}/image", document_id="1")[0] == 404


def test_search_looks_at_names_and_skus(zoho, control):
    item = control.add("items", name="Very Rare Thing", sku="RARE-1")

    assert [row["item_id"] for row in every(zoho, search_text="rare thing")] == [item]
    assert [row["item_id"] for row in every(zoho, sku="RARE-1")] == [item]
    assert every(zoho, sku="rare-1") == []


def test_stock_on_hand_cannot_be_changed_past_the_locations(control):
    with pytest.raises(SandboxError, match="set_stock"):
        control.change("items", tracked(control)["item_id"], stock_on_hand=5)
