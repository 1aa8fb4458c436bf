"""What every test may use. The sandbox and the worker as real processes are fixtures of their rooms."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


DATABASE_FIXTURES = {"db", "transactional_db"}
STARTS_ON_ITS_OWN = (
    "tests/setup/test_fresh_machine.py",
    "tests/zoho_sync/test_backoffice.py",
)  # the product, with a database of its own


def pytest_collection_modifyitems(config, items: list[pytest.Item]) -> None:
    """What touches no database, or is marked so, cannot differ between the two: it is tested on the first leg only."""
    if os.environ["DATABASE_URL"].startswith("sqlite"):
        return
    twice = [
        item
        for item in items
        if not item.get_closest_marker("one_leg")
        and (
            DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
            or item.get_closest_marker("django_db")
            or item.nodeid.startswith(STARTS_ON_ITS_OWN)
        )
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(twice)])
    items[:] = twice


def pytest_report_header() -> str:
    return f"leg: {os.environ['TEST_RUN']} ({os.environ['DATABASE_URL']})"


@pytest.fixture
def process_environment(transactional_db, tmp_path) -> dict[str, str]:
    """The environment under which a started process uses this test's own database and a data folder of its own."""
    from django.db import connection

    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = os.environ["DATABASE_URL"].replace("/tests?", f"/{name}?")
    return os.environ | {
        "DATABASE_URL": address,
        "DATA_DIR": str(tmp_path),
        "DJANGO_SETTINGS_MODULE": "tsh_erp.settings",
        "PYTHONUNBUFFERED": "1",
    }


@pytest.fixture
def manage() -> list[str]:
    """The words before a command's name."""
    return [sys.executable, str(PROJECT / "manage.py")]


@pytest.fixture(autouse=True)
def own_language():
    """A request in Arabic leaves its language active in the thread; the next test starts in the settings' own."""
    from django.utils import translation

    translation.deactivate()
    yield
    translation.deactivate()
