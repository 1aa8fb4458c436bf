"""The forms of a webhook's body."""

from __future__ import annotations

import json
from urllib.parse import parse_qsl


def test_the_flat_form_has_numbers_as_text(control, receiver, item):
    control.set_webhook("items", receiver.url, form="flat")

    control.change("items", item, rate=12500)

    (post,) = receiver.wait_for(1)
    assert (post.json["item_id"], post.json["rate"]) == (item, "12500")
    assert isinstance(post.json["locations"][0]["location_stock_on_hand"], str)


def test_the_plain_form_has_pairs(control, receiver, item):
    control.set_webhook("items", receiver.url, form="form")

    control.change("items", item, name="A & B = C")

    (post,) = receiver.wait_for(1)
    told = dict(parse_qsl(post.body.decode(), keep_blank_values=True))
    assert post.headers["content-type"] == "application/x-www-form-urlencoded"
    assert (told["item_id"], told["name"]) == (item, "A & B = C")
    assert "locations" not in told


def test_json_may_lie_in_a_field_of_a_form(control, receiver, item):
    control.set_webhook("items", receiver.url, form="jsonstring")

    control.change("items", item, name="+ and &")

    (post,) = receiver.wait_for(1)
    told = json.loads(dict(parse_qsl(post.body.decode()))["JSONString"])
    assert (told["item"]["item_id"], told["item"]["name"]) == (item, "+ and &")


def test_a_template_of_ones_own_is_filled_in(control, receiver, item):
    template = '{"which":"${item_id}","called":"${name}","none":"${nothing}"}'
    control.set_webhook("items", receiver.url, form="raw", template=template)

    control.change("items", item, name='3" cable')

    (post,) = receiver.wait_for(1)
    assert post.json == {"which": item, "called": '3" cable', "none": ""}


def test_lines_can_be_left_out(control, receiver):
    control.set_webhook("invoices", receiver.url, lines=False)

    invoice = control.add("invoices", line_items=[{"name": "Delivery", "quantity": 1}])

    (post,) = receiver.wait_for(1)
    assert post.json["invoice"]["invoice_id"] == invoice
    assert "line_items" not in post.json["invoice"]
