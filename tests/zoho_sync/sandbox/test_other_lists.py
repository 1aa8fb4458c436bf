"""Contacts, price lists, locations and the small lists."""

from __future__ import annotations

from decimal import Decimal

import pytest

from .test_items import TOMORROW, every


def test_customers_and_vendors_share_one_list_that_hides_inactive_ones(zoho, control):
    control.change("contacts", control.ids("contacts")[0], status="inactive")

    everybody = every(zoho, "/contacts")

    assert {row["contact_type"] for row in everybody} == {"customer", "vendor"}
    assert len(everybody) == 29
    assert {row["status"] for row in every(zoho, "/contacts", filter_by=None)} == {"active"}


def test_a_filter_on_change_is_ignored_for_contacts(zoho):
    assert len(every(zoho, "/contacts", last_modified_time=TOMORROW)) == 29


def test_contacts_sort_by_change(zoho, control):
    latest = control.ids("contacts")[5]
    control.change("contacts", latest, mobile="1")

    rows = every(zoho, "/contacts", sort_column="last_modified_time", sort_order="D")

    assert rows[0]["contact_id"] == latest


def test_contact_type_filters_on_books_only(zoho):
    books = every(zoho, "/contacts", api="/books/v3", contact_type="vendor")
    inventory = every(zoho, "/contacts", contact_type="vendor")

    assert (len(books), len(inventory)) == (4, 29)


def test_the_price_list_of_a_customer_stands_in_the_detail_only(zoho, control):
    rows = every(zoho, "/contacts")
    customer = next(row for row in rows if row["contact_type"] == "customer")
    pricebook = control.ids("pricebooks")[0]
    control.change("contacts", customer["contact_id"], pricebook_id=pricebook)

    detail = zoho.get(f"/contacts/{customer['contact_id']}")["contact"]

    assert not any("pricebook_id" in row for row in rows)
    assert (detail["pricebook_id"], detail["pricebook_name"]) == (pricebook, "Wholesale")
    assert detail["billing_address"]["address_id"]
    assert detail["shipping_address"]["address_id"]


def test_vendors_lack_the_keys_of_customers(zoho):
    vendor = next(row for row in every(zoho, "/contacts") if row["contact_type"] == "vendor")

    detail = zoho.get(f"/contacts/{vendor['contact_id']}")["contact"]

    assert not {"pricebook_id", "credit_limit", "customer_sub_type"} & detail.keys()


def test_a_contact_nobody_knows_is_gone(zoho):
    assert zoho.refusal("/contacts/5100000000000000001") == (404, 1002)


def test_the_list_of_price_lists_has_inactive_ones_and_no_items(zoho):
    rows = zoho.get("/pricebooks")["pricebooks"]

    assert {row["status"] for row in rows} == {"active", "inactive"}
    assert not any("pricebook_items" in row for row in rows)
    assert all("last_modified_time" in row for row in rows)


def details_of(zoho):
    for row in zoho.get("/pricebooks")["pricebooks"]:
        yield zoho.get(f"/pricebooks/{row['pricebook_id']}")["pricebook"]


def test_the_detail_of_a_price_list_has_items_and_no_time(zoho):
    for detail in details_of(zoho):
        assert "last_modified_time" not in detail
        assert ("pricebook_items" in detail) == (detail["pricebook_type"] == "per_item")


def test_volume_rows_have_brackets_and_no_rate_of_their_own(zoho):
    rows = [
        row for one in details_of(zoho) if one["pricing_scheme"] == "volume" for row in one["pricebook_items"]
    ]

    assert rows
    assert not any({"pricebook_rate", "pricebook_item_id"} & row.keys() for row in rows)
    assert all(row["price_brackets"][-1]["end_quantity"] == "" for row in rows)
    ids = [bracket["pricebook_item_id"] for row in rows for bracket in row["price_brackets"]]
    assert len(ids) == len(set(ids))


def test_a_percentage_list_has_no_items_and_the_base_currency(zoho):
    lists = [one for one in details_of(zoho) if one["pricebook_type"] == "fixed_percentage"]

    assert [(one["currency_id"], one["percentage"]) for one in lists] == [("", Decimal("10.00"))]


def test_twin_lists_have_two_currencies(zoho):
    assert {one["currency_code"] for one in details_of(zoho)} == {"USD", "IQD", ""}


