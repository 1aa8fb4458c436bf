"""An idle connection is asked once an hour; what a silent webhook does not tell is read by time."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.factories import SyncCheckpointFactory, SyncRunFactory, WebhookExpectationFactory
from zoho_sync import schedules, tasks
from zoho_sync.housekeeping import prune
from zoho_sync.models import Event, OAuthToken, Repair, SyncRun, WebhookGap
from zoho_sync.repairs import silence, token
from zoho_sync.sandbox import Size
from zoho_sync.webhooks import backfill

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def size() -> Size:
    return Size(items=2, customers=1, vendors=0, locations=1, price_lists=0, price_list_items=0)


@pytest.fixture
def idle(organization, run_sync, sandbox, ago):
    """It was used, and then nobody needed it for an hour."""
    run_sync("warehouses")
    OAuthToken.objects.update(access_expires_at=ago(minutes=1), refreshed_at=ago(minutes=61))
    sandbox.forget_calls()


def token_calls(sandbox) -> int:
    return sum(call["api"] == "accounts" for call in sandbox.calls())


def test_an_idle_token_is_refreshed_and_told(idle, sandbox):
    assert (token.mend(), token.mend()) == (1, 0)
    assert token_calls(sandbox) == 1
    assert OAuthToken.objects.get().access_expires_at > timezone.now() + timedelta(minutes=50)
    assert Repair.objects.get().worked


def test_a_refused_one_is_noticed_before_anybody_needs_it(idle, sandbox):
    sandbox.tokens("revoke")
    assert token.mend() == 1
    row, line = OAuthToken.objects.get(), Repair.objects.get()
    assert row.state == OAuthToken.State.REFUSED
    assert (line.kind, line.worked) == ("token", False)
    assert token.mend() == 0


def test_a_server_that_does_not_answer_is_not_asked_every_few_minutes(idle, sandbox, organization):
    Event.objects.create(name="tds.zoho.token.refresh_failed", organization=organization)
    assert (token.mend(), token_calls(sandbox)) == (0, 0)


def test_a_token_that_lasts_is_left_alone(idle, sandbox, ago):
    OAuthToken.objects.update(access_expires_at=timezone.now() + timedelta(minutes=4))
    assert (token.mend(), token_calls(sandbox)) == (0, 0)


def test_sweeps_at_once_ask_once(idle, sandbox, at_once):
    assert sorted(at_once(token.mend)) == [0, 0, 1]
    assert (token_calls(sandbox), Repair.objects.count()) == (1, 1)


# --- Silence ---------------------------------------------------------------------------------------------


@pytest.fixture
def silent(organization, ago):
    return WebhookExpectationFactory(
        organization=organization, subject="contact", silent_since=ago(hours=9), backfilled_at=ago(hours=3)
    )


def test_what_a_silent_webhook_does_not_tell_is_read(silent, organization, ago):
    SyncCheckpointFactory(organization=organization, entity="customers", incremental_at=ago(hours=3))

    assert (silence.mend(), silence.mend()) == (1, 0)

    run, line = SyncRun.objects.get(), Repair.objects.get()
    assert (run.entity, run.mode, run.trigger) == ("customers", "incremental", "backfill")
    assert (line.kind, line.run) == ("webhooks", run)
    assert line.what.startswith("Customers:")


def test_while_schedules_read_it_nothing_has_to_be_repaired(silent, organization, ago):
    SyncCheckpointFactory(organization=organization, entity="customers", incremental_at=ago(minutes=20))
    assert silence.mend() == 0


def test_a_try_that_failed_is_repeated_after_hours_only(silent, organization, ago):
    SyncCheckpointFactory(organization=organization, entity="customers", incremental_at=ago(hours=3))
    SyncRunFactory(organization=organization, entity="customers", mode="incremental", status="failed")
    assert silence.mend() == 0
    SyncRun.objects.update(created_at=ago(hours=3))
    assert silence.mend() == 1


def test_it_never_spends_what_is_kept_for_others(silent, organization, ago, settings):
    settings.ZOHO = settings.ZOHO | {"CALLS_PER_DAY": 1}
    SyncCheckpointFactory(organization=organization, entity="customers", incremental_at=ago(hours=3))
    assert silence.mend() == 0


def test_a_gap_that_is_read_by_time_is_told(silent, organization, ago):
    OAuthToken.objects.filter(organization=organization).update(state=OAuthToken.State.WORKING)
    backfill.backfill(organization, ["contact"], ago(hours=4), ago(hours=1))
    line = Repair.objects.get()
    assert (line.kind, line.run) == ("webhooks", WebhookGap.objects.get().run)


# --- All of it -------------------------------------------------------------------------------------------


def test_the_job_tells_what_it_did(idle):
    assert tasks.repair() == "tokens: 1"
    assert tasks.repair() == "nothing to repair"


def test_the_audit_is_pruned(organization, settings, ago):
    settings.RETENTION_DAYS = settings.RETENTION_DAYS | {"REPAIRS": 10}
    for days in (9, 11):
        Repair.objects.create(kind="runs", at=ago(days=days), worked=True, what="x")
    prune()
    assert Repair.objects.count() == 1


def test_the_job_is_among_the_schedules_that_are_set_up():
    (planned,) = (each for each in schedules.planned() if each.func == "zoho_sync.tasks.repair")
    assert planned.cron == "*/5 * * * *"
