from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import (
    NOON,
    OAuthTokenFactory,
    OrganizationFactory,
    SyncRunFactory,
    WebhookDeliveryFactory,
    WebhookExpectationFactory,
)
from zoho_sync import housekeeping
from zoho_sync.models import OAuthToken, SyncRun, WebhookGap
from zoho_sync.options import SyncMode, Trigger
from zoho_sync.webhooks.backfill import backfill, entities_of, go_on, known_subjects, note

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
Status = SyncRun.Status


@pytest.fixture
def organization():
    OAuthTokenFactory()
    return OrganizationFactory()


def runs() -> list[SyncRun]:
    return list(SyncRun.objects.filter(trigger=Trigger.BACKFILL).order_by("pk"))


def end(run: SyncRun, status: str) -> None:
    run.status, run.finished_at = status, timezone.now()
    run.save()


@pytest.mark.parametrize(
    ("subjects", "entities"),
    [
        (["item"], ("products", "stock")),
        (["invoice"], {"products", "stock", "invoices"}),  # its lines move stock
        (["contact", "pricebook"], {"customers", "price_lists"}),
        (["customerpayment", "vendor", "no such"], {"customer_payments", "vendors"}),
        (["no such"], ()),
    ],
)
def test_each_subject_names_what_has_to_be_read(subjects, entities):
    found = entities_of(subjects)

    assert (set(found) if isinstance(entities, set) else found) == entities


def test_a_backfill_is_an_incremental_run_from_where_the_gap_begins(organization, settings):
    settings.ZOHO = settings.ZOHO | {"OVERLAP_SECONDS": 300}

    backfill(organization, ["contact"], NOON, NOON + HOUR)

    run = runs()[0]
    assert (run.entity, run.mode) == ("customers", SyncMode.INCREMENTAL)
    assert run.sync_options.since == NOON - timedelta(seconds=300)  # Zoho's clock is not ours


def test_stock_is_read_after_the_products_that_it_belongs_to(organization):
    backfill(organization, ["item"], NOON, NOON + HOUR)

    products, stock = runs()
    assert (products.entity, stock.entity) == ("products", "stock")
    assert products.group is not None
    assert products.group == stock.group


def test_a_busy_entity_is_tried_again_until_it_is_free(organization):
    busy = SyncRunFactory(entity="customers", mode=SyncMode.INCREMENTAL, status=Status.RUNNING)
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    assert go_on() == 0
    assert runs() == []

    end(busy, Status.SUCCEEDED)

    assert go_on() == 1
    assert [run.entity for run in runs()] == ["customers"]
    assert go_on() == 0


def test_gaps_that_wait_together_become_one_run(organization):
    busy = SyncRunFactory(entity="customers", mode=SyncMode.INCREMENTAL, status=Status.RUNNING)
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    backfill(organization, ["contact"], NOON - HOUR, NOON + 3 * HOUR)
    end(busy, Status.SUCCEEDED)

    go_on()

    gap = WebhookGap.objects.get()
    assert (gap.since, gap.until) == (NOON - HOUR, NOON + 3 * HOUR)
    assert len(runs()) == 1


def test_a_gap_that_a_run_under_way_reads_anyway_starts_no_second_one(organization):
    backfill(organization, ["contact"], NOON, NOON + 2 * HOUR)
    backfill(organization, ["contact"], NOON + HOUR, NOON + 2 * HOUR)

    assert len(runs()) == WebhookGap.objects.count() == 1


@pytest.mark.parametrize("status", [Status.SUCCEEDED, Status.PARTIAL, Status.CANCELLED])
def test_a_gap_is_closed_when_its_run_ended_well_or_a_person_decided_against_it(organization, status):
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    end(runs()[0], status)

    go_on()

    assert WebhookGap.objects.get().closed_at is not None
    assert len(runs()) == 1


def test_a_run_that_failed_has_filled_nothing_and_another_follows_after_a_while(organization):
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    end(runs()[0], Status.FAILED)

    go_on()
    gap = WebhookGap.objects.get()
    assert (gap.closed_at, gap.run, len(runs())) == (None, None, 1)

    WebhookGap.objects.update(next_attempt_at=timezone.now())
    go_on()
    assert len(runs()) == 2


def test_a_failed_gap_joins_the_one_that_waits_meanwhile(organization):
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    note(organization, ["contact"], NOON + HOUR, timezone.now() + HOUR)
    end(runs()[0], Status.FAILED)

    go_on()

    gap = WebhookGap.objects.get()
    assert gap.since == NOON
    assert runs()[-1].sync_options.since < NOON


def test_without_a_token_that_works_gaps_wait(organization):
    OAuthToken.objects.update(state=OAuthToken.State.REFUSED)
    backfill(organization, ["contact"], NOON, NOON + HOUR)
    assert (runs(), WebhookGap.objects.count()) == ([], 1)

    OAuthToken.objects.update(state=OAuthToken.State.WORKING)
    go_on()

    assert len(runs()) == 1


def test_known_are_the_subjects_that_came_or_are_expected(organization):
    WebhookDeliveryFactory(subject="invoice")
    WebhookDeliveryFactory(subject="bill", is_test=True)
    WebhookExpectationFactory(subject="contact")
    WebhookExpectationFactory(subject="pricebook", is_expected=False)

    assert known_subjects(organization) == {"invoice", "contact"}


def test_closed_gaps_go_with_the_deliveries_of_their_time_and_open_ones_stay(organization, settings):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"WEBHOOKS": 30}
    long_ago = timezone.now() - timedelta(days=31)
    facts = {"organization": organization, "entity": "customers", "since": long_ago, "until": long_ago}
    WebhookGap.objects.create(**facts, closed_at=long_ago)
    WebhookGap.objects.create(**facts, noticed_at=long_ago)

    housekeeping.prune()

    assert WebhookGap.objects.get().closed_at is None
