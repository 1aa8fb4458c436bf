"""`Idempotency-Key` at the older doors: what is asked twice is started once, and told as it stands by then."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from tests.factories import SyncRunFactory
from zoho_sync.models import IdempotencyKey, SyncRun

from .conftest import BULK, MOBILE

pytestmark = pytest.mark.django_db
Status = SyncRun.Status
SPECIFIC = f"{MOBILE}/sync/stock/specific?item_ids=51"
DOORS = [f"{BULK}/products", f"{BULK}/items-with-stock", f"{BULK}/sync-all", f"{MOBILE}/sync/stock", SPECIFIC]


def ask(caller, address: str, body: Any = None, key: str = "k1") -> Any:
    return caller.client.post(address, body, format="json", headers={"Idempotency-Key": key})


@pytest.mark.parametrize("door", DOORS)
def test_the_same_question_starts_nothing_again(caller, connected, door):
    first = ask(caller, door)
    count = SyncRun.objects.count()

    again = ask(caller, door)

    assert (first.status_code, again.status_code) == (202, 202)
    assert SyncRun.objects.count() == count > 0
    assert again.json()["run"] == first.json()["run"]
    assert again["Location"] == first["Location"]
    assert again["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first


def test_it_is_told_as_it_stands_by_then(caller, connected):
    """Also to who waits shorter this time; in between it has ended."""
    ask(caller, f"{BULK}/products?wait=5")
    SyncRun.objects.update(status=Status.SUCCEEDED, created_count=7, finished_at=timezone.now())

    again = ask(caller, f"{BULK}/products?wait=0")

    assert (again.status_code, again.json()["success"]) == (200, True)
    assert again.json()["stats"]["successful"] == 7
    assert SyncRun.objects.count() == 1


@pytest.mark.parametrize(
    ("address", "body"),
    [
        (f"{BULK}/products", {"batch_size": 50}),
        (f"{BULK}/customers", None),
        (f"{BULK}/products?organization=%s", None),
    ],
)
def test_the_same_key_with_another_question_is_refused(caller, connected, address, body):
    ask(caller, f"{BULK}/products")

    answer = ask(caller, address.replace("%s", connected.external_id), body)

    assert (answer.status_code, answer.json()["error"]) == (422, "idempotency_key_reused")
    assert answer.json()["success"] is False
    assert SyncRun.objects.count() == 1


def test_what_was_refused_may_be_asked_again_with_its_key(caller, connected):
    SyncRunFactory(organization=connected, entity="products", status=Status.RUNNING)
    assert ask(caller, f"{BULK}/products").status_code == 409
    assert ask(caller, f"{BULK}/products", {"batch_size": 1}).status_code == 400
    assert not IdempotencyKey.objects.exists()
    SyncRun.objects.update(status=Status.SUCCEEDED)

    assert ask(caller, f"{BULK}/products").status_code == 202

    assert SyncRun.objects.count() == 2


def test_a_key_that_is_none_is_refused_by_name(caller, connected):
    answer = ask(caller, f"{BULK}/products", key="x" * 256)

    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == ["Idempotency-Key"]
    assert not SyncRun.objects.exists()
