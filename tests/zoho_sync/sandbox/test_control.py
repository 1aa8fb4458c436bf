"""The control door: changes, poison, the clock, and the same world from the same seed."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

import pytest

from zoho_sync.sandbox import Sandbox, SandboxControl, SandboxError, Size
from zoho_sync.sandbox.size import SizeError
from zoho_sync.sandbox.times import read_time

from .conftest import SMALL, Client
from .test_items import every, tracked


def truth(seed, changes=0):
    with Sandbox(size=SMALL, seed=seed) as sandbox:
        sandbox.control.random_changes(changes, seed=1)
        return {
            kind: sandbox.control.records(kind) for kind in ("items", "contacts", "pricebooks", "locations")
        }


def test_one_seed_gives_one_organisation():
    assert truth(3) == truth(3)
    assert truth(3) != truth(4)


def test_random_changes_are_the_same_for_the_same_seed():
    with Sandbox(size=SMALL) as one, Sandbox(size=SMALL) as other:
        assert one.control.random_changes(80, seed=5) == other.control.random_changes(80, seed=5)


def test_random_changes_are_of_every_kind_and_some_leave_no_trace_in_the_list(zoho, control):
    before = {row["item_id"]: row for row in every(zoho)}

    done = control.random_changes(300, seed=2)

    kinds = Counter(change["what"] for change in done)
    assert len(done) == 300
    assert kinds.keys() >= {"rename", "stock", "transfer", "commitment", "new item", "contact price list"}
    moved = {change["id"] for change in done if change["what"] == "transfer"}
    others = {change["id"] for change in done if change["what"] != "transfer" and change["kind"] == "items"}
    after = {row["item_id"]: row for row in every(zoho)}
    assert moved - others
    assert all(after[item] == before[item] for item in moved - others)


def test_a_change_moves_the_modification_time_only_when_told_to(control):
    item = control.ids("items")[0]
    before = control.record("items", item)

    control.change("items", item, bump=False, name="Quietly changed")
    quiet = control.record("items", item)
    control.change("items", item, name="Changed")
    loud = control.record("items", item)

    assert quiet["name"] == "Quietly changed"
    assert quiet["last_modified_time"] == before["last_modified_time"]
    assert loud["last_modified_time"] > before["last_modified_time"]


def test_the_clock_can_be_moved(control):
    now = control.clock()
    item = control.ids("items")[0]

    control.clock(offset_seconds=86_400)
    control.change("items", item, name="Tomorrow")

    assert read_time(control.record("items", item)["last_modified_time"]) >= now + 86_400


def test_keys_can_be_dropped_or_null(zoho, control):
    item = control.ids("items")[0]

    control.change("items", item, sku=None, drop=["name"])

    detail = zoho.get(f"/items/{item}")["item"]
    assert detail["sku"] is None
    assert "name" not in detail


def test_figures_come_back_exact(control):
    item = control.add("items", rate=Decimal("0.123456789012345678901234567890"))

    assert control.record("items", item)["rate"] == Decimal("0.123456789012345678901234567890")


def test_an_added_item_can_be_read_at_once(zoho, control):
    place = control.ids("locations")[0]

    item = control.add("items", name="جديد", stock={place: 4})

    assert zoho.get(f"/items/{item}")["item"]["locations"][0]["location_stock_on_hand"] == 4
    assert item in {row["item_id"] for row in every(zoho)}


@pytest.mark.parametrize("kind", ["contacts", "pricebooks", "locations"])
def test_other_records_can_be_added_and_deleted(control, kind):
    added = control.add(kind)
    assert added in control.ids(kind)

    control.delete(kind, [added])

    assert added not in control.ids(kind)


@pytest.mark.parametrize(
    ("text", "readable"),
    [
        ('{"item_id":"9","rate":NaN}', True),
        ('{"item_id":"9","rate":' + "9" * 5000 + ".5}", True),
        ('{"name":"\\ud800 no id"}', True),
        ('{"item_id":"9","name":"a\\u0000b"}', True),
        ("{item_id", False),
    ],
)
def test_poison_is_sent_exactly_as_it_is(zoho, control, text, readable):
    item = control.ids("items")[0]
    control.poison("items", item, text)

    for path in ("/items?filter", f"/items/{item}", "/itemdetails"):
        query = {"item_ids": item} if path == "/itemdetails" else {"filter_by": "Status.All"}
        body = zoho.raw(path.partition("?")[0], **query)[1]
        assert text.encode() in body
        if readable:
            json.loads(body)


def test_poison_can_be_put_in_one_place_and_taken_away(zoho, control):
    item = control.ids("items")[0]
    control.poison("items", item, '{"poison":1}', place="list")

    assert zoho.get(f"/items/{item}")["item"]["item_id"] == item
    assert {"poison": 1} in every(zoho)
    assert control.record("items", item)["item_id"] == item
    control.poison("items", item, None)
    assert {"poison": 1} not in every(zoho)


@pytest.mark.parametrize(
    "order",
    [
        lambda control: control.record("items", "1"),
        lambda control: control.records("ghosts"),
        lambda control: control.delete("items", "1"),
        lambda control: control.add("currencies"),
        lambda control: control.change("items", control.ids("items")[0], last_modified_time="yesterday"),
        lambda control: control.set_stock(tracked(control)["item_id"], "1", on_hand=1),
        lambda control: control.set_stock(tracked(control)["item_id"], control.ids("locations")[0], colour=1),
        lambda control: control.set_stock(
            tracked(control)["item_id"], control.ids("locations")[0], on_hand="x"
        ),
        lambda control: control.settings(calls_per_hour=1),
        lambda control: control.settings(calls_per_minute=-1),
        lambda control: control.tokens("steal"),
        lambda control: control.poison("items", control.ids("items")[0], "{}", place="nowhere"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_a_sentence(control, order):
    with pytest.raises(SandboxError, match=r"\.$"):
        order(control)


def test_the_door_wants_a_json_object_by_post(zoho):
    assert zoho.call("GET", "/_sandbox/calls")[0] == 400
    assert zoho.call("POST", "/_sandbox/calls", "{}", {"Content-Type": "text/plain"})[0] == 400
    assert zoho.call("POST", "/_sandbox/calls", "[]", {"Content-Type": "application/json"})[0] == 400
    assert zoho.call("POST", "/_sandbox/nothing", "{}", {"Content-Type": "application/json"})[0] == 400


def test_a_sandbox_that_is_down_is_told():
    with Sandbox(size=SMALL) as sandbox:
        url = sandbox.url

    with pytest.raises(SandboxError, match="No sandbox answers"):
        SandboxControl(url).about()


def test_stopping_ends_connections_that_wait():
    with Sandbox(size=SMALL) as sandbox:
        client = Client(sandbox)
        client.get("/items")
        sandbox.control.order_fault("silence", delay=3600)
        with pytest.raises(TimeoutError):
            client.raw("/items", timeout=0.2)


def test_the_default_size_has_the_texture_of_the_real_organisation():
    with Sandbox() as sandbox:
        items, contacts = sandbox.control.records("items"), sandbox.control.records("contacts")
        counts = sandbox.control.about()["counts"]

    assert (len(items), counts["locations"], counts["pricebooks"]) == (2200, 5, 7)
    assert Counter(one["contact_type"] for one in contacts) == {"customer": 2503, "vendor": 81}
    assert sum(one["status"] == "active" for one in items) == 1300
    assert sum(not one["sku"] for one in items) == 1232
    stocked = [
        one for one in items if any(place["location_stock_on_hand"] for place in one.get("locations", ()))
    ]
    assert len(stocked) == 480
    assert any(place["location_stock_on_hand"] < 0 for one in stocked for place in one["locations"])
    skus = [one["sku"] for one in items if one["sku"]]
    assert len(set(skus)) == len(skus) > len({sku.lower() for sku in skus})
    assert any("  " in one["name"] for one in items)
    assert any(one["name"].startswith("\u200f") for one in items)
    assert any("group_id" in one for one in items)
    assert any(one["product_type"] == "service" for one in items)
    assert any(one["payment_terms"] < 0 for one in contacts)


@pytest.mark.parametrize("wrong", [{"items": -1}, {"locations": 0}, {"customers": "5"}, {"vendors": True}])
def test_a_size_out_of_bounds_is_refused(wrong):
    with pytest.raises(SizeError, match="must be a whole number"):
        Size(**wrong)


def test_an_organisation_without_items_answers_empty_lists():
    size = Size(items=0, customers=0, vendors=0, locations=1, price_lists=0, price_list_items=0)
    with Sandbox(size=size) as sandbox:
        assert Client(sandbox).get("/items")["items"] == []
        sandbox.control.random_changes(30)
