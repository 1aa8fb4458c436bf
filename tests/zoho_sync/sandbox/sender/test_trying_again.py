"""What the sandbox does with a receiver who does not take a delivery."""

from __future__ import annotations

import pytest

from .receiver import SECRET, settled


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
