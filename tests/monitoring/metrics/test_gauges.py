"""Gauges tell how things stand: read once a minute from what the sync says of itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from inventory.models import Organization
from monitoring.metrics import gauges, reading
from monitoring.metrics.catalogue import METRICS, Kind
from tests import factories as make
from zoho_sync.models import WebhookDelivery, WorkerBeat

pytestmark = pytest.mark.django_db


@pytest.fixture
def now():
    return timezone.now()


def seen(name: str) -> dict[tuple[str, ...], float]:
    return {
        tuple(value for _name, value in pairs): told for pairs, (told, _at) in reading.latest(name).items()
    }


def test_an_empty_back_office_has_an_empty_queue_and_knows_no_ages(now):
    gauges.collect(now)
    assert (seen("queue_jobs"), seen("queue_oldest_seconds")) == ({(): 0}, {(): 0})
    assert (seen("inbox_waiting"), seen("dead_letters")) == ({(): 0}, {(): 0})
    assert seen("worker_silence_seconds") == seen("full_age_seconds") == seen("budget_left") == {}


def test_every_gauge_of_the_catalogue_is_seen_and_each_organization_by_itself(now, settings):
    for external_id in ("111", "222"):
        organization = make.OrganizationFactory(external_id=external_id)
        make.OAuthTokenFactory(organization=organization, refreshed_at=now - timedelta(seconds=50))
        make.SyncCheckpointFactory(
            organization=organization,
            entity="products",
            full_at=now - timedelta(days=2),
            incremental_at=now - timedelta(minutes=10),
        )
        make.RecordErrorFactory(organization=organization, entity="products")
        product = make.ProductFactory(organization=organization, is_tracked=True)
        make.StockCheckFactory(
            product=product, organization=organization, verified_at=now - timedelta(hours=3)
        )
    make.WebhookDeliveryFactory(organization=organization, status=WebhookDelivery.Status.DEAD)
    make.WebhookDeliveryFactory(organization=organization)
    WorkerBeat.objects.create(name="test", beat_at=now - timedelta(seconds=20))

    gauges.collect(now)

    names = {metric.name for metric in METRICS.values() if metric.kind is Kind.GAUGE}
    assert {name for name in names if not seen(name)} == set()
    assert (seen("dead_letters"), seen("inbox_waiting")) == ({(): 1}, {(): 1})
    assert seen("worker_silence_seconds") == {(): pytest.approx(20)}
    for organization in Organization.objects.all():
        key = (organization.external_id,)
        assert seen("token_age_seconds")[key] == pytest.approx(50)
        assert seen("stock_unverified_seconds")[key] == pytest.approx(3 * 3600)
        assert seen("budget_left")[key] + seen("budget_used")[key] > 0
        assert seen("full_age_seconds")["products", *key] == pytest.approx(2 * 86400)
        assert seen("incremental_age_seconds")["products", *key] == pytest.approx(600)
        assert seen("failures_waiting")["products", *key] == 1
        assert seen("failures_waiting")["customers", *key] == 0  # so that an alarm can end


def test_what_it_costs_does_not_grow_with_the_catalogue(now, django_assert_max_num_queries):
    organization = make.OrganizationFactory()
    for _ in range(20):
        make.StockLevelFactory(product=make.ProductFactory(organization=organization, is_tracked=True))
    with django_assert_max_num_queries(60):
        gauges.collect(now)


@pytest.mark.one_leg
def test_a_look_that_fails_leaves_the_others(now, settings, caplog):
    """A settings mistake stands for whatever breaks one look."""
    make.OrganizationFactory()
    settings.ZOHO = {name: value for name, value in settings.ZOHO.items() if name != "CALLS_PER_DAY"}
    gauges.collect(now)
    assert seen("queue_jobs") == {(): 0}
    assert seen("budget_left") == {}
    assert "budgets" in caplog.text
