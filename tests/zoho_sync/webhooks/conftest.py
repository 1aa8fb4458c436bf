"""A Zoho of each test's own, deliveries in the inbox, and the queue's jobs worked one after the other."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable

import pytest
from django.utils.module_loading import import_string

from tests.zoho_sync.engine.conftest import (  # noqa: F401  (fixtures of the room next door)
    api_calls,
    in_background,
    organization,
    run_sync,
    size,
    start_run,
    sync_all,
    until,
    zoho_server,
)
from tests.zoho_sync.engine.conftest import sandbox as sandbox
from tests.zoho_sync.engine.workers import worker as worker


@pytest.fixture
def deliver(organization) -> Callable:  # noqa: F811
    """deliver("item", "123", …columns) -> a delivery in the inbox, and the bell rung, as the door leaves them."""
    from django.db import transaction

    from zoho_sync.models import WebhookDelivery
    from zoho_sync.subjects import SUBJECTS
    from zoho_sync.webhooks import doorbell

    def bring(subject: str, record_id: str = "", **columns) -> WebhookDelivery:
        known = SUBJECTS.get(subject)
        body = json.dumps({subject: {known.id_key if known else "id": record_id}}).encode()
        facts = {
            "entity": known.entity if known else "",
            "door": known.doors[0] if known else "",
            "proof": WebhookDelivery.Proof.ZOHO_SIGNATURE,
            "content_hash": hashlib.sha256(body).hexdigest(),
            "body": body,
        }
        with transaction.atomic():
            row = WebhookDelivery.objects.create(
                organization=organization, subject=subject, record_id=record_id, **facts | columns
            )
            doorbell.ring(organization.pk)
        return row

    return bring


@pytest.fixture
def work_queue(transactional_db) -> Callable:
    """Do what the queue's jobs say, oldest first, until none is left, or so many are done; [(function, answer)]."""
    from django_q.models import OrmQ
    from django_q.signing import SignedPackage

    def work(most: int = 0) -> list[tuple[str, object]]:
        done = []
        while (job := OrmQ.objects.order_by("pk").first()) is not None and (not most or len(done) < most):
            assert len(done) < 300, f"the queue does not become empty: {done[-6:]}"
            task = SignedPackage.loads(job.payload)
            job.delete()
            answer = import_string(task["func"])(*task["args"])
            done.append((task["func"].rpartition(".")[2], answer))
        return done

    return work


@pytest.fixture
def tick(settings) -> Callable:
    """What the supervisor does every few seconds, when some time has passed: `tick(minutes=2)`."""
    from datetime import timedelta

    from django.db.models import F

    from zoho_sync import services
    from zoho_sync.models import SyncRun, WebhookDelivery, WebhookInbox

    def pass_by(**time) -> None:
        ago = timedelta(**(time or {"seconds": 31}))
        WebhookDelivery.objects.update(received_at=F("received_at") - ago)
        WebhookDelivery.objects.exclude(next_attempt_at=None).update(
            next_attempt_at=F("next_attempt_at") - ago
        )
        WebhookInbox.objects.exclude(rung_at=None).update(rung_at=F("rung_at") - ago)
        SyncRun.objects.filter(status__in=SyncRun.ACTIVE).update(
            created_at=F("created_at") - ago,
            beat_at=F("beat_at") - ago,
            lease_until=F("lease_until") - ago,
            paused_until=F("paused_until") - ago,
        )
        services.requeue_lost()

    return pass_by


@pytest.fixture
def warehouses(run_sync) -> None:  # noqa: F811
    """Stock can be taken only where its places are known."""
    run_sync("warehouses")


@pytest.fixture
def item_ids(sandbox) -> Callable[[int], list[str]]:
    """Ids of the first so many items of Zoho."""
    return lambda count: [each["item_id"] for each in sandbox.records("items")[:count]]
