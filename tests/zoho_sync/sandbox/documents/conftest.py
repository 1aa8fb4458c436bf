"""One organisation with a history, shared by tests that only read; those that change it take `sandbox` instead."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from zoho_sync.sandbox import Sandbox, Size

from ..conftest import Client

SIZE = Size(items=60, customers=25, vendors=6, locations=3, price_lists=2, price_list_items=10, documents=230)
TODAY = date(2025, 10, 2)  # long ago, so that every change made by a test is later


@pytest.fixture(scope="package")
def kept() -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, today=TODAY, calls_per_minute=None) as sandbox:
        yield sandbox


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(size=SIZE, seed=7, today=TODAY, calls_per_minute=None) as sandbox:
        yield sandbox


@pytest.fixture
def empty() -> Iterator[Sandbox]:
    """Nothing but the paths."""
    with Sandbox(size=Size(items=0, customers=0, vendors=0, price_lists=0, price_list_items=0)) as sandbox:
        yield sandbox


@pytest.fixture(scope="package")
def reader(kept: Sandbox) -> Client:
    return Client(kept)


@pytest.fixture(autouse=True)
def plain(request) -> Iterator[None]:
    """Habits that a test has set on the shared sandbox end with it."""
    yield
    if "kept" in request.fixturenames:
        kept = request.getfixturevalue("kept")
        usual = {name: {} for name in ("document_filters", "document_sorts", "document_parameters")}
        usual |= {"document_columns": "refused", "document_amounts": "mixed", "group_root": ""}
        kept.control.settings(**usual, document_row_times="documented", locations_enabled=True)
