"""When a difference is no drift: something about the record is on its way, or is still to be found out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import CustomerFactory, SyncCheckpointFactory, SyncRunFactory, WebhookDeliveryFactory
from zoho_sync.models import SyncRun, TruthCheck
from zoho_sync.options import SyncMode, SyncOptions
from zoho_sync.truth.judging import judge
from zoho_sync.truth.pending import on_its_way
from zoho_sync.truth.reading import Told

pytestmark = pytest.mark.django_db
Status = SyncRun.Status
OURS = "5100000000084001"


def is_excused(organization, entity: str = "stock", asked: timedelta = timedelta(0)) -> bool:
    return bool(on_its_way(organization, entity, OURS, timezone.now() - asked))


@pytest.mark.parametrize(
    ("facts", "excuses"),
    [
        ({}, True),
        ({"status": "processing"}, True),
        ({"subject": "invoice", "record_id": "1", "item_ids": [OURS]}, True),
        ({"subject": "invoice", "record_id": "1", "item_ids": ["2"]}, False),
        ({"subject": "invoice", "record_id": "1"}, True),  # its lines are not known: it may be about anything
        ({"record_id": "1"}, False),
        ({"subject": "contact"}, False),  # another entity's id may be the same
        ({"is_test": True}, False),
        ({"status": "applied"}, False),
        ({"status": "dead"}, False),  # nobody will deal with it
        ({"age": timedelta(hours=3)}, False),  # it is stuck
    ],
)
def test_a_delivery_excuses_what_it_is_about(facts, excuses):
    age = facts.get("age", timedelta(minutes=1))
    delivery = WebhookDeliveryFactory(
        **{
            "record_id": OURS,
            "received_at": timezone.now() - age,
            **{k: v for k, v in facts.items() if k != "age"},
        }
    )

    assert is_excused(delivery.organization) is excuses


def test_one_that_came_while_we_asked_counts_even_when_it_is_settled():
    delivery = WebhookDeliveryFactory(record_id=OURS, status="applied", received_at=timezone.now())

    assert is_excused(delivery.organization, asked=timedelta(seconds=5))


@pytest.mark.parametrize(
    ("entity", "options", "status", "excuses"),
    [
        ("stock", {"mode": SyncMode.INCREMENTAL}, Status.QUEUED, True),
        ("stock", {"mode": SyncMode.FULL}, Status.RUNNING, True),
        (
            "stock",
            {"mode": SyncMode.FULL, "with_stock_only": True},
            Status.RUNNING,
            False,
        ),  # perhaps not of it
        ("stock", {"mode": SyncMode.FULL}, Status.PAUSED, False),  # until a person resumes it
        ("stock", {"mode": SyncMode.FULL}, Status.SUCCEEDED, False),
        ("products", {"mode": SyncMode.FULL}, Status.RUNNING, False),  # lists tell no stock by warehouse
        ("products", {"mode": SyncMode.REALTIME, "ids": (OURS,)}, Status.RUNNING, True),
        ("products", {"mode": SyncMode.REALTIME, "ids": ("1",)}, Status.RUNNING, False),
        ("products", {"mode": SyncMode.REALTIME, "documents": (("invoice", "1"),)}, Status.RUNNING, True),
    ],
)
def test_a_run_excuses_what_it_will_read(entity, options, status, excuses):
    run = SyncRunFactory(
        entity=entity,
        mode=options["mode"],
        status=status,
        options=SyncOptions(entity=entity, **options).as_json(),
    )

    assert is_excused(run.organization) is excuses


def test_an_incremental_run_of_products_does_not_excuse_what_it_will_not_notice():
    run = SyncRunFactory(entity="products", mode=SyncMode.INCREMENTAL, status=Status.RUNNING)

    assert not is_excused(run.organization, "products")


def test_a_run_that_pauses_for_a_while_goes_on_by_itself():
    run = SyncRunFactory(entity="stock", status=Status.PAUSED, paused_until=timezone.now())

    assert is_excused(run.organization)


# --- Gone in Zoho -----------------------------------------------------------------------------------


def verdict_on_one_that_left(customer, full_age: timedelta | None) -> str:
    if full_age is not None:
        SyncCheckpointFactory(entity="customers", full_at=timezone.now() - full_age)
    told = Told("customers", customer.external_id, timezone.now(), is_gone=True)
    return judge(customer.organization, told).verdict


@pytest.mark.parametrize(
    ("full_age", "verdict"),
    [
        (timedelta(hours=3), "lag"),
        (timedelta(hours=25), "lag"),  # a full run may be a little late
        (timedelta(hours=27), "drift"),  # none has come that would have found it out
        (None, "drift"),
    ],
)
def test_one_that_left_is_lag_until_a_full_run_should_have_found_it_out(full_age, verdict):
    assert verdict_on_one_that_left(CustomerFactory(), full_age) == verdict


def test_one_that_had_left_before_the_last_full_run_is_a_drift():
    customer = CustomerFactory()
    TruthCheck.objects.create(
        organization=customer.organization,
        entity="customers",
        external_id=customer.external_id,
        checked_at=timezone.now() - timedelta(hours=5),
        verdict="lag",
        differences=[{"record": customer.external_id, "field": "missing in Zoho"}],
    )

    assert verdict_on_one_that_left(customer, timedelta(hours=3)) == "drift"


def test_a_record_that_is_no_more_ours_is_not_judged():
    customer = CustomerFactory(removed_at=timezone.now())

    assert (
        judge(customer.organization, Told("customers", customer.external_id, timezone.now(), is_gone=True))
        is None
    )
