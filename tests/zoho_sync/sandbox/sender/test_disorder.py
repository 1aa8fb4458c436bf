"""Deliveries repeated, lost, held back and out of order."""

from __future__ import annotations

import pytest


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
