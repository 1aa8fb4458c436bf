"""The bell: rung once for many, and never in vain or not at all, whoever comes between."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django_q.models import OrmQ

from tests.factories import OrganizationFactory
from zoho_sync.models import WebhookDelivery, WebhookInbox
from zoho_sync.webhooks import doorbell
from zoho_sync.webhooks.deposit import deposit

pytestmark = pytest.mark.django_db(transaction=True)
BRINGERS, EACH = 4, 40


def bring(organization, number: int = 0) -> WebhookDelivery:
    row = WebhookDelivery(
        organization=organization, subject="item", entity="products", record_id=str(number),
        proof="zoho", content_hash=str(number), body=b"{}",
    )  # fmt: skip
    deposit(row, rings=True)
    return row


def rung(organization) -> bool:
    return WebhookInbox.objects.filter(pk=organization.pk).exclude(rung_at=None).exists()


def test_the_first_delivery_rings_and_those_after_it_need_not():
    organization = OrganizationFactory()
    assert [bring(organization, number).pk for number in range(3)] == sorted(
        WebhookDelivery.objects.values_list("pk", flat=True)
    )
    assert (OrmQ.objects.count(), rung(organization)) == (1, True)


def test_after_the_answer_the_next_one_rings_again():
    organization = OrganizationFactory()
    bring(organization, 1)
    doorbell.answer(organization.pk)
    bring(organization, 2)
    assert OrmQ.objects.count() == 2


def test_a_repeated_delivery_is_known_on_both_ways_into_the_inbox():
    organization = OrganizationFactory()
    assert [bring(organization, 7).is_duplicate for _ in range(3)] == [False, True, True]
    assert list(WebhookDelivery.objects.order_by("pk").values_list("is_duplicate", flat=True)) == [
        False,
        True,
        True,
    ]


def test_organisations_have_bells_of_their_own():
    first, second = OrganizationFactory(), OrganizationFactory(external_id="2")
    bring(first)
    assert (rung(first), rung(second)) == (True, False)
    bring(second)
    assert OrmQ.objects.count() == 2


def test_who_looks_after_the_answer_misses_nobody():
    """Bringers and a drain at once: whenever the drain has looked, what it did not see has rung again."""
    organization = OrganizationFactory()
    failures: list[BaseException] = []

    def work(body) -> threading.Thread:
        def run() -> None:
            try:
                body()
            except BaseException as error:
                failures.append(error)
            finally:
                connections.close_all()

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    bringers = [
        work(lambda base=base: [bring(organization, base * EACH + each) for each in range(EACH)])
        for base in range(BRINGERS)
    ]

    def drain() -> None:
        """As often as somebody rings, take what waits."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            over = not any(bringer.is_alive() for bringer in bringers)
            if rung(organization):
                doorbell.answer(organization.pk)
                WebhookDelivery.objects.filter(status="received").update(status="processing")
            elif over:
                return

    for thread in [*bringers, work(drain)]:
        thread.join()

    assert failures == []
    assert WebhookDelivery.objects.count() == BRINGERS * EACH
    assert not WebhookDelivery.objects.filter(status="received").exists()


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite writers wait for each other")
def test_the_answer_waits_for_who_has_rung_and_not_committed():
    organization = OrganizationFactory()
    bring(organization)
    answered = threading.Event()

    def answer() -> None:
        doorbell.answer(organization.pk)
        answered.set()
        connections.close_all()

    with transaction.atomic():
        bring(organization, 2)
        waiter = threading.Thread(target=answer)
        waiter.start()
        assert not answered.wait(0.3)
    assert answered.wait(30)
    waiter.join()
    assert connection.vendor == "postgresql"
