"""The mobile screens of the sync: small, in the reader's language, and as quick with many rows as with few."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.factories import (
    NOON,
    OrganizationFactory,
    ProductFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    WebhookDeliveryFactory,
)
from zoho_sync.models import PlannedChange, SyncRun, WebhookDelivery
from zoho_sync.processors import registry

from .conftest import MOBILE

pytestmark = pytest.mark.django_db

DEAD = WebhookDelivery.Status.DEAD


@pytest.mark.parametrize("slash", ["", "/"])
def test_the_last_runs_are_told_newest_first_and_not_without_end(caller, slash):
    runs = SyncRunFactory.create_batch(25, entity="stock")

    shown = caller.get(f"{MOBILE}/runs{slash}")["runs"]

    assert [run["id"] for run in shown] == [str(run.pk) for run in reversed(runs)][:20]
    assert len(caller.get(f"{MOBILE}/runs?limit=22")["runs"]) == 22


def test_runs_are_narrowed_by_entity_and_state(caller):
    SyncRunFactory(entity="stock")
    failed = SyncRunFactory(entity="products", status=SyncRun.Status.FAILED)
    SyncRunFactory(entity="products")

    (shown,) = caller.get(f"{MOBILE}/runs?entity=products&status=failed")["runs"]

    assert shown["id"] == str(failed.pk)
    assert shown["url"] == f"http://testserver/api/v1/runs/{failed.pk}/"


def test_texts_are_in_the_language_of_the_reader(caller):
    SyncRunFactory(status=SyncRun.Status.SUCCEEDED, finished_at=timezone.now() - timedelta(minutes=5))

    (english,) = caller.get(f"{MOBILE}/runs", Accept_Language="en")["runs"]
    (arabic,) = caller.get(f"{MOBILE}/runs", Accept_Language="ar")["runs"]

    assert (english["status_text"], english["age_text"]) == ("succeeded", "5 minutes ago")
    assert english["status"] == arabic["status"] == "succeeded"
    for name in ("status_text", "age_text", "entity_text", "mode_text"):
        assert arabic[name] != english[name]
        assert not arabic[name].isascii()


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("runs?limit=0", "limit"),
        ("runs?limit=51", "limit"),
        ("runs?limit=ten", "limit"),
        ("runs?limit=", "limit"),
        ("runs?entity=unicorns", "entity"),
        ("runs?status=done", "status"),
        ("runs?page=2", "page"),
        ("entities?limit=5", "limit"),
        ("entities?organization=7", "organization"),
        ("dead-letter?limit=51", "limit"),
        ("dead-letter?entity=stock", "entity"),
    ],
)
def test_a_wrong_question_is_refused_and_the_parameter_named(caller, address, field):
    answer = caller.get(f"{MOBILE}/{address}", status=400)

    assert (answer["success"], set(answer["errors"])) == (False, {field})


def test_one_run_is_told_with_its_failures_and_what_may_be_done(caller, caller_with, connected):
    run = SyncRunFactory(status=SyncRun.Status.PARTIAL, fetched_count=3, created_count=2, failed_count=1)
    RecordErrorFactory(run=run, record_key="51", reason="name is empty")

    told = caller.get(f"{MOBILE}/runs/{run.pk}")

    assert told["counts"]["fetched"] == 3
    assert told["failures"] == [{"record": "51", "reason": "name is empty"}]
    (action,) = told["actions"]
    assert (action["name"], action["text"]) == ("retry-failures", "Retry failures")
    assert caller_with("view_syncrun").get(f"{MOBILE}/runs/{run.pk}")["actions"] == []
    caller.post(action["url"])
    assert caller.get(f"{MOBILE}/runs/{run.pk}")["actions"] == []  # it is being retried


def test_a_dry_run_is_told_with_the_button_that_applies_it_while_that_is_possible(caller, connected):
    summary = {"rows": {"product": {"update": 1}}}
    dry = SyncRunFactory(is_dry=True, finished_at=timezone.now(), summary=summary)
    PlannedChange.objects.create(run=dry, table="product", external_id="51", action="update")
    real = SyncRunFactory()

    def names(run) -> list[str]:
        return [each["name"] for each in caller.get(f"{MOBILE}/runs/{run.pk}")["actions"]]

    assert (names(dry), names(real)) == (["apply"], [])


def test_a_run_that_there_is_not_is_not_found(caller):
    for number in (999999, 10**30):
        assert caller.get(f"{MOBILE}/runs/{number}", status=404)["success"] is False


def test_every_entity_is_told_with_its_state(caller):
    organization = OrganizationFactory()
    now = timezone.now()
    SyncCheckpointFactory(entity="products", full_at=NOON, incremental_at=now - timedelta(hours=1))
    SyncCheckpointFactory(entity="customers", full_at=now - timedelta(hours=27))
    SyncRunFactory(entity="stock", status=SyncRun.Status.RUNNING)
    ProductFactory(organization=organization)

    rows = {row["entity"]: row for row in caller.get(f"{MOBILE}/entities")["entities"]}

    assert list(rows) == registry.names()
    assert {name: row["state"] for name, row in rows.items()} == {
        "products": "fresh",
        "customers": "stale",
        "stock": "reading",
        "price_lists": "never",
        "warehouses": "never",
        "customer_details": "fresh",
        "pictures": "fresh",
        **dict.fromkeys(registry.documents(), "never"),
    }
    assert (rows["products"]["live_count"], rows["products"]["good_text"]) == (1, "1 hour ago")
    assert rows["stock"]["active_run"]["status"] == "running"
    assert rows["warehouses"]["good_text"] is None


def test_dead_letters_and_failures_are_counted_whole_and_shown_in_part(caller):
    WebhookDeliveryFactory.create_batch(3, status=DEAD, subject="invoice", reason="gone")
    WebhookDeliveryFactory(status=WebhookDelivery.Status.APPLIED)
    RecordErrorFactory.create_batch(2)
    RecordErrorFactory(status="ignored")

    told = caller.get(f"{MOBILE}/dead-letter?limit=1")

    assert (told["deliveries_count"], told["failures_count"]) == (3, 2)
    (delivery,), (failure,) = told["deliveries"], told["failures"]
    assert (delivery["subject_text"], delivery["reason"]) == ("Invoices", "gone")
    assert failure["entity_text"] == "Products"
    for each in (delivery, failure):
        assert caller.get(each["url"])["id"] == each["id"]


@pytest.mark.parametrize("screen", ["runs?limit=50", "entities", "dead-letter?limit=50"])
def test_a_screen_asks_the_database_as_often_for_many_rows_as_for_few(caller, screen):
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as found:
            caller.get(f"{MOBILE}/{screen}")
        return len(found)

    fill(1)
    few = queries()
    fill(30)
    assert queries() == few


def fill(count: int) -> None:
    SyncRunFactory.create_batch(count)
    WebhookDeliveryFactory.create_batch(count, status=DEAD)
    RecordErrorFactory.create_batch(count)
    ProductFactory.create_batch(count)


def test_who_may_not_see_deliveries_sees_no_dead_letters(caller_with):
    caller_with("view_recorderror").get(f"{MOBILE}/dead-letter", status=403)
