"""A small sandbox per test, and a plain client that knows nothing of the product."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from zoho_sync.sandbox import Sandbox, Size

SMALL = Size(items=60, customers=25, vendors=4, locations=3, price_lists=7, price_list_items=40)


class Client:
    """Calls by http.client, one connection each; nothing is retried or hidden."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.token = ""

    def call(
        self,
        method: str,
        path: str,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        timeout: float = 20,
    ) -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection(urlsplit(self.sandbox.url).netloc, timeout=timeout)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read(), dict(answer.getheaders())
        finally:
            connection.close()

    def post_form(self, path: str, **form: str) -> tuple[int, Any]:
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body, _ = self.call("POST", path, urlencode(form), headers)
        return status, json.loads(body)

    def refresh(self, **changed: str) -> tuple[int, Any]:
        """One refresh by form body, with the sandbox's own credentials unless told otherwise."""
        own = self.sandbox.credentials
        form = {
            "grant_type": "refresh_token",
            "client_id": own["ZOHO_CLIENT_ID"],
            "client_secret": own["ZOHO_CLIENT_SECRET"],
            "refresh_token": own["ZOHO_REFRESH_TOKEN"],
        }
        return self.post_form("/oauth/v2/token", **(form | changed))

    def raw(
        self, path: str, api: str = "/inventory/v1", timeout: float = 20, **query: Any
    ) -> tuple[int, bytes, dict[str, str]]:
        """GET with token and organisation; query values override, None leaves a parameter out."""
        if not self.token:
            self.token = self.refresh()[1]["access_token"]
        asked = {"organization_id": self.sandbox.credentials["ZOHO_ORGANIZATION_ID"]} | query
        text = urlencode({key: value for key, value in asked.items() if value is not None})
        headers = {"Authorization": f"Zoho-oauthtoken {self.token}"}
        return self.call("GET", f"{api}{path}?{text}", headers=headers, timeout=timeout)

    def get(self, path: str, **query: Any) -> Any:
        """The parsed body, whatever the status."""
        return json.loads(self.raw(path, **query)[1], parse_float=Decimal)

    def refusal(self, path: str, **query: Any) -> tuple[int, int]:
        """HTTP status and Zoho's code."""
        status, body, _ = self.raw(path, **query)
        return status, json.loads(body)["code"]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=SMALL, seed=7, calls_per_minute=None) as sandbox:
        yield sandbox


@pytest.fixture
def control(sandbox: Sandbox):
    return sandbox.control


@pytest.fixture
def zoho(sandbox: Sandbox) -> Client:
    return Client(sandbox)
