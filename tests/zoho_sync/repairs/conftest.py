"""A Zoho of each test's own, and a day as it may look after something went wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    organization,
    run_sync,
    sandbox,
    size,
    start_run,
    zoho_server,
)


@pytest.fixture
def ago() -> Callable[..., datetime]:
    return lambda **gone: timezone.now() - timedelta(**gone)


@pytest.fixture
def at_once(transactional_db) -> Callable[[Callable], list]:
    """Call it in three threads at the same moment, each with a connection of its own; their answers."""
    from django.db import connections

    def together(call: Callable) -> list:
        answers, barrier = [], threading.Barrier(3)

        def body() -> None:
            try:
                barrier.wait(20)
                answers.append(call())
            finally:
                connections.close_all()

        threads = [threading.Thread(target=body) for _each in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        assert len(answers) == 3
        return answers

    return together
