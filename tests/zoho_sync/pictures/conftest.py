"""A Zoho of each test's own with a handful of items, of which a test says which have pictures, and of what kind."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from inventory.models import ProductPicture
from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    api_calls,
    organization,
    run_sync,
    sandbox,
    start_run,
    until,
    zoho_server,
)
from tests.zoho_sync.engine.workers import worker  # noqa: F401
from zoho_sync.sandbox import Size


@pytest.fixture
def size() -> Size:
    return Size(items=12, customers=2, vendors=1, locations=2, price_lists=1, price_list_items=2)


@pytest.fixture
def named(sandbox, run_sync) -> Callable[..., list[str]]:  # noqa: F811
    """named("a.png", "b.jpg"): the first items have pictures of these names, and no other has one; their ids."""

    def name(*names: str) -> list[str]:
        ids = sandbox.ids("items")
        for number, item_id in enumerate(ids):
            told = names[number] if number < len(names) else ""
            document = f"51000000000009{number:05d}" if told else ""
            sandbox.change("items", item_id, image_name=told, image_document_id=document, image_content="")
        assert run_sync("products").status == "succeeded"
        return ids[: len(names)]

    return name


@pytest.fixture
def picture() -> Callable[[str], ProductPicture]:
    """The stored picture of an item."""
    return lambda item_id: ProductPicture.objects.get(external_id=item_id)


@pytest.fixture
def image_calls(api_calls) -> Callable[[], int]:  # noqa: F811
    """How many calls for pictures have been made since `sandbox.forget_calls()`."""
    return lambda: sum(call["path"].endswith("/image") for call in api_calls())


@pytest.fixture
def counts() -> Callable:
    """(created, updated, unchanged, skipped, failed) of a run; they add up to what was fetched."""

    def told(run) -> tuple[int, ...]:
        found = tuple(
            getattr(run, f"{name}_count") for name in ("created", "updated", "unchanged", "skipped", "failed")
        )
        assert sum(found) == run.fetched_count
        return found

    return told
