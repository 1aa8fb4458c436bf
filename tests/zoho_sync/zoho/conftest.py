"""A small sandbox for the whole session, as new before every test, and a client connected to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from zoho_sync.sandbox import Sandbox, SandboxControl, Size

SIZE = Size(items=45, customers=12, vendors=2, locations=3, price_lists=2, price_list_items=20)


@pytest.fixture(scope="session")
def zoho_server() -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, port=0, calls_per_minute=None) as sandbox:
        yield sandbox


@pytest.fixture
def zoho(zoho_server: Sandbox, settings) -> Iterator[SandboxControl]:
    """The sandbox's control, with the settings pointing at it, and limits too wide to be met."""
    control = zoho_server.control
    before = control.settings()
    control.tokens("restore")
    control.forget_calls()
    settings.ZOHO = settings.ZOHO | {
        "CLIENT_ID": zoho_server.credentials["ZOHO_CLIENT_ID"],
        "CLIENT_SECRET": zoho_server.credentials["ZOHO_CLIENT_SECRET"],
        "REFRESH_TOKEN": zoho_server.credentials["ZOHO_REFRESH_TOKEN"],
        "ORGANIZATION_ID": zoho_server.credentials["ZOHO_ORGANIZATION_ID"],
        "REGION": "com",
        "API_BASE_URL": zoho_server.url,
        "ACCOUNTS_URL": zoho_server.url,
        "CALLS_PER_MINUTE": 100_000,
        "CALLS_PER_DAY": 1_000_000,
        "CALL_SECONDS": 20,
    }
    yield control
    control.clear_faults()
    control.settings(**before)
    control.clock(0)
    control.tokens("restore")


@pytest.fixture
def organization(zoho: SandboxControl, transactional_db):
    from zoho_sync.connections import organization_for

    return organization_for()


@pytest.fixture
def client(organization):
    from zoho_sync.zoho.client import ZohoClient

    with ZohoClient(organization) as client:
        yield client


@pytest.fixture
def api_calls(zoho: SandboxControl):
    """The API calls that the sandbox has had, token calls left out."""
    return lambda: [call for call in zoho.calls() if call["api"] != "accounts"]


@pytest.fixture
def token_calls(zoho: SandboxControl):
    return lambda: [call for call in zoho.calls() if call["api"] == "accounts"]
