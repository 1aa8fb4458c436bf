"""A Zoho with a history of documents."""

from __future__ import annotations

import pytest

from tests.zoho_sync.engine.conftest import (  # noqa: F401
    api_calls,
    organization,
    run_sync,
    sandbox,
    start_run,
    sync_all,
    zoho_server,
)
from zoho_sync.sandbox import Size

DOCUMENTS = Size(
    items=40, customers=10, vendors=4, locations=3, price_lists=2, price_list_items=20, documents=60
)


@pytest.fixture
def size() -> Size:
    return DOCUMENTS
