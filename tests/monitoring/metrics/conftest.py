"""Each test begins and ends with nothing in hand: what other tests have counted is none of its business."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def empty_hands() -> Iterator[None]:
    from monitoring.metrics import buffer

    buffer.own.forget()
    yield
    buffer.own.forget()
