"""A sandbox as Zoho, an exact mirror of it, and somebody who may spend calls."""

from __future__ import annotations

import pytest

from tests.factories import AdministratorFactory
from tests.zoho_sync.engine.conftest import (  # noqa: F401
    api_calls,
    organization,
    run_sync,
    sandbox,
    start_run,
    sync_all,
    zoho_server,
)
from tests.zoho_sync.truth.conftest import mirror, size  # noqa: F401


@pytest.fixture
def staff(client, db):
    client.force_login(AdministratorFactory())
    return client
