"""How the sandbox signs."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import parse_qsl

from .receiver import SECRET, settled


def hexdigest(message: bytes) -> str:
    return hmac.new(SECRET.encode(), message, hashlib.sha256).hexdigest()


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
