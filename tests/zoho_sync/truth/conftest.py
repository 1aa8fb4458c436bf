"""The sandbox as Zoho, a mirror that is exact, and one round of the truth meter at a time."""

from __future__ import annotations

from collections.abc import Callable

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
from zoho_sync.models import TruthCheck
from zoho_sync.sandbox import Size


@pytest.fixture
def size() -> Size:
    return Size(items=12, customers=5, vendors=2, locations=3, price_lists=2, price_list_items=8)


@pytest.fixture
def mirror(sync_all, organization):  # noqa: F811
    """Everything has been read; the organisation."""
    for run in sync_all().values():
        assert run.status == "succeeded", run.message
    return organization


@pytest.fixture
def compare_all(mirror) -> Callable[[], dict[tuple[str, str], TruthCheck]]:
    """Draw everything there is: {(entity, external id): what became of it}. Price lists come one at a time."""
    from zoho_sync import services

    def compare() -> dict[tuple[str, str], TruthCheck]:
        found = services.check_truth(mirror, 1000)
        return {(each.entity, each.external_id): each for each in found.checks}

    return compare
