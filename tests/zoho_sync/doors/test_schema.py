"""The published schema says exactly what the older doors and the mobile screens answer, its own examples included."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories import (
    OAuthTokenFactory,
    RecordErrorFactory,
    StockLevelFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    WarehouseFactory,
    WebhookDeliveryFactory,
)
from tests.schemas import schema, unfit

from .conftest import BULK, MOBILE

pytestmark = pytest.mark.django_db

SCREENS = [
    f"{BULK}/status",
    *(f"{MOBILE}/{name}" for name in ("sync/stock/stats", "runs", "runs/{id}", "entities", "dead-letter")),
    *(f"{MOBILE}/{name}" for name in ("dashboard", "alerts", "health", "stats/combined")),
    "/api/v1/alerts/",
]
STARTS = [
    *(f"{BULK}/{name}" for name in ("products", "customers", "pricelists", "stock", "items-with-stock")),
    f"{BULK}/sales-orders",  # as all doors of documents: they are made alike
    f"{BULK}/sync-all",
    f"{MOBILE}/sync/stock",
    f"{MOBILE}/sync/stock/specific",
]


def content(path: str, method: str, status: int) -> dict[str, Any]:
    return schema()["paths"][path][method]["responses"][str(status)]["content"]["application/json"]


def faults(path: str, method: str, status: int, answer: Any) -> list[str]:
    return unfit(content(path, method, status)["schema"], answer, is_closed=True)


@pytest.fixture
def world():
    """A row of each kind, and something wrong of each kind."""
    organization = OAuthTokenFactory().organization
    run = SyncRunFactory(organization=organization, status="partial", failed_count=1)
    SyncRunFactory(organization=organization, entity="stock", mode="realtime", status="running")
    SyncRunFactory(organization=organization, entity="customers", status="quarantined")
    SyncRunFactory(organization=organization, entity="price_lists", status="failed", message="Cut.")
    SyncCheckpointFactory(organization=organization)
    RecordErrorFactory(run=run)
    WebhookDeliveryFactory(status="dead")
    StockLevelFactory(warehouse=WarehouseFactory(sells=True))
    return run


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_answers_what_the_schema_says(caller, world, path):
    answer = caller.get(path.replace("{id}", str(world.pk)))

    assert faults(path, "get", 200, answer.json) == []


@pytest.mark.parametrize("path", SCREENS)
def test_a_screen_without_any_data_does_so_too(caller, path):
    if "{id}" not in path:
        assert faults(path, "get", 200, caller.get(path).json) == []


@pytest.mark.parametrize("path", STARTS)
def test_a_door_answers_what_the_schema_says(caller, connected, path):
    body = {"item_ids": ["51"]} if path.endswith("specific") else {}

    assert faults(path, "post", 202, caller.post(path, body).json) == []
    if not path.endswith("specific"):
        assert faults(path, "post", 409, caller.post(path, body, status=409).json) == []
    assert faults(path, "post", 400, caller.post(f"{path}?wait=x", body, status=400).json) == []


@pytest.mark.parametrize("path", [*SCREENS, *STARTS])
def test_every_example_fits_what_it_is_an_example_of(path):
    method = "post" if path in STARTS else "get"
    found = {
        status: [each["value"] for each in answer["content"]["application/json"].get("examples", {}).values()]
        for status, answer in schema()["paths"][path][method]["responses"].items()
        if "application/json" in answer.get("content", {})
    }
    assert found["200"]
    wrong = [
        fault
        for status, examples in found.items()
        for example in examples
        for fault in faults(path, method, int(status), example)
    ]
    assert wrong == []
