"""Somebody who posts with a good signature."""

from __future__ import annotations

import json

import pytest

from tests.factories import OrganizationFactory
from zoho_sync.models import WebhookSecret
from zoho_sync.webhooks import bodies, keys, throttle
from zoho_sync.webhooks.keys import make_secret
from zoho_sync.webhooks.proofs import message, signature

from .posted import ITEM, SECRET


@pytest.fixture(autouse=True)
def nobody_has_come_yet():
    throttle.forget()
    keys.forget()


@pytest.fixture
def secret() -> WebhookSecret:
    return make_secret(OrganizationFactory(external_id="700000001"), "first", value=SECRET)[0]


@pytest.fixture
def post(client, secret):
    """post(body, path=…, **headers) -> the answer to a delivery signed as Zoho signs."""

    def send(
        body=ITEM, path="products", *, query="", content_type="application/json", signed_with=SECRET, **more
    ):
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        path = path if path.startswith("/") else f"/api/zoho/webhooks/{path}"
        headers = more.pop("headers", None)
        if headers is None:
            signed = message(query.encode(), raw, is_form=bodies.is_form(content_type))
            headers = {"X-Zoho-Webhook-Signature": signature(signed_with.encode(), signed)}
        return client.post(
            f"{path}?{query}" if query else path, raw, content_type=content_type, headers=headers, **more
        )

    return send
