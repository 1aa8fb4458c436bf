"""What the sandbox tells its webhooks' receivers."""

from __future__ import annotations

import pytest

from zoho_sync.sandbox.hooks import MODULES

from .receiver import settled


def test_an_edited_record_is_told_under_its_modules_key(control, receiver, item):
    control.set_webhook("items", f"{receiver.url}/hook")

    control.change("items", item, name="كيبل جديد")

    (post,) = receiver.wait_for(1)
    assert post.path == "/hook"
    assert post.headers["content-type"] == "application/json"
    assert (post.json.keys(), post.json["item"]["item_id"]) == ({"item"}, item)
    assert post.json["item"]["name"] == "كيبل جديد"
    assert not {"event", "event_type", "event_id"} & post.json.keys()


@pytest.mark.parametrize(
    ("module", "key"),
    [
        ("items", "item"),
        ("contacts", "contact"),
        ("pricebooks", "pricebook"),
        ("invoices", "invoice"),
        ("creditnotes", "creditnote"),
        ("inventoryadjustments", "inventory_adjustment"),
        ("transferorders", "transfer_order"),
        ("purchaseorders", "purchaseorder"),
        ("vendorcredits", "vendor_credit"),
    ],
)
def test_each_module_has_its_key(module, key, control, receiver):
    control.set_webhook(module, receiver.url)

    record = control.add(module)

    (post,) = receiver.wait_for(1)
    assert post.json[key][f"{key}_id"] == record


def test_each_event_is_told_to_those_who_asked_for_it(control, receiver):
    for event in ("created", "edited", "deleted"):
        control.set_webhook("contacts", receiver.url, events=[event], query={"event": event})

    contact = control.add("contacts", contact_name="One")
    control.change("contacts", contact, contact_name="Two")
    control.delete("contacts", contact)

    posts = receiver.wait_for(3)
    told = {post.query: post.json["contact"] for post in posts}
    assert told.keys() == {"event=created", "event=edited", "event=deleted"}
    assert {each["contact_id"] for each in told.values()} == {contact}
    assert (told["event=created"]["contact_name"], told["event=edited"]["contact_name"]) == ("One", "Two")


def test_a_movement_of_stock_is_told_to_nobody(control, receiver, item):
    control.set_webhook("items", receiver.url)
    counted = next(row for row in control.records("items") if row.get("locations"))

    control.set_stock(counted["item_id"], control.ids("locations")[0], on_hand=-2)
    control.change("items", item, name="told")

    (post,) = receiver.wait_for(1)
    assert post.json["item"]["name"] == "told"
    assert len(control.sent()) == 1


def test_a_document_that_moves_stock_is_told_and_its_items_are_not(control, receiver):
    control.set_webhook("items", receiver.url)
    control.set_webhook("bills", receiver.url)
    counted = next(row for row in control.records("items") if row.get("locations"))
    line = {"item_id": counted["item_id"], "quantity": 3, "location_id": control.ids("locations")[0]}

    control.add("bills", line_items=[line], moves_stock=True)

    (post,) = receiver.wait_for(1)
    assert post.json["bill"]["line_items"][0]["item_id"] == counted["item_id"]
    assert len(control.sent()) == 1


def test_a_row_of_a_price_list_is_an_edit_of_the_list(control, receiver, item):
    control.set_webhook("pricebooks", receiver.url)
    pricebook = control.ids("pricebooks")[0]

    control.set_price(pricebook, item, rate=3)

    (post,) = receiver.wait_for(1)
    assert post.json["pricebook"]["pricebook_id"] == pricebook


def test_random_changes_are_told_like_any_other(control, receiver):
    for module in ("items", "contacts", "pricebooks"):
        control.set_webhook(module, receiver.url)

    done = control.random_changes(40, seed=3)

    silent = ("stock", "commitment", "transfer")
    loud = sorted((each["kind"], each["id"]) for each in done if each["what"] not in silent)
    settled(control, len(loud))
    assert sorted((each["module"], each["record_id"]) for each in control.sent()) == loud


def test_with_documents_every_random_change_is_told(control, receiver):
    """Then each change of a record has a webhook, and each movement of stock a document that has one."""
    for module in MODULES:
        control.set_webhook(module, receiver.url)

    done = control.random_changes(40, seed=3, documents=True)

    settled(control, 40)
    told = sorted((each["module"], each["record_id"]) for each in control.sent())
    assert told == sorted((each["kind"], each["id"]) for each in done)
    assert {"bills", "transferorders"} & {module for module, _id in told}


def test_a_removed_webhook_is_told_nothing_more(control, receiver, item):
    hook = control.set_webhook("items", receiver.url)
    other = control.set_webhook("items", receiver.url, query={"stays": "1"})

    control.remove_webhook(hook)
    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    assert post.query == "stays=1"
    assert [each["id"] for each in control.webhooks()] == [other]
