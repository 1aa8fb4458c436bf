"""Item groups and composite items, side by side with the items they are made of."""

from __future__ import annotations

import pytest

from zoho_sync.sandbox import Sandbox, SandboxError, Size

from ..conftest import Client


@pytest.fixture
def control(sandbox):
    return sandbox.control


@pytest.fixture
def zoho(sandbox):
    return Client(sandbox)


def test_every_variant_is_in_its_group_and_an_item_of_its_own(kept, reader):
    named = {
        one["item_id"]: (one["group_id"], one["group_name"])
        for one in kept.control.records("items")
        if one.get("group_id")
    }

    told = {
        variant["item_id"]: (group["group_id"], group["group_name"])
        for group in reader.get("/itemgroups")["itemgroups"]
        for variant in group["items"]
    }

    assert told == named
    assert told


def test_a_group_has_the_options_of_its_variants(reader):
    group = reader.get("/itemgroups")["itemgroups"][0]

    detail = reader.get(f"/itemgroups/{group['group_id']}")

    options = {one["id"] for one in detail["attributes"][0]["options"]}
    assert {variant["attribute_option_id1"] for variant in detail["items"]} == options


def test_a_group_by_id_has_no_root_unless_it_shall(kept, reader):
    group = reader.get("/itemgroups")["itemgroups"][0]["group_id"]

    bare = reader.get(f"/itemgroups/{group}")
    kept.control.settings(group_root="item_group")
    rooted = reader.get(f"/itemgroups/{group}")

    assert (bare["code"], bare["message"], bare["group_id"]) == (0, "success", group)
    assert rooted.keys() == {"code", "message", "item_group"}


def test_groups_and_composites_are_there_without_documents_too():
    with Sandbox(size=Size(customers=1, vendors=0, price_lists=0)) as sandbox:
        client = Client(sandbox)
        assert client.get("/itemgroups")["itemgroups"]
        assert client.get("/compositeitems")["composite_items"]


def test_a_variant_tells_the_stock_of_the_moment(control, zoho):
    group = zoho.get("/itemgroups")["itemgroups"][0]
    variant = group["items"][0]["item_id"]

    control.set_stock(variant, control.ids("locations")[0], on_hand=77)

    found = zoho.get("/itemgroups")["itemgroups"][0]["items"][0]
    assert found["stock_on_hand"] == control.record("items", variant)["stock_on_hand"]


def test_an_item_joins_and_leaves_a_group_by_what_it_names(control, zoho):
    group = zoho.get("/itemgroups")["itemgroups"][0]
    known, name = group["group_id"], group["group_name"]

    item = control.add("items", name="Another", group_id=known, group_name=name)
    with_it = {one["item_id"] for one in zoho.get(f"/itemgroups/{known}")["items"]}
    control.change("items", item, group_id="")
    without = {one["item_id"] for one in zoho.get(f"/itemgroups/{known}")["items"]}

    assert with_it - without == {item}


def test_a_renamed_group_is_renamed_in_its_items(control, zoho):
    group = zoho.get("/itemgroups")["itemgroups"][0]

    control.change("itemgroups", group["group_id"], group_name="Other")

    assert zoho.get(f"/items/{group['items'][0]['item_id']}")["item"]["group_name"] == "Other"


def test_a_composite_is_an_item_too_with_parts_that_are_items(kept, reader):
    items = {one["item_id"]: one for one in kept.control.records("items")}

    for row in reader.get("/compositeitems")["composite_items"]:
        item = items[row["composite_item_id"]]
        assert (item["is_combo_product"], item["name"]) == (True, row["name"])
        detail = reader.get(f"/compositeitems/{row['composite_item_id']}")["composite_item"]
        assert detail["combo_type"] in ("kit", "assembly")
        assert detail["mapped_items"]
        for part in detail["mapped_items"]:
            assert items[part["item_id"]]["name"] == part["name"]
            assert part["quantity"] > 0
    plain = {one["item_id"] for one in items.values() if not one["is_combo_product"]}
    assert reader.refusal(f"/compositeitems/{min(plain)}") == (404, 1002)


def test_composites_are_filtered_and_sorted_by_time_of_change(control, zoho):
    control.clock(3600)
    changed = control.ids("compositeitems")[-1]
    since = zoho.get("/items")["items"][0]["last_modified_time"]

    control.change("compositeitems", changed, name="Newly named")

    rows = zoho.get("/compositeitems", sort_column="last_modified_time", sort_order="D")["composite_items"]
    assert rows[0]["composite_item_id"] == changed
    newest = rows[0]["last_modified_time"]
    assert newest > since
    found = zoho.get("/compositeitems", last_modified_time=newest)["composite_items"]
    assert [row["composite_item_id"] for row in found] == [changed]


def test_kits_and_assemblies_are_told_apart(control, zoho):
    part = control.ids("items")[0]
    made = control.add(
        "compositeitems", name="Set", combo_type="assembly", mapped_items=[{"item_id": part, "quantity": 2}]
    )

    kits = zoho.get("/compositeitems", filter_by="ComboType.Kit")["composite_items"]
    assemblies = zoho.get("/compositeitems", filter_by="ComboType.Assembly")["composite_items"]

    assert made in {row["composite_item_id"] for row in assemblies}
    assert made not in {row["composite_item_id"] for row in kits}


def test_a_new_composite_has_its_parts_and_goes_with_its_item(control, zoho):
    part = control.ids("items")[0]
    made = control.add("compositeitems", name="Set", mapped_items=[{"item_id": part, "quantity": 2}])

    (told,) = zoho.get(f"/compositeitems/{made}")["composite_item"]["mapped_items"]
    assert (told["item_id"], told["quantity"]) == (part, 2)
    assert zoho.get(f"/items/{made}")["item"]["is_combo_product"] is True

    control.delete("compositeitems", made)

    assert zoho.refusal(f"/compositeitems/{made}") == zoho.refusal(f"/items/{made}") == (404, 1002)


@pytest.mark.parametrize("wrong", [[{"item_id": "1"}], "all", [{"item_id": "1", "quantity": 0}]])
def test_a_composite_of_nothing_real_is_refused_and_leaves_nothing(wrong, control):
    before = control.ids("items")

    with pytest.raises(SandboxError):
        control.add("compositeitems", name="Set", mapped_items=wrong)

    assert control.ids("items") == before


def test_users_may_be_asked_for_by_status_and_page(control, zoho):
    new = control.add("users", name="New clerk")

    everybody = zoho.get("/users", filter_by="Status.All")["users"]

    assert [row["user_id"] for row in everybody] == control.ids("users")
    assert new in control.ids("users")
    inactive = zoho.get("/users", filter_by="Status.Inactive")["users"]
    assert {row["status"] for row in inactive} == {"inactive"}


def test_currencies_tell_their_rate_and_since_when(reader):
    answer = reader.get("/settings/currencies")

    assert "page_context" not in answer
    dollar = next(row for row in answer["currencies"] if row["currency_code"] == "USD")
    assert dollar["exchange_rate"] > 1
    assert dollar["effective_date"]
