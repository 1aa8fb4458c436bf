"""What would eat the reserve is refused or put off, and says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from tests.access.conftest import bearer, token_of
from tests.factories import AdministratorFactory
from zoho_sync import leases, services
from zoho_sync.errors import BudgetWouldNotDo, RunInProgress
from zoho_sync.models import Event, RateBucket, SyncCheckpoint, SyncRun
from zoho_sync.options import SyncMode, SyncOptions, Trigger
from zoho_sync.status import forecast
from zoho_sync.zoho.answers import DAY

pytestmark = pytest.mark.django_db
PEOPLE = (Trigger.ADMIN, Trigger.COMMAND, Trigger.API)


@pytest.fixture
def dear(ended):
    """A full run of products costs 300 calls, an incremental one 2."""
    ended("products", "full", 300)
    ended("products", "incremental", 2)


def start(organization, mode: str = "full", trigger=Trigger.ADMIN, **more) -> SyncRun:
    options = SyncOptions(entity="products", mode=SyncMode(mode), ids=("1",) if mode == "realtime" else ())
    return services.start_run(options, trigger=trigger, organization=organization, **more)


@pytest.mark.parametrize("trigger", PEOPLE)
def test_what_does_not_fit_into_the_day_is_refused_with_figures(organization, dear, spend, trigger):
    spend(601)  # of 900 for normal work

    with pytest.raises(BudgetWouldNotDo) as refused:
        start(organization, trigger=trigger)

    assert (refused.value.calls, refused.value.left) == (300, 299)
    assert refused.value.again_at == forecast(organization).day_ends_at
    assert "about 300 calls" in str(refused.value) and "299 are left" in str(refused.value)
    assert not SyncRun.objects.filter(status=SyncRun.Status.QUEUED).exists()


def test_what_just_fits_starts_without_a_word(organization, dear, spend):
    spend(600)
    run = start(organization)
    assert (run.status, run.message) == ("queued", "")


def test_whoever_wants_it_anyway_gets_it_with_a_remark(organization, dear, spend):
    spend(800)
    run = start(organization, anyway=True)
    assert run.status == "queued"
    assert "100 are left today" in run.message and "2 days" in run.message


def test_a_dry_run_makes_calls_too(organization, dear, spend):
    spend(700)
    options = SyncOptions(entity="products", mode=SyncMode.FULL, dry_run=True)
    with pytest.raises(BudgetWouldNotDo):
        services.start_run(options, trigger=Trigger.ADMIN, organization=organization)


def test_chosen_records_may_use_the_reserve(organization, dear, spend):
    spend(950)
    assert start(organization, "realtime").status == "queued"


@pytest.mark.parametrize("trigger", [each for each in Trigger if each not in (*PEOPLE, Trigger.SCHEDULE)])
def test_what_the_program_starts_by_itself_only_rests(organization, dear, spend, trigger):
    spend(900)
    assert start(organization, trigger=trigger).status == "queued"


def test_the_very_first_sync_starts_however_little_is_left(organization, spend):
    spend(900)
    runs = services.start_all(SyncMode.FULL, trigger=Trigger.ADMIN, organization=organization)
    assert {run.status for run in runs} == {"queued"}
    assert "goes on by itself" in runs[0].message


def test_a_group_needs_the_sum_and_is_refused_as_a_whole(organization, ended, spend):
    ended("products", "full", 300)
    ended("customers", "full", 300)
    spend(400)
    wanted = [SyncOptions(entity=name, mode=SyncMode.FULL) for name in ("products", "customers")]

    with pytest.raises(BudgetWouldNotDo) as refused:
        services.start_together(wanted, trigger=Trigger.API, organization=organization)

    assert (refused.value.calls, refused.value.left) == (600, 500)
    assert not SyncRun.objects.filter(status=SyncRun.Status.QUEUED).exists()


def test_a_day_that_zoho_has_ended_leaves_nothing(organization, dear):
    RateBucket.objects.create(
        organization=organization, blocked_code=DAY, blocked_until=timezone.now() + timedelta(hours=1)
    )
    with pytest.raises(BudgetWouldNotDo):
        start(organization, "incremental")


def test_weighing_asks_few_questions(organization, dear, spend, django_assert_max_num_queries):
    spend(10)
    with django_assert_max_num_queries(8):
        services.weigh(organization, [SyncOptions(entity="products", mode=SyncMode.FULL)])


# --- Schedules -------------------------------------------------------------------------------------------


def test_a_scheduled_run_is_put_off_until_the_next_days_calls(organization, dear, spend):
    spend(700)

    run = services.start_scheduled("products", mode="full")

    assert (run.status, run.trigger) == ("paused", "schedule")
    assert run.paused_until == forecast(organization).day_ends_at
    assert "Put off" in run.message and "200 are left" in run.message


def test_what_was_put_off_goes_on_by_itself_when_its_time_has_come(organization, dear, spend):
    spend(700)
    run = services.start_scheduled("products", mode="full")
    assert list(leases.lost()) == []

    SyncRun.objects.filter(pk=run.pk).update(paused_until=timezone.now() - timedelta(seconds=1))

    assert [each.pk for each in leases.lost()] == [run.pk]


def test_while_one_rests_the_next_is_skipped_with_an_event(organization, dear, spend):
    spend(700)
    resting = services.start_scheduled("products", mode="full")

    with pytest.raises(RunInProgress):
        services.start_scheduled("products", mode="full")

    assert Event.objects.get(name="tds.zoho.sync.skipped").run == resting


def test_a_schedule_that_chooses_by_itself_reads_what_changed_while_all_is_too_dear(
    organization, dear, spend
):
    spend(700)
    SyncCheckpoint.objects.update(full_at=timezone.now() - timedelta(days=2))
    run = services.start_scheduled("products")
    assert (run.mode, run.status) == ("incremental", "queued")


# --- Doors -----------------------------------------------------------------------------------------------


@pytest.fixture
def api(client):
    token = token_of(AdministratorFactory(), "admin")[1]
    return lambda path, body: client.post(path, body, content_type="application/json", headers=bearer(token))


def test_the_api_refuses_with_figures_and_starts_it_anyway(organization, dear, spend, api):
    spend(700)
    refused = api("/api/v1/runs/", {"entity": "products", "mode": "full"})
    told = refused.json()
    assert (refused.status_code, told["code"]) == (409, "budget_would_not_do")
    assert (told["calls_needed"], told["calls_left"]) == (300, 200)

    started = api("/api/v1/runs/", {"entity": "products", "mode": "full", "anyway": True})

    assert (started.status_code, started.json()["runs"][0]["status"]) == (202, "queued")


def test_the_older_doors_refuse_in_their_own_shape(organization, dear, spend, api):
    spend(900)
    answer = api("/api/zoho/bulk-sync/products", {"active_only": False, "with_stock_only": False})
    assert answer.status_code == 409
    assert (answer.json()["success"], answer.json()["error"]) == (False, "budget_would_not_do")
    assert "0 are left today" in answer.json()["message"]


def test_a_command_says_it_and_can_be_told_otherwise(organization, dear, spend):
    spend(700)
    with pytest.raises(CommandError, match="200 are left today") as refused:
        call_command("sync_products", "--mode", "full", "--no-wait")
    assert refused.value.returncode == 1

    call_command("sync_products", "--mode", "full", "--no-wait", "--anyway")

    assert SyncRun.objects.filter(status=SyncRun.Status.QUEUED).count() == 1


def test_the_page_that_asks_says_it_and_offers_to_start_anyway(organization, dear, spend, client):
    spend(700)
    client.force_login(AdministratorFactory())
    page = "/admin/zoho_sync/syncrun/start/products/full/"
    shown = client.get(page).content.decode()
    assert "200 are left today" in shown and 'name="anyway"' in shown

    refused = client.post(page, follow=True).content.decode()
    assert "Start it then, or start it anyway" in refused
    client.post(page, {"anyway": "yes"})

    assert SyncRun.objects.filter(status=SyncRun.Status.QUEUED).count() == 1


def test_the_page_says_nothing_of_it_while_there_are_calls(organization, dear, client):
    client.force_login(AdministratorFactory())
    assert 'name="anyway"' not in client.get("/admin/zoho_sync/syncrun/start/products/full/").content.decode()
