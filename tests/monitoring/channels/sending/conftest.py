"""Channels whose other end is a server of the test, and a kind that does what the test says."""

from __future__ import annotations

import pytest

from monitoring.channels import base

SECRET = "a-secret-of-the-receiver"


@pytest.fixture
def webhook(channel, receivers):
    """A channel and the server at its other end."""

    def make(**columns):
        receiver = receivers()
        values = {"url": f"{receiver.url}/a", "secret": SECRET}
        return channel("webhook", values=values, **columns), receiver

    return make


@pytest.fixture
def kind_of_ours():
    """Registers the kind "ours", which sends by calling the function that is given."""

    def make(function):
        class Ours:
            kind, label, hint = "ours", "Ours", ""
            fields = (base.Field(name="word", label="Word", kind="secret"),)

            def check(self, config):
                return {}

            def send(self, message, config):
                function(message, config)

        base.register(Ours)

    yield make
    base._kinds.pop("ours", None)
