"""Deliveries while web server, worker and Redis are killed: what got a 2xx is applied."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator

import pytest

from tests.zoho_sync.webhooks import test_torture
from tests.zoho_sync.webhooks.test_torture import machine, size  # noqa: F401  (fixtures)


@pytest.fixture(autouse=True)
def losses(server) -> Iterator[list[str]]:
    """From now on Redis is emptied or killed every second or two."""
    is_over, told, dice = threading.Event(), list[str](), random.Random(7)

    def lose() -> None:
        while not is_over.wait(dice.uniform(0.5, 2.0)):
            told.append(dice.choice(["emptied", "emptied", "killed"]))
            if told[-1] == "emptied":
                server.client.flushall()
            else:
                server.kill()
                is_over.wait(dice.uniform(0.1, 1.0))
                server.start()

    thread = threading.Thread(target=lose)
    thread.start()
    yield told
    is_over.set()
    thread.join(60)


def test_what_was_acknowledged_is_applied_though_jobs_are_lost_all_the_time(
    sandbox, organization, run_sync, machine, tmp_path, losses, monkeypatch  # noqa: F811
):  # fmt: skip
    # The database stays, as one that is not the tests' own does: other tests of this leg use the same server.
    monkeypatch.setenv("TEST_DATABASE_URL", "not to be killed")
    test_torture.test_what_was_acknowledged_is_applied_whatever_dies(
        sandbox, organization, run_sync, machine, tmp_path
    )
    assert {"emptied", "killed"} <= set(losses)
