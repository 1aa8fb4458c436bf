"""What every test may use. The sandbox and the worker as real processes are fixtures of their rooms."""

from __future__ import annotations

import os
import signal
import sys
from binascii import crc32
from pathlib import Path

import hypothesis
import pytest

from tests import emptying, migrated

PROJECT = Path(__file__).resolve().parent.parent


DATABASE_FIXTURES = {"db", "transactional_db"}
STARTS_ON_ITS_OWN = (
    "tests/setup/test_fresh_machine.py",
    "tests/zoho_sync/test_backoffice.py",
)  # the product, with a database of its own


# Pages, answers and decisions, and what the engine decides: what they ask for is asked through the same models and
# queries on both databases. The ways in which those differ (locks, transactions, how rows are written) have tests of
# their own beside them. Each of these tests is run on one of the two by `make test`, and on the other one by `.ci/run`.
HALVED = (
    "tests/access/",
    "tests/backups/test_damage.py",
    "tests/finder/",
    "tests/inventory/api/documents/test_filters.py",
    "tests/inventory/api/documents/test_lists.py",
    "tests/inventory/api/documents/test_statement.py",
    "tests/inventory/api/test_filters.py",
    "tests/inventory/api/test_lists.py",
    "tests/inventory/api/test_pages.py",
    "tests/inventory/api/test_raw.py",
    "tests/inventory/api/test_rendering.py",
    "tests/inventory/api/test_schema.py",
    "tests/inventory/documents/",
    "tests/inventory/pictures/",
    "tests/inventory/test_admin",
    "tests/inventory/test_look_up.py",
    "tests/inventory/test_oddities.py",
    "tests/inventory/test_pricing.py",
    "tests/monitoring/alerts/test_admin",
    "tests/monitoring/alerts/test_causes_fire.py",
    "tests/monitoring/api/",
    "tests/monitoring/channels/",
    "tests/monitoring/dashboard/",
    "tests/monitoring/health/",
    "tests/zoho_sync/admin_runs/",
    "tests/zoho_sync/admin_webhooks/",
    "tests/zoho_sync/api/",
    "tests/zoho_sync/budget/",
    "tests/zoho_sync/commands/",
    "tests/zoho_sync/connect/",
    "tests/zoho_sync/documents/test_adding_up.py",
    "tests/zoho_sync/documents/test_freshness.py",
    "tests/zoho_sync/documents/test_left.py",
    "tests/zoho_sync/documents/test_ways.py",
    "tests/zoho_sync/doors/",
    "tests/zoho_sync/engine/test_applying.py",
    "tests/zoho_sync/engine/test_dry_run.py",
    "tests/zoho_sync/engine/test_failures.py",
    "tests/zoho_sync/engine/test_filters.py",
    "tests/zoho_sync/engine/test_frugal.py",
    "tests/zoho_sync/engine/test_poison.py",
    "tests/zoho_sync/engine/test_run_states.py",
    "tests/zoho_sync/engine/test_tombstones.py",
    "tests/zoho_sync/engine/test_waiting.py",
    "tests/zoho_sync/explanations/",
    "tests/zoho_sync/pictures/test_budget.py",
    "tests/zoho_sync/pictures/test_fetching.py",
    "tests/zoho_sync/records/",
    "tests/zoho_sync/test_admin",
    "tests/zoho_sync/test_backoffice.py",
    "tests/zoho_sync/truth/",
    "tests/zoho_sync/webhooks/door/",
    "tests/zoho_sync/webhooks/draining/test_hints.py",
    "tests/zoho_sync/webhooks/test_backfill.py",
    "tests/zoho_sync/webhooks/test_coverage.py",
    "tests/zoho_sync/webhooks/test_dead_letters.py",
    "tests/zoho_sync/webhooks/test_documents.py",
    "tests/zoho_sync/webhooks/test_downtime.py",
    "tests/zoho_sync/webhooks/test_keys.py",
    "tests/zoho_sync/webhooks/test_replay.py",
    "tests/zoho_sync/webhooks/test_silence.py",
    "tests/zoho_sync/webhooks/test_trial.py",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--half", choices=("first", "other"), help="of the halved tests, and alone if it is the other"
    )


def pytest_collection_modifyitems(config, items: list[pytest.Item]) -> None:
    """What touches no database, or is marked so, cannot differ between the two: it is tested on the first leg only."""
    is_first = os.environ["DATABASE_URL"].startswith("sqlite")
    half = config.getoption("half")
    chosen = [item for item in items if (is_first or may_differ(item)) and is_of(half, item, is_first)]
    config.hook.pytest_deselected(items=[item for item in items if item not in set(chosen)])
    items[:] = chosen


def may_differ(item: pytest.Item) -> bool:
    return not item.get_closest_marker("one_leg") and bool(
        DATABASE_FIXTURES & set(getattr(item, "fixturenames", ()))
        or item.get_closest_marker("django_db")
        or item.nodeid.startswith(STARTS_ON_ITS_OWN)
    )


def is_of(half: str | None, item: pytest.Item, is_first: bool) -> bool:
    """Whether the half has this test on this leg: each of them has one leg in each half."""
    if half is None:
        return True
    if not item.nodeid.startswith(HALVED) or not may_differ(item):
        return half == "first"
    return (crc32(item.nodeid.encode()) % 2 == is_first) == (half == "first")


def pytest_configure() -> None:
    emptying.install()
    # In a shell's background it is ignored, and the processes that tests start would inherit that.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    # How long an example takes says something of the machine, nothing of us.
    hypothesis.settings.register_profile(
        "suite", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("suite")


def pytest_report_header() -> str:
    return f"leg: {os.environ['TEST_RUN']} ({os.environ['DATABASE_URL']})"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_modify_db_settings_parallel_suffix) -> bool:
    """The workers' databases are there already, migrated; they go with the run's folder, or with its server."""
    from django.conf import settings

    return migrated.provide(settings.DATABASES["default"])


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
    """A request leaves its language and its zone active in the thread; the next test starts in the settings' own."""
    from django.utils import timezone, translation

    translation.deactivate()
    timezone.deactivate()
    yield
    translation.deactivate()
    timezone.deactivate()
