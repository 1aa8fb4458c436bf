"""The home page and the connection page: what is true, what to do next, and no secret."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext, override_settings
from django.urls import reverse
from django.utils import timezone

from tests.factories import (
    AdministratorFactory,
    OAuthTokenFactory,
    OrganizationFactory,
    ProductFactory,
    RecordErrorFactory,
    SyncCheckpointFactory,
    SyncRunFactory,
    UserFactory,
    WarehouseFactory,
)
from zoho_sync.models import ApiUsage, RateBucket, SyncRun, WorkerBeat
from zoho_sync.status import today

pytestmark = pytest.mark.django_db
HOME = "/admin/"
CONNECTION = "/admin/zoho_sync/oauthtoken/"


@pytest.fixture
def staff(client):
    client.force_login(AdministratorFactory())
    return client


def text(answer) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_empty_back_office_says_what_to_do_first(staff):
    shown = text(staff.get(HOME))

    assert "Not connected to Zoho yet" in shown
    assert "Run the first full sync" in shown
    assert reverse("admin:zoho_sync_syncrun_start_entity", args=["all", "full"]) in shown


def test_home_shows_per_entity_what_is_there_and_what_waits(staff):
    ProductFactory()
    ProductFactory(removed_at=timezone.now())
    SyncCheckpointFactory(full_at=timezone.now() - timedelta(hours=3))
    running = SyncRunFactory(status=SyncRun.Status.RUNNING)
    RecordErrorFactory()

    row = text(staff.get(HOME)).split(">Products</a>")[-1].split("</tr>")[0]

    assert ">1<" in row  # live rows; the tombstone is not one
    assert "3\xa0hours ago" in row
    assert f"#{running.pk}" in row
    assert "recorderror/?status__exact=waiting&amp;entity=products" in row


def test_home_asks_for_the_decision_that_waits(staff):
    SyncRunFactory(status=SyncRun.Status.QUARANTINED)

    assert "1 run waits for a decision." in text(staff.get(HOME))


def test_home_asks_to_mark_the_selling_warehouses_until_one_is(staff):
    warehouse = WarehouseFactory()
    assert "Mark the warehouses that sell" in text(staff.get(HOME))

    warehouse.sells = True
    warehouse.save()
    assert "Mark the warehouses that sell" not in text(staff.get(HOME))


def test_a_silent_worker_is_told_and_a_living_one_is_not(staff):
    SyncRunFactory()
    assert "No worker gives a sign of life" in text(staff.get(HOME))

    WorkerBeat.objects.create(name="a", beat_at=timezone.now())
    assert "No worker gives a sign of life" not in text(staff.get(HOME))


def test_somebody_who_may_not_look_at_runs_sees_no_figures(client):
    RecordErrorFactory()
    client.force_login(UserFactory())

    shown = text(client.get(HOME))

    assert "How fresh it is" not in shown
    assert "Run the first full sync" not in shown


def test_home_does_not_ask_more_often_because_there_is_more(staff):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            staff.get(HOME)
        return len(captured)

    SyncRunFactory()
    ProductFactory()
    few = queries()
    for _each in range(30):
        SyncRunFactory()
        ProductFactory()
        RecordErrorFactory()

    assert queries() <= few


def test_the_connection_page_shows_no_secret(staff):
    OAuthTokenFactory(client_secret="TOPSECRET-1", refresh_token="TOPSECRET-2", access_token="TOPSECRET-3")

    shown = text(staff.get(CONNECTION)) + text(staff.get(HOME))

    assert "TOPSECRET" not in shown
    assert "working" in shown


def test_the_connection_page_opens_although_the_stored_secrets_cannot_be_read_any_more(staff):
    OAuthTokenFactory()

    with override_settings(ENCRYPTION_KEYS=["another key"]):
        assert text(staff.get(CONNECTION))
        assert text(staff.get(HOME))


def test_the_connection_page_adds_todays_calls_up_by_endpoint(staff):
    organization = OrganizationFactory()
    day = today(organization)
    for run_number, count in ((1, 1200), (2, 34)):
        ApiUsage.objects.create(
            organization=organization,
            day=day,
            api="inventory",
            endpoint="items",
            run_number=run_number,
            calls_count=count,
        )

    shown = text(staff.get(CONNECTION))

    assert ">1,234<" in shown
    assert "1,234 of 5,000 calls used today" in shown


def test_silence_that_zoho_asked_for_is_told_with_its_end_and_reason(staff):
    RateBucket.objects.create(
        organization=OrganizationFactory(),
        blocked_until=timezone.now() + timedelta(minutes=5),
        blocked_reason="code 44: too many <calls>",
    )

    shown = text(staff.get(CONNECTION))

    assert "No call until" in shown
    assert "code 44: too many &lt;calls&gt;" in shown