def test_a_price_can_be_set_and_taken_away(zoho, control):
    pricebook, item = control.ids("pricebooks")[0], control.ids("items")[0]
    before = control.record("pricebooks", pricebook)

    control.set_price(pricebook, item, Decimal("8.75"))
    set_rows = {
        row["item_id"]: row for row in zoho.get(f"/pricebooks/{pricebook}")["pricebook"]["pricebook_items"]
    }
    control.set_price(pricebook, item)
    left_rows = {
        row["item_id"] for row in zoho.get(f"/pricebooks/{pricebook}")["pricebook"]["pricebook_items"]
    }

    assert set_rows[item]["pricebook_rate"] == Decimal("8.75")
    assert item not in left_rows
    assert before["pricebook_id"] == pricebook


def test_effective_prices_come_from_books_only(zoho, control):
    percentage = next(one for one in details_of(zoho) if one["percentage"])["pricebook_id"]
    item = control.add("items", rate=Decimal("1000.00"))
    query = {"pricebook_id": percentage, "item_ids": item, "sales_or_purchase_type": "sales"}

    rows = zoho.get("/items/pricebookrate", api="/books/v3", **query)["items"]

    assert (rows[0]["rate"], rows[0]["pricebook_rate"]) == (1000, 900)
    assert zoho.refusal("/items/pricebookrate", **query) == (404, 1002)  # on Inventory it reads as an item id


def test_price_lists_can_be_switched_off(zoho, control):
    control.settings(pricebooks_enabled=False)

    assert zoho.refusal("/pricebooks") == (404, 5)


@pytest.mark.parametrize("path", ["/locations", "/settings/currencies", "/brands"])
def test_some_lists_come_without_page_context(zoho, path):
    answer = zoho.get(path)

    assert answer["code"] == 0
    assert "page_context" not in answer


@pytest.mark.parametrize("path", ["/warehouses", "/settings/warehouses"])
def test_warehouses_and_locations_exclude_each_other(zoho, control, path):
    assert zoho.refusal(path) == (404, 5)
    control.settings(locations_enabled=False)

    assert [row["warehouse_id"] for row in zoho.get(path)["warehouses"]] == control.ids("locations")
    assert zoho.refusal("/locations") == (404, 5)


def test_a_renamed_location_is_renamed_in_every_detail(zoho, control):
    place, item = control.ids("locations")[0], control.add("items", stock={})
    zoho.get(f"/items/{item}")

    control.change("locations", place, location_name="Renamed")

    assert zoho.get(f"/items/{item}")["item"]["locations"][0]["location_name"] == "Renamed"


def test_categories_begin_with_a_row_that_is_none(zoho):
    assert zoho.get("/categories")["categories"][0]["category_id"] == "-1"
    assert zoho.get("/categories", include_root_category="false")["categories"][0]["name"] != "ROOT"


def test_the_base_currency_shows_no_decimals(zoho):
    rows = {row["currency_code"]: row for row in zoho.get("/settings/currencies")["currencies"]}

    assert rows["IQD"]["is_base_currency"] is True
    assert (rows["IQD"]["price_precision"], rows["USD"]["price_precision"]) == (0, 2)


def test_api_usage_counts_the_calls_of_today(zoho, control):
    control.settings(calls_per_day=50)
    zoho.get("/items")

    usage = zoho.get("/apiusage")["data"]

    assert (usage["maximum_api_count"], usage["total_api_count"]) == (50, 2)


def test_organisations_answer_without_an_organisation(zoho, sandbox):
    own = sandbox.credentials["ZOHO_ORGANIZATION_ID"]

    assert zoho.get("/organizations", organization_id=None)["organizations"][0]["organization_id"] == own
    assert zoho.get(f"/organizations/{own}")["organization"]["organization_id"] == own


@pytest.mark.parametrize("wrong", ["1", "", None])
def test_another_organisation_is_refused_with_6041(zoho, wrong):
    assert zoho.refusal("/items", organization_id=wrong) == (400, 6041)


def test_an_unknown_path_is_told_from_an_unknown_record(zoho):
    assert zoho.refusal("/nonsense") == (404, 5)
    assert zoho.refusal("/items/1") == (404, 1002)
    assert zoho.refusal("/items", api="/inventory/v2") == (404, 5)


def test_users_and_taxes_are_paged(zoho):
    assert zoho.get("/users", per_page=1)["page_context"]["has_more_page"] is True
    assert zoho.get("/settings/taxes")["page_context"]["has_more_page"] is False
