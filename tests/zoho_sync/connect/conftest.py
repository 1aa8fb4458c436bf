"""A Zoho that can be reached, nobody connected, and an administrator who walks the pages; the calls are real HTTP."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.factories import AdministratorFactory
from tests.zoho_sync.zoho.conftest import SIZE
from zoho_sync.models import ConnectionDraft
from zoho_sync.sandbox import SANDBOX_CLIENT_ID, SANDBOX_CLIENT_SECRET, SANDBOX_ORGANIZATION_ID, Sandbox

IDENTITY = {"client_id": SANDBOX_CLIENT_ID, "client_secret": SANDBOX_CLIENT_SECRET}
NAMES = ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN", "ORGANIZATION_ID")
ORGANIZATION = SANDBOX_ORGANIZATION_ID


@pytest.fixture(scope="session")
def zoho_server() -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, port=0, calls_per_minute=None, tokens_per_ten_minutes=1000) as sandbox:
        yield sandbox


@pytest.fixture
def zoho(zoho_server: Sandbox, settings, transactional_db) -> Iterator[Any]:
    control = zoho_server.control
    before = control.settings()
    settings.ZOHO = settings.ZOHO | {
        **dict.fromkeys(NAMES, ""),
        "REGION": "com",
        "API_BASE_URL": zoho_server.url,
        "ACCOUNTS_URL": zoho_server.url,
        "CALLS_PER_MINUTE": 100_000,
        "CALLS_PER_DAY": 1_000_000,
        "CALL_SECONDS": 5,
    }
    settings.WEBHOOKS = settings.WEBHOOKS | {"PUBLIC_URL": "http://127.0.0.1:8000"}
    control.tokens("restore")
    control.forget_calls()
    yield control
    control.clear_faults()
    control.settings(**before)
    control.set_client()
    control.set_organizations({ORGANIZATION: {}})
    control.tokens("restore")


@dataclass
class Walker:
    """Somebody at the pages. After each step: where it led, and what was said."""

    client: Client

    def url(self, step: str) -> str:
        return reverse(f"admin:zoho_sync_oauthtoken_connect_{step}")

    def see(self, step: str) -> str:
        answer = self.client.get(self.url(step))
        assert answer.status_code == 200
        return answer.content.decode()

    def states(self) -> dict[str, str]:
        answer = self.client.get(reverse("admin:zoho_sync_oauthtoken_connect"))
        return {each["url"].rstrip("/").rpartition("/")[2]: each["mood"] for each in answer.context["steps"]}

    def take(self, step: str, verb: str, *, seen: int | None = None, **told: Any) -> str:
        """Press the button, follow on, and read the page that comes."""
        seen = self.version() if seen is None else seen
        answer = self.client.post(self.url(step), {"verb": verb, "seen": seen, **told}, follow=True)
        assert answer.status_code == 200
        self.told = [str(each) for each in answer.context.get("messages") or ()]
        self.at = answer.redirect_chain[-1][0] if answer.redirect_chain else self.url(step)
        return answer.content.decode()

    def version(self) -> int:
        draft = ConnectionDraft.objects.first()
        return draft.version if draft else 0

    def prepare(self, region: str = "com", **identity: str) -> None:
        """The first two steps."""
        self.take("data_center", "choose", region=region)
        self.take("client", "store", **(IDENTITY | identity))

    def ask(self) -> str:
        """Where the button for consent leads."""
        answer = self.client.post(self.url("consent"), {"verb": "ask", "seen": self.version()})
        assert answer.status_code == 302
        return answer["Location"]

    def come_back(self, address: str) -> None:
        """Open the address that Zoho sends the browser to."""
        parts = urlsplit(address)
        answer = self.client.get(f"{parts.path}?{parts.query}", follow=True)
        self.told = [str(each) for each in answer.context.get("messages") or ()]
        self.at = answer.redirect_chain[-1][0]

    def connect(self, zoho: Any) -> None:
        self.prepare()
        self.take("consent", "redeem", code=zoho.grant_code())
        self.take("organization", "choose", organization=ORGANIZATION)


@pytest.fixture
def walker(zoho) -> Walker:
    return another()


def another(**facts: Any) -> Walker:
    client = Client()
    client.force_login(AdministratorFactory(**facts))
    return Walker(client)


def fetch(url: str) -> http.client.HTTPResponse:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("GET", f"{parts.path}?{parts.query}")
    answer = connection.getresponse()
    answer.body = answer.read().decode()  # type: ignore[attr-defined]
    connection.close()
    return answer


def decide(url: str, decision: str = "accept", **changes: str) -> str:
    """What the buttons of the consent page do; the address that the browser is sent to."""
    parts = urlsplit(url)
    query = dict(parse_qsl(parts.query)) | changes | {"decision": decision}
    answer = fetch(f"{parts.scheme}://{parts.netloc}/oauth/v2/auth/decide?{urlencode(query)}")
    assert answer.status == 302, answer.body
    return answer.headers["Location"]


@pytest.fixture
def paths(zoho) -> Callable[[], list[str]]:
    """Every path that was called, in order."""
    return lambda: [call["path"] for call in zoho.calls()]
