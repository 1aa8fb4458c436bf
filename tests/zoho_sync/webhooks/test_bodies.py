"""What a body is taken to be about, in all the forms in which senders write it."""

from __future__ import annotations

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zoho_sync.subjects import DOORS, SUBJECTS
from zoho_sync.webhooks.bodies import FORM, read

JSON = "application/json"
LINES = [{"item_id": "11", "quantity": 2}, {"item_id": "12"}, {"item_id": "11"}, {"name": "freight"}]


def told(body, door: str = "", content_type: str = JSON, query: bytes = b""):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return read(door, query, content_type, raw)


def about(hint) -> tuple[str, str]:
    return (hint.subject.name if hint.subject else "", hint.record_id)


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_wrapped_record_of_every_subject_is_found_at_every_address_of_its(subject):
    body = {subject.name: {subject.id_key: "77"}}
    for door in ("", *subject.doors):
        assert about(told(body, door)) == (subject.name, "77")


@pytest.mark.parametrize("name", sorted(set(SUBJECTS) - {"vendor"}))  # a vendor alone is a contact
def test_a_record_alone_is_known_by_its_id(name):
    assert about(told({SUBJECTS[name].id_key: "77", "total": "10820.0"})) == (name, "77")


@pytest.mark.parametrize(
    ("record", "name"),
    [
        ({"package_id": "1", "salesorder_id": "2", "customer_id": "3"}, "package"),
        ({"creditnote_id": "1", "invoice_id": "2"}, "creditnote"),
        ({"invoice_id": "1", "salesorder_id": "2"}, "invoice"),
        ({"bill_id": "1", "purchaseorder_id": "2"}, "bill"),
        ({"payment_id": "1", "invoice_id": "2"}, "customerpayment"),
        ({"salesreturn_id": "1", "salesorder_id": "2"}, "salesreturn"),
    ],
)
def test_a_record_that_names_others_too_is_not_taken_for_one_of_them(record, name):
    assert about(told(record)) == (name, "1")


def test_an_id_that_came_as_a_number_is_text():
    assert told({"item": {"item_id": 4600000000000001234}}).record_id == "4600000000000001234"


def test_the_lines_of_a_document_name_its_items_once():
    assert told({"invoice": {"invoice_id": "1", "line_items": LINES}}).item_ids == ("11", "12")
    assert told({"item": {"item_id": "1", "line_items": LINES}}).item_ids == ()


def test_the_parts_of_a_kit_are_items_of_the_document():
    kit = {
        "item_id": "11",
        "mapped_items": [{"item_id": "21", "quantity": 2}, {"item_id": 22}, {"item_id": "21"}],
    }
    broken = {"item_id": "12", "mapped_items": ["x", None, {"item_id": [1]}]}

    assert told({"invoice": {"invoice_id": "1", "line_items": [kit, broken]}}).item_ids == (
        "11",
        "21",
        "22",
        "12",
    )


@pytest.mark.parametrize(
    "lines", ["text", None, 5, {"a": 1}, ["x", 3, None, {"item_id": None}, {"item_id": [1]}]]
)
def test_lines_that_are_none_name_nothing(lines):
    assert told({"invoice": {"invoice_id": "1", "line_items": lines}}).item_ids == ()


@pytest.mark.parametrize("door", ["stock", "products"])
def test_a_document_at_the_address_of_stock_is_the_document(door):
    body = {"inventory_adjustment": {"inventory_adjustment_id": "5", "line_items": LINES}}
    hint = told(body, door)
    assert about(hint) == ("inventory_adjustment", "5")
    assert hint.item_ids == ("11", "12")


def test_an_adjustment_without_an_id_is_still_known_by_its_lines():
    hint = told({"inventory_adjustment": {"line_items": [{"item_id": "11"}]}}, "stock")
    assert (about(hint), hint.item_ids) == (("inventory_adjustment", ""), ("11",))


def test_the_envelope_tells_the_event_and_the_record():
    body = {
        "event_id": "e-1",
        "event_type": "invoice.created",
        "entity_id": "9",
        "organization_id": "700",
        "data": {"line_items": LINES},
    }
    hint = told(body)
    assert about(hint) == ("invoice", "9")
    assert (hint.event_type, hint.source_event_id, hint.organization_id) == ("invoice.created", "e-1", "700")
    assert hint.item_ids == ("11", "12")


@pytest.mark.parametrize("data", [{"item": {"item_id": "9"}}, {"item_id": "9"}, {}, None, []])
def test_an_envelope_around_any_record(data):
    body = {"event_type": "item.updated", "entity_id": "9", "data": data}
    assert about(told(body, "products")) == ("item", "9")
    assert about(told(body)) == ("item", "9")


@pytest.mark.parametrize("field", ["JSONString", "jsonstring", "payload"])
def test_json_in_a_field_of_a_form(field):
    form = urlencode({"a": "1", field: json.dumps({"contact": {"contact_id": "5"}})}).encode()
    assert about(told(form, "customers", FORM)) == ("contact", "5")


def test_a_plain_form_with_its_lines_as_json():
    form = urlencode({"invoice_id": "5", "line_items": json.dumps(LINES), "customer_name": "شركة"}).encode()
    hint = told(form, "", f"{FORM}; charset=UTF-8")
    assert (about(hint), hint.item_ids) == (("invoice", "5"), ("11", "12"))


def test_json_under_a_wrong_content_type_is_still_json():
    assert about(told({"item": {"item_id": "1"}}, "", FORM)) == ("item", "1")
    assert about(told({"item": {"item_id": "1"}}, "", "text/plain")) == ("item", "1")
    assert about(told(b"item_id=1", "", "text/plain")) == ("item", "1")


def test_the_query_tells_event_test_and_id():
    hint = told({}, "products", JSON, b"event=deleted&test=1&item_id=8")
    assert (about(hint), hint.event_type, hint.is_test) == (("item", "8"), "deleted", True)


@pytest.mark.parametrize("value", [None, "", True, 1.5, [], {}, "a/b", "1,2", "x" * 65, "ضريبة", "1\x002"])
def test_what_is_no_id_is_none(value):
    assert told({"item": {"item_id": value}}).record_id == ""


def test_a_repeated_key_counts_last_as_everywhere():
    assert told(b'{"item":{"item_id":"1","item_id":"2"}}').record_id == "2"


@given(
    st.binary(max_size=300),
    st.sampled_from(["", "stock", *DOORS, "no such"]),
    st.sampled_from([JSON, FORM, "", "x/y"]),
)
def test_no_bytes_break_it(body, door, content_type):
    hint = read(door, body, content_type, body)
    assert len(hint.record_id) <= 64


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([
        "item", "invoice", "data", "event_type", "entity_id", "event_id", "item_id", "invoice_id", "line_items",
        "organization_id", "contact",
    ]), inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(json_values, st.sampled_from(["", *DOORS]))
def test_no_json_breaks_it(value, door):
    hint = told({"item": value, "data": value, "event_type": value}, door)
    assert all(isinstance(each, str) for each in (hint.record_id, hint.event_type, *hint.item_ids))
