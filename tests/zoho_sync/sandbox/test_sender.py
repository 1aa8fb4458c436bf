"""Webhooks as Zoho sends them: what is told, in which form, signed how, and how often it is tried."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

import pytest

from zoho_sync.sandbox import SandboxError
from zoho_sync.sandbox.hooks import MODULES

SECRET = "abcDEF123456"  # nothing but a test


@dataclass
class Post:
    path: str
    query: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def signature(self) -> str | None:
        return self.headers.get("x-zoho-webhook-signature")


@dataclass
class Receiver:
    """Takes POSTs, and answers each with the next of `statuses`, then with 200."""

    url: str
    posts: list[Post] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)
    pause: float = 0.0

    def wait_for(self, count: int) -> list[Post]:
        deadline = time.monotonic() + 30
        while len(self.posts) < count:
            assert time.monotonic() < deadline, f"{len(self.posts)} of {count} came"
            time.sleep(0.01)
        return self.posts


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args) -> None:
            pass

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            parts = urlsplit(self.path)
            headers = {name.lower(): value for name, value in self.headers.items()}
            time.sleep(told.pause)
            status = told.statuses.pop(0) if told.statuses else 200
            told.posts.append(Post(parts.path, parts.query, headers, body))
            self.send_response(status)
            if status == 302:
                self.send_header("Location", f"{told.url}/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told = Receiver(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    yield told
    server.shutdown()
    server.server_close()


@pytest.fixture
def item(control) -> str:
    return control.ids("items")[0]


@pytest.fixture(autouse=True)
def quick(control) -> None:
    control.settings(webhook_spacing_seconds=0.05)


def settled(control, count: int = 1) -> list[dict]:
    """What was sent, once so many deliveries have arrived or are lost."""
    deadline = time.monotonic() + 30
    while True:
        ended = [each for each in control.sent() if each["state"] != "waiting"]
        if len(ended) >= count:
            return ended
        assert time.monotonic() < deadline, control.sent()
        time.sleep(0.01)


def hexdigest(message: bytes) -> str:
    return hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


# --- What is told -------------------------------------------------------------------------------------


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


# --- The forms of a body ------------------------------------------------------------------------------


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


# --- The signature ------------------------------------------------------------------------------------


def test_the_documented_example_of_a_message_is_signed(control, receiver, item):
    """Query subscription_id=90343&name=basic, and a JSON body: the pairs by key, run together, then the body."""
    body = '{"created_date":"2019-03-06","event_id":"5675"}'
    control.set_webhook(
        "items",
        receiver.url,
        secret=SECRET,
        form="raw",
        template=body,
        query={"subscription_id": "90343", "name": "basic"},
    )

    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    assert (post.query, post.body.decode()) == ("subscription_id=90343&name=basic", body)
    assert post.signature == hexdigest(f"namebasicsubscription_id90343{body}".encode())


def test_without_a_query_the_body_alone_is_signed(control, receiver, item):
    control.set_webhook("items", receiver.url, secret=SECRET)

    control.change("items", item, name="كيبل")

    (post,) = receiver.wait_for(1)
    assert post.signature == hexdigest(post.body)


def test_the_pairs_of_a_form_are_signed_among_those_of_the_query(control, receiver, item):
    control.set_webhook("items", f"{receiver.url}/?who=me%20%26%20you", secret=SECRET, form="jsonstring")

    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    (held,) = [value for _key, value in parse_qsl(post.body.decode())]
    assert post.signature == hexdigest(f"JSONString{held}whome & you".encode())


def test_the_signature_may_be_base64(control, receiver, item):
    control.set_webhook("items", receiver.url, secret=SECRET, encoding="base64")

    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    assert base64.b64decode(post.signature).hex() == hexdigest(post.body)


def test_without_a_secret_nothing_is_signed(control, receiver, item):
    control.set_webhook("items", receiver.url)

    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    assert post.signature is None


def test_a_query_may_be_given_as_text(control, receiver, item):
    control.set_webhook("items", receiver.url, secret=SECRET, query="b=2&a=1")

    control.change("items", item, name="x")

    (post,) = receiver.wait_for(1)
    assert post.query == "b=2&a=1"
    assert post.signature == hexdigest(b"a1b2" + post.body)


def test_an_address_in_any_script_is_knocked_at_in_its_encoded_form(control, receiver, item):
    control.set_webhook("items", f"{receiver.url}/باب one")

    control.change("items", item, name="x")

    (sent,) = settled(control)
    assert sent["state"] == "delivered"
    assert receiver.posts[0].path == "/%D8%A8%D8%A7%D8%A8%20one"


def test_a_secret_is_not_shown_again(control, receiver):
    control.set_webhook("items", receiver.url, secret=SECRET)

    (told,) = control.webhooks()

    assert told["is_signed"] is True
    assert SECRET not in str(told)


# --- Trying again -------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [302, 400, 401, 500, 503])
def test_whatever_is_no_2xx_is_tried_again_with_the_same_body(status, control, receiver, item):
    receiver.statuses = [status, status]
    control.set_webhook("items", receiver.url, secret=SECRET)

    control.change("items", item, name="x")

    posts = receiver.wait_for(3)
    (sent,) = settled(control)
    assert (sent["state"], [each["status"] for each in sent["attempts"]]) == (
        "delivered",
        [status, status, 200],
    )
    assert len({(post.path, post.body, post.signature) for post in posts}) == 1


def test_after_five_more_tries_a_delivery_is_lost(control, receiver, item):
    receiver.statuses = [500] * 50
    control.set_webhook("items", receiver.url)

    control.change("items", item, name="x")

    (sent,) = settled(control)
    assert (sent["state"], len(sent["attempts"])) == ("lost", 6)


def test_who_does_not_answer_in_time_is_tried_again(control, receiver, item):
    control.settings(webhook_read_seconds=0.2, webhook_retries=1)
    receiver.pause = 1
    control.set_webhook("items", receiver.url)

    control.change("items", item, name="x")

    (sent,) = settled(control)
    assert [(each["status"], bool(each["error"])) for each in sent["attempts"]] == [(None, True)] * 2


def test_nobody_at_the_address_is_a_failure_with_its_reason(control, item):
    control.settings(webhook_retries=0)
    control.set_webhook("items", "http://127.0.0.1:9/")  # discard: nobody listens

    control.change("items", item, name="x")

    (sent,) = settled(control)
    assert (sent["state"], sent["attempts"][0]["status"]) == ("lost", None)
    assert "refused" in sent["attempts"][0]["error"]


# --- Disorder -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("copies", [0, 3])
def test_deliveries_are_repeated_or_lost_as_ordered(copies, control, receiver, item):
    control.settings(webhook_copies=copies)
    control.set_webhook("items", receiver.url)

    control.change("items", item, name="x")

    assert len(control.sent()) == copies
    posts = receiver.wait_for(copies)
    assert len({post.body for post in posts}) == min(copies, 1)


def test_what_is_held_back_is_sent_when_it_is_released(control, receiver, item):
    control.set_webhook("items", receiver.url)
    control.hold_webhooks()
    for number in range(8):
        control.change("items", item, name=str(number))
    assert (len(control.sent()), receiver.posts) == (8, [])

    assert control.release_webhooks(shuffle=4) == 8

    names = {post.json["item"]["name"] for post in receiver.wait_for(8)}
    assert names == {str(number) for number in range(8)}
    control.change("items", item, name="after")
    receiver.wait_for(9)


def test_a_delay_lets_a_later_change_come_first(control, receiver, item):
    control.set_webhook("items", receiver.url)
    control.settings(webhook_delay_ms=1500)
    control.change("items", item, name="first")
    control.settings(webhook_delay_ms=0)
    control.change("items", item, name="second")

    posts = receiver.wait_for(2)

    assert [post.json["item"]["name"] for post in posts] == ["second", "first"]


# --- What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("order", "complaint"),
    [
        ({"module": "brands"}, "no module 'brands'"),
        ({"url": "http://example.com/"}, "this machine only"),
        ({"url": "http://10.0.0.1/"}, "this machine only"),
        ({"url": "https://127.0.0.1/"}, "looks like"),
        ({"url": "nonsense"}, "looks like"),
        ({"url": "http://127.0.0.1:99999/"}, "looks like"),
        ({"query": ["a"]}, "query"),
        ({"secret": "short"}, "12 to 50"),
        ({"secret": "with spaces in it"}, "12 to 50"),
        ({"form": "xml"}, "no form 'xml'"),
        ({"form": "raw"}, "template"),
        ({"template": "{}"}, "template"),
        ({"events": ["moved"]}, "no event 'moved'"),
        ({"events": []}, "at least one event"),
        ({"encoding": "base32"}, "no encoding"),
    ],
)
def test_a_webhook_that_makes_no_sense_is_refused(order, complaint, control):
    with pytest.raises(SandboxError, match=complaint):
        control.set_webhook(**({"module": "items", "url": "http://127.0.0.1:1/"} | order))

    assert control.webhooks() == []
