"""The bell: rung once for many, and never in vain or not at all, whoever comes between."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone
from django_q.models import OrmQ

from tests.factories import OrganizationFactory
from tests.zoho_sync.test_processes import wait_until
from zoho_sync.models import WebhookDelivery, WebhookInbox
from zoho_sync.webhooks import doorbell
from zoho_sync.webhooks.deposit import deposit

pytestmark = pytest.mark.django_db(transaction=True)
BRINGERS, ROUNDS = 3, 150


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


def test_while_the_bell_is_rung_a_delivery_costs_one_journey_to_the_database(django_assert_num_queries):
    organization = OrganizationFactory()
    bring(organization, 1)
    with django_assert_num_queries(
        1 if connection.vendor == "postgresql" else 3
    ):  # BEGIN and COMMIT count too
        bring(organization, 2)


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
    """Round after round, bringers and a drain at once: who was not seen after the answer has rung again."""
    organization = OrganizationFactory()
    start = threading.Barrier(BRINGERS + 1)

    def bring_one(number: int) -> None:
        start.wait(30)
        bring(organization, number)

    def look() -> set[str]:
        start.wait(30)
        doorbell.answer(organization.pk)
        return set(waiting().values_list("record_id", flat=True))

    with ThreadPoolExecutor(BRINGERS + 1) as threads:
        for number in range(ROUNDS):
            bring(organization, number)
            drain = threads.submit(look)
            bringers = [
                threads.submit(bring_one, ROUNDS + number * BRINGERS + each) for each in range(BRINGERS)
            ]
            for bringer in bringers:
                bringer.result()
            missed = set(waiting().values_list("record_id", flat=True)) - drain.result()
            assert not missed or rung(organization)
            waiting().update(status="processing")
        list(threads.map(lambda _: (start.wait(30), connections.close_all()), range(BRINGERS + 1)))

    assert WebhookDelivery.objects.count() == ROUNDS * (BRINGERS + 1)


def waiting():
    return WebhookDelivery.objects.filter(status="received")


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="on SQLite writers wait for each other")
def test_a_lost_bell_is_rung_again_while_it_is_answered():
    """Both take the same locks in the same order: neither may be thrown out for having waited for the other."""
    organization = OrganizationFactory()
    bring(organization)
    long_ago = timezone.now() - timedelta(minutes=5)
    WebhookDelivery.objects.update(received_at=long_ago)
    WebhookInbox.objects.update(rung_at=long_ago)

    def ring_lost() -> int:
        try:
            return doorbell.ring_lost()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as threads:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [doorbell._LOCKS, organization.pk])
            ringer = threads.submit(ring_lost)
            wait_until(somebody_waits, 30)
            WebhookInbox.objects.update(rung_at=None)
        assert ringer.result(30) == 1
    assert rung(organization)


def somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        return cursor.fetchone()[0] > 0


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
